"""What is published, as commands read it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from flows.errors import BadUsage
from flows.manifest import require_known
from flows.publish import CURRENT

NOTHING_YET = "Run: altbenefit audit --inbox DIR --store DIR"


def mart(store: Path, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """One published mart, or some of its columns. Raises BadUsage where nothing is published yet, or by a newer version."""
    require_known(store)
    path = store / CURRENT / f"{name}.parquet"
    if not path.exists():
        raise BadUsage("nothing is published in this store yet", str(store), NOTHING_YET)
    return pl.read_parquet(path, columns=list(columns) if columns else None)


def review_queue(store: Path) -> pl.DataFrame:
    """Findings that wait for a person, dearest first."""
    waiting = mart(store, "findings").filter(pl.col("verdict") == "needs_review")
    ordered = waiting.sort("candidate_amount", "line_id", descending=[True, False], nulls_last=True)
    return ordered.select(
        "line_id",
        "payer_id",
        "payment_date",
        "submitted_code",
        "paid_code",
        "evidence_tier",
        "signals",
        "charge_amount",
        "candidate_amount",
    )


def require_line(store: Path, line_id: str) -> None:
    """Raises BadUsage where no published finding has this id and nobody ever decided on it."""
    from flows import review

    known = mart(store, "findings").get_column("line_id").to_list() + review.history(store).get_column("line_id").to_list()
    if line_id not in known:
        raise BadUsage(f"no finding has the id {line_id}", str(store), "Run: altbenefit review list --store DIR")
