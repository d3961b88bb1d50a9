"""The marts of a store as of a date: months worked out where they must be, and all of them folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from flows import months
from flows.mart_tables import MART_TABLES, Mart
from flows.month_work import Files, Job, files_by_period, lake_of_month
from flows.months import Kept
from flows.parquet import Rows
from transforms import marts
from transforms.lake_checks import part_checks
from transforms.month import Lake

# Tables that serve the months' own work, or are marts of single rows; all others are folded.
NOT_FOLDED = {
    "lines": ("fee_counts", "coverage_counts", "history_counts", "history_trips", "later_payments", "not_live", "same_event"),
    "priced": ("findings", "fee_needs"),
    "checks": (),
}
ROWS = {"findings": "priced", "explained_otherwise": "detected", "not_live": "lines", "same_event": "lines"}


@dataclass(frozen=True)
class Outcome:
    """`frames`: every mart by name. `parts`: small tables of all months, one below the other, that the gate asks for.

    `hashes`: of the files that the marts of single rows lie in, by path.
    """

    frames: dict[str, Mart]
    parts: dict[str, Any]
    hashes: Mapping[Path, str] = field(default_factory=dict)


def outcome(job: Job, lake: Lake) -> Outcome:
    """Work out and fold. `lake` is the whole of it, of which only files and quarantine are read here."""
    kept = months.work_out(job)
    if not kept.stages:
        nothing = marts.whole(lake, job.settings, job.as_of, job.decisions, job.ledger)
        frames: dict[str, Mart] = {name: nothing[name] for name in marts.ROW_MARTS}
        return Outcome(frames | marts.small_marts(nothing, lake, job.settings, job.as_of), nothing | part_checks(lake))
    parts = {name: rows for stage in ("lines", "priced") for name, rows in _folded(kept, stage).items()}
    small = marts.small_marts(parts, lake, job.settings, job.as_of)
    later = [part_checks(lake_of_month(job.root, files)) for files in _later(job, kept)]
    checks = {name: pl.concat([rows, *(one[name] for one in later)]) for name, rows in _folded(kept, "checks").items()}
    rows = {name: _rows(kept, stage, name) for name, stage in ROWS.items()}
    return Outcome(rows | small, parts | checks, {job.root / path: sha for path, sha in kept.files.items()})


def _folded(kept: Kept, stage: str) -> dict[str, Any]:
    """Every table of a stage that is folded, of all months one below the other; patients, of whom there are many, lazily."""
    here = f"{kept.folders(stage)[0]}/"
    names = {path.removeprefix(here).removesuffix(".parquet") for path in kept.files if path.startswith(here)}
    wanted = sorted(names - set(NOT_FOLDED[stage]))
    return {name: kept.scan(stage, name) if name.endswith("_patients") else kept.rows(stage, name) for name in wanted}


def _later(job: Job, kept: Kept) -> list[Files]:
    """Periods after the business date: nothing is published of them, but the lake must hold together there too."""
    return [files for period, files in files_by_period(job.root, job.manifest).items() if period not in kept.stages]


def _rows(kept: Kept, stage: str, name: str) -> Mart:
    paths = [kept.root / folder / f"{name}.parquet" for folder in kept.folders(stage)]
    there = tuple(path for path in paths if path.exists())
    return Rows(there) if there else MART_TABLES[name].empty()
