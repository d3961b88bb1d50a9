"""One finding in full: its columns with their meanings, its adjustments, and the decisions taken on it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows import review, store
from flows.errors import BadUsage
from flows.published import mart
from flows.tell import as_words
from transforms.tables.findings import FINDINGS
from transforms.tables.views import EXPLAINED_OTHERWISE

Rows = list[dict[str, str]]


def explanation(root: Path, line_id: str) -> dict[str, Rows]:
    """Headed lists of name, value and meaning. Raises BadUsage for a line that is neither a finding nor explained otherwise."""
    for name, table in ((FINDINGS.name, FINDINGS), (EXPLAINED_OTHERWISE.name, EXPLAINED_OTHERWISE)):
        found = mart(root, name).filter(pl.col("line_id") == line_id)
        if found.height:
            row = found.row(0, named=True)
            facts = [{"name": c.name, "value": as_words(row[c.name]), "meaning": c.meaning} for c in table.columns]
            return {name: facts, "adjustments": _adjustments(root, row["claim_id"], line_id), "decisions": _decisions(root, line_id)}
    raise BadUsage(
        f"no finding has the id {line_id}",
        str(root),
        "See line_id in reports/current/findings.parquet; lines not listed there were not flagged.",
    )


def _adjustments(root: Path, claim_id: str, line_id: str) -> Rows:
    """The CAS triplets of the line and of its claim, each with the segment it stands in."""
    of_claim = store.scan(root, store.read_manifest(root), "adjustments").filter(
        (pl.col("claim_id") == claim_id) & (pl.col("line_id").is_null() | (pl.col("line_id") == line_id))
    )
    return [
        {"name": f"{row['group_code']}-{row['reason_code']}", "value": f"{row['amount']}",
         "meaning": f"{'claim' if row['line_id'] is None else 'line'} level, segment {row['adjustment_segment']}"}
        for row in of_claim.sort("adjustment_segment", "position").collect().iter_rows(named=True)
    ]  # fmt: skip


def _decisions(root: Path, line_id: str) -> Rows:
    taken = review.history(root).filter(pl.col("line_id") == line_id)
    return [
        {"name": str(row["decided_on"]), "value": row["decision"], "meaning": f"{row['by']}: {row['reason']}"}
        for row in taken.iter_rows(named=True)
    ]
