"""Rows on a terminal, or as JSON."""

from __future__ import annotations

import json

import click
import polars as pl


def as_words(value: object) -> str:
    """A value for people; a control character in a code must not steer the terminal."""
    if value is None:
        return "-"
    words = ", ".join(map(str, value)) if isinstance(value, list | pl.Series) else str(value)
    return "".join(letter if letter.isprintable() else "?" for letter in words)


def plain_rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Rows as JSON takes them: amounts and dates as text."""
    plain = (int, float, list, bool, type(None))
    return [{name: value if isinstance(value, plain) else str(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def print_rows(frame: pl.DataFrame, as_json: bool) -> None:
    """Every row; columns under one another on a terminal."""
    rows = plain_rows(frame)
    if as_json:
        click.echo(json.dumps(rows))
        return
    words = [frame.columns, *([as_words(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[at]) for row in words) for at in range(len(frame.columns))]
    for row in words:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    click.echo(f"{frame.height} rows", err=True)
