"""`altbenefit dictionary`: every table and column, from the contracts."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of Markdown.")
def dictionary(as_json: bool) -> int:
    """Every table and column: type, unit, meaning, source element, what an empty cell means."""
    from flows import dictionary as pages

    click.echo(json.dumps(pages.as_json(), indent=1) if as_json else pages.as_markdown().rstrip("\n"))
    return 0
