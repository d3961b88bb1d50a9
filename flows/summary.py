"""What a run did, in counts and dollars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import polars as pl

from flows import errors
from flows.inbox import Inbox
from flows.mart_tables import Mart
from flows.parquet import Rows


@dataclass(frozen=True)
class Summary:
    """What a run did, in counts and dollars; safe to print and to log."""

    as_of: str
    files: dict[str, int]
    claims: dict[str, int]
    set_aside: int
    already_known: int
    still_arriving: int
    counted_lines: int
    review_lines: int
    surprise_balance: str
    published: str
    is_new_publication: bool
    exit_code: int
    top: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # of the gate, for a new publication
    waiting: int = 0  # new files that --limit left for a later run

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def summarise(
    as_of: date, inbox: Inbox, files: pl.DataFrame, items: pl.DataFrame, frames: Mapping[str, Mart], published: str,
    warnings: tuple[str, ...] | None,
) -> Summary:  # fmt: skip
    """The run in numbers, from what it took in (FILES, QUARANTINE rows) and published; warnings None: nothing new was."""
    findings = frames["findings"]
    of_findings = (findings.scan() if isinstance(findings, Rows) else findings.lazy()).select(
        counted_lines=pl.col("counted").sum(), review_lines=(pl.col("verdict") == "needs_review").sum(),
        surprise_balance=pl.col("surprise_balance").filter("counted").sum(),
    ).collect().row(0, named=True)  # fmt: skip
    ranking = frames["payer_code_ranking"]
    assert isinstance(ranking, pl.DataFrame)
    by_status = dict(files.group_by("status").len().sort("status").iter_rows())
    claims = {name: int(files[f"claim_{name}_count"].sum()) for name in ("loaded", "duplicate", "quarantined")}
    code = errors.NOTHING_NEW if files.is_empty() else errors.QUARANTINED if items.height else errors.DONE
    return Summary(
        as_of=as_of.isoformat(),
        files=by_status,
        claims=claims,
        set_aside=items.height,
        already_known=len(inbox.arrivals) - files.height + inbox.repeated_count,
        still_arriving=len(inbox.still_arriving),
        counted_lines=of_findings["counted_lines"],
        review_lines=of_findings["review_lines"],
        surprise_balance=str(of_findings["surprise_balance"] or "0.00"),
        published=published,
        is_new_publication=warnings is not None,
        exit_code=code,
        top=_top(ranking),
        warnings=list(warnings or ()),
        waiting=inbox.waiting_count,
    )


def _top(ranking: pl.DataFrame) -> list[dict[str, str]]:
    columns = ["rank", "payer_id", "submitted_code", "claim_count", "surprise_balance"]
    return [
        {name: str(value) for name, value in row.items()} for row in ranking.sort("rank").head(10).select(columns).iter_rows(named=True)
    ]
