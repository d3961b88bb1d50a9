"""What people decided about one line or one item: dated, signed, one JSON object a line, never rewritten."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl

from flows.store import write_whole

SCHEMA = {"decision": pl.String, "reason": pl.String, "decided_on": pl.Date, "by": pl.String}


def kept_bytes(path: Path) -> bytes:
    """The decisions as they lie on disk; nothing where nobody decided yet."""
    return path.read_bytes() if path.exists() else b""


def add(path: Path, about: dict[str, str], decision: str, reason: str, decided_on: date, by: str) -> None:
    """Add one decision; `about` is the id it is about, by the id's name."""
    row = {**about, "decision": decision, "reason": reason, "decided_on": decided_on.isoformat(), "by": by}
    write_whole(path, kept_bytes(path) + json.dumps(row).encode() + b"\n")


def history(path: Path, about: str) -> pl.DataFrame:
    """Every decision ever taken, in order: the id, decision, reason, decided_on, by."""
    schema = {about: pl.String, **SCHEMA}
    rows = [json.loads(line) for line in kept_bytes(path).splitlines() if line.strip()]
    values = [[row[name] if name != "decided_on" else date.fromisoformat(row[name]) for name in schema] for row in rows]
    return pl.DataFrame(values, schema=schema, orient="row")
