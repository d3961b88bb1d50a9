"""Decisions of people on findings that need one: kept, dated, one JSON object a line, never rewritten, last one wins."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl

from flows.store import write_whole

DECISIONS = Path("review/decisions.jsonl")
WORDS = ("confirmed", "rejected", "undone")
SCHEMA = {"line_id": pl.String, "decision": pl.String, "reason": pl.String, "decided_on": pl.Date, "by": pl.String}


def decision_bytes(store: Path) -> bytes:
    """The decisions as they lie on disk; nothing where nobody decided yet."""
    path = store / DECISIONS
    return path.read_bytes() if path.exists() else b""


def decide(store: Path, line_id: str, decision: str, reason: str, decided_on: date, by: str) -> None:
    """Add one decision; `undone` takes earlier ones back."""
    row = {"line_id": line_id, "decision": decision, "reason": reason, "decided_on": decided_on.isoformat(), "by": by}
    write_whole(store / DECISIONS, decision_bytes(store) + json.dumps(row).encode() + b"\n")


def history(store: Path) -> pl.DataFrame:
    """Every decision ever taken, in order: line_id, decision, reason, decided_on, by."""
    rows = [json.loads(line) for line in decision_bytes(store).splitlines() if line.strip()]
    values = [[row[name] if name != "decided_on" else date.fromisoformat(row[name]) for name in SCHEMA] for row in rows]
    return pl.DataFrame(values, schema=SCHEMA, orient="row")


def standing(store: Path) -> pl.DataFrame:
    """The decision in force for each line; lines whose decision was taken back have none."""
    last = history(store).unique("line_id", keep="last", maintain_order=True)
    return last.filter(pl.col("decision") != "undone")
