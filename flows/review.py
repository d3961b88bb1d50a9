"""Decisions of people on findings that need one; the last one on a line holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from flows import decisions

DECISIONS = Path("review/decisions.jsonl")


def decision_bytes(store: Path) -> bytes:
    """The decisions as they lie on disk; nothing where nobody decided yet."""
    return decisions.kept_bytes(store / DECISIONS)


def decide(store: Path, line_id: str, decision: str, reason: str, decided_on: date, by: str) -> None:
    """Add one decision, confirmed or rejected; `undone` takes earlier ones back."""
    decisions.add(store / DECISIONS, {"line_id": line_id}, decision, reason, decided_on, by)


def history(store: Path) -> pl.DataFrame:
    """Every decision ever taken, in order: line_id, decision, reason, decided_on, by."""
    return decisions.history(store / DECISIONS, "line_id")


def standing(store: Path) -> pl.DataFrame:
    """The decision in force for each line; lines whose decision was taken back have none."""
    last = history(store).unique("line_id", keep="last", maintain_order=True)
    return last.filter(pl.col("decision") != "undone")
