"""The gate before publication: the marts against their contracts, the lake against its laws, the week against those before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from flows import partials, store
from flows.errors import GateFailed
from flows.mart_tables import MART_TABLES
from flows.outcome import Outcome
from flows.parquet import Rows
from flows.publish import CURRENT
from flows.validation_page import render
from transforms.drift import weekly_drift
from transforms.lake_checks import lake_evidence
from transforms.month import Lake
from transforms.payer_views import alias_warnings
from transforms.tables.findings import FINDINGS
from transforms.tables.policy import Settings

STOPPED = "validation"  # pages of nights that did not publish; a published one has its page beside its tables
PAGE = "validation.html"
REASONS_SHOWN = 3
LINE_LENGTH = 160
BATCH_ROWS = 50_000  # rows of findings that are checked at a time


@dataclass(frozen=True)
class Verdict:
    """What stops a publication and what only warns, in plain words, and the validation page (None where none was made)."""

    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    page: bytes | None = None

    @property
    def pages(self) -> dict[str, bytes]:
        """What is published beside the tables, by name."""
        return {} if self.page is None else {PAGE: self.page}


def judge(root: Path, out: Outcome, lake: Lake, settings: Settings, as_of: date) -> Verdict:
    """Every check on what is about to be published. `root` tells how many rows each table had at the last publication.

    Of the marts of single rows only files are checked that have not passed before: they are named by their content.
    """
    from expectations.gate import check
    from expectations.weekly_laws import WEEKLY_LAWS

    stopping = {law.name for law in WEEKLY_LAWS} if settings.policy.drift_stops else set()
    rows = {name: mart for name, mart in out.frames.items() if isinstance(mart, Rows)}
    frames = {name: mart for name, mart in out.frames.items() if isinstance(mart, pl.DataFrame)}
    standing = {name: _standing(mart) for name, mart in rows.items() if name == FINDINGS.name}
    drift = weekly_drift(out.parts["line_days"], out.parts["finding_days"], frames["files"], as_of)
    evidence = lake_evidence(out.parts, lake) | {"drift": pl.concat([drift, alias_warnings(frames["alias_drift"], as_of)])}
    before = previous_rows(root)
    tables = {name: (MART_TABLES[name], frame) for name, frame in frames.items()}
    small = check(tables, before, evidence | standing, stopping, in_parts=rows.keys()).checks
    report = pl.concat([*(_row_checks(root, name, mart, out, before.get(name)) for name, mart in rows.items()), small])
    report = report.sort(pl.col("kind") == "law", maintain_order=True)
    failed = report.filter(~pl.col("success")).sort(pl.col("kind") != "law", maintain_order=True)
    by_severity = {name: tuple(_words(row) for row in rows.iter_rows(named=True)) for (name,), rows in failed.group_by("severity")}
    page = render(report, frames | standing, evidence, settings, as_of)
    return Verdict(by_severity.get("stop", ()), by_severity.get("warn", ()), page)


def _standing(findings: Rows) -> pl.DataFrame:
    """Of the findings, what laws hold against other tables: lines that count, or would but for their payment."""
    inside = pl.col("not_counted_reason").is_null() | (pl.col("not_counted_reason") == "unbalanced_payment")
    wanted = ("counted", "not_counted_reason", "submitted_code", "surprise_balance")
    return findings.scan().filter(inside).select(wanted).collect(engine="streaming")


def _row_checks(root: Path, name: str, mart: Rows, out: Outcome, previous: int | None) -> pl.DataFrame:
    """The checks of a mart that lies in several files, some at a time; those that passed before count as they are."""
    from expectations.gate import check, joined

    table, passed = MART_TABLES[name], partials.passed(root)
    fresh = [path for path in mart.paths if f"{name} {out.hashes[path]}" not in passed]
    held = sum(pq.read_metadata(path).num_rows for path in mart.paths if path not in fresh)
    reports = [] if fresh else [check({name: (table, table.empty())}).checks]
    good = {f"{name} {out.hashes[path]}" for path in mart.paths if path not in fresh}
    for some in _batches(fresh):
        reports.append(check({name: (table, table.conform(Rows(some).scan()).collect())}).checks)
        good |= {f"{name} {out.hashes[path]}" for path in some} if reports[-1]["success"].all() else set()
    partials.note_passed(root, name, good)
    return joined(reports, table, held, previous)


def _batches(paths: list[Path]) -> list[tuple[Path, ...]]:
    """Files that are checked together: the check of a small one costs as much as that of a large one."""
    found: list[tuple[Path, ...]] = []
    room = 0
    for path in paths:
        rows = pq.read_metadata(path).num_rows
        if not found or rows > room:
            found, room = [*found, ()], BATCH_ROWS
        found[-1], room = (*found[-1], path), room - rows
    return found


def previous_rows(root: Path) -> dict[str, int]:
    """Rows by table of the publication that readers see now; a table that cannot be read is left out."""
    found = {}
    for path in sorted((root / CURRENT).glob("*.parquet")):
        try:
            found[path.stem] = pq.read_metadata(path).num_rows
        except (OSError, ValueError):  # a damaged earlier report must not keep the new one back
            continue
    return found


def require_pass(verdict: Verdict, root: Path, as_of: date) -> None:
    """Where the publication must not go out: keep the page in `validation/` and raise GateFailed with up to three reasons."""
    page = root / STOPPED / f"{as_of.isoformat()}.html"
    if not verdict.reasons:
        page.unlink(missing_ok=True)  # what stopped this date before is put right
        return
    if verdict.page:
        store.write_whole(page, verdict.page)
    shown = tuple(reason if len(reason) <= LINE_LENGTH else f"{reason[: LINE_LENGTH - 1]}…" for reason in verdict.reasons[:REASONS_SHOWN])
    count = len(verdict.reasons)
    cause = f"not published, {count} {'checks' if count > 1 else 'check'} failed; the last report stays"
    raise GateFailed(cause, f"Open {STOPPED}/{page.name} in the store, put right what it names, run again.", shown)


def _words(row: Mapping[str, object]) -> str:
    more = f" ({row['found']})" if row["found"] else f" ({row['failed_count']} of {row['row_count']} rows)" if row["failed_count"] else ""
    return f"{row['check'] if row['kind'] == 'law' else row['table']}: {row['meaning']}{more}"
