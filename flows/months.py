"""A night works out the months that it touches, one at a time, and folds what is kept of all the others.

A month's outcome follows from its own rows, the states of its claims and a little of the rest of the lake (transforms.month,
month_keys). States are carried on: a claim that meets none of the claims that came or went is as it was. See docs/decisions/0006.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from flows import channels, partials
from flows.month_work import (
    WORK,
    Files,
    Job,
    days_of,
    files_by_period,
    lake_of_month,
    later_of,
    price_key,
    priced_of,
    write_checks,
    write_claims,
    write_detected,
    write_lines,
)
from flows.netted import Stages, write_states
from flows.partials import Index, folder_of, key_of
from transforms.marts import known_of
from transforms.month import Known
from transforms.month_keys import tripped

KNOWN_PARTS = ("history_counts", "fee_counts", "coverage_counts")


@dataclass(frozen=True)
class Kept:
    """Where each month's stages lie, by month and stage, once all is worked out."""

    root: Path
    stages: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str] = field(default_factory=dict)  # hash by path

    def folders(self, stage: str) -> list[str]:
        """The folder of one stage of every month, oldest first."""
        return [folder_of(month, stage, stages[stage]) for month, stages in sorted(self.stages.items())]

    def rows(self, stage: str, table: str) -> pl.DataFrame:
        """A table of all months, one below the other."""
        return self.scan(stage, table).collect()

    def scan(self, stage: str, table: str) -> pl.LazyFrame:
        """The same, not read yet. Raises ValueError where no month is kept."""
        found = partials.scan(self.root, self.folders(stage), table)
        if found is None:
            raise ValueError(f"no month is kept, so there is no {table}")
        return found


def work_out(job: Job) -> Kept:
    """Every stage of every month that has payments up to the business date, those that still hold taken as they are."""
    before = partials.read_index(job.root, job.made_by)
    shutil.rmtree(job.root / WORK, ignore_errors=True)
    periods = files_by_period(job.root, job.manifest)
    every = {month: files for month, files in periods.items() if days_of(month)[0] <= job.as_of}
    if not every:
        partials.write_index(job.root, Index(job.made_by))
        return Kept(job.root, {})
    stages: Stages = {month: {"rows": rows_of(job, month, mine)} for month, mine in every.items()}
    before = _unspoilt(job, before, every, stages)
    files = dict(before.files) | channels.compare(job, before, every, stages)
    job = replace(
        job, elsewhere={month: folder_of(month, "channels", mine["channels"]) for month, mine in stages.items() if "channels" in mine}
    )
    for mine in stages.values():
        mine["input"] = key_of(mine["rows"], mine.get("channels", ""))
    changed = [month for month in every if before.stages.get(month, {}).get("input") != stages[month]["input"]]
    files |= _claimed(job, before, every, stages, changed)
    files |= write_states(job, before, stages, changed)
    for month in every:
        stages[month]["lines"] = key_of(stages[month]["claims"], stages[month]["states"])
    relined = [month for month in every if before.stages.get(month, {}).get("lines") != stages[month]["lines"]]
    for month in relined:
        files |= _lined(job, month, every[month], stages[month])
    kept = Kept(job.root, stages)
    known = known_of({name: kept.rows("lines", name) for name in KNOWN_PARTS} | {"later_payments": pl.DataFrame()}, job.settings)
    for month, mine in every.items():
        files |= _detected(job, month, mine, stages[month], before, known)
    touched = _touched(job, before, kept, relined)
    for month in every:
        files |= _priced(job, month, stages[month], before, known, kept, month in touched)
    return _noted(job, kept, files)


def _claimed(job: Job, before: Index, every: Mapping[str, Files], stages: Stages, changed: list[str]) -> dict[str, str]:
    """Stages claims and checks: of changed months anew, of the others as they were."""
    files: dict[str, str] = {}
    for month, mine in every.items():
        stages[month]["claims"] = key_of(job.made_by, stages[month]["input"])
        stages[month]["checks"] = key_of(*_names(job, mine)) if month in changed else before.stages[month]["checks"]
    for month in changed:
        files |= write_claims(job, month, every[month], stages[month]["claims"])
        files |= write_checks(job, month, every[month], stages[month]["checks"])
    return files


def _noted(job: Job, kept: Kept, files: Mapping[str, str]) -> Kept:
    """Keep which stages hold now, with the hashes of their files; the work folder and all other stages go."""
    shutil.rmtree(job.root / WORK, ignore_errors=True)
    named = {folder_of(month, stage, key) for month, mine in kept.stages.items() for stage, key in mine.items()}
    held = {name: sha for name, sha in files.items() if name.rpartition("/")[0] in named}
    partials.write_index(job.root, Index(job.made_by, kept.stages, held))
    return replace(kept, files=held)


def _unspoilt(job: Job, before: Index, every: Mapping[str, Files], stages: Stages) -> Index:
    """What is kept, or nothing where a lake file was written over since: what was worked out of it may be wrong."""
    since = partials.kept_since(job.root)
    same = [month for month in every if before.stages.get(month, {}).get("rows") == stages[month]["rows"]]
    paths = (path for month in same for paths in every[month].values() for path in paths)
    return Index(job.made_by) if any((job.root / path).stat().st_mtime_ns > since for path in paths) else before


def rows_of(job: Job, month: str, files: Files) -> str:
    """Names a month's own rows as far as the business date sees them."""
    cut = ""
    if days_of(month)[1] > job.as_of:
        last = lake_of_month(job.root, files).payments.select(pl.col("payment_date").max()).collect().item()
        cut = job.as_of.isoformat() if last > job.as_of else ""
    return key_of(*_names(job, files), cut)


def _names(job: Job, files: Files) -> list[str]:
    """Names what the files of each table say, however they are folded."""
    return [f"{table} {job.manifest.name_of(files[table])}" for table in sorted(files)]


def _lined(job: Job, month: str, files: Files, mine: dict[str, str]) -> dict[str, str]:
    rows = pl.read_parquet(job.root / folder_of(month, "claims", mine["claims"]) / "claims.parquet")
    states = pl.read_parquet(job.root / folder_of(month, "states", mine["states"]) / "states.parquet")
    return write_lines(job, month, files, rows, states, mine["lines"])


def _detected(job: Job, month: str, files: Files, mine: dict[str, str], before: Index, known: Known) -> dict[str, str]:
    """Stage detected, where lines or the lines far below the usual fee are others than they were."""
    trips = pl.read_parquet(job.root / folder_of(month, "lines", mine["lines"]) / "history_trips.parquet")
    mine["detected"] = key_of(mine["lines"], partials.digest_of(tripped(trips, known.usual_fees)))
    if before.stages.get(month, {}).get("detected") == mine["detected"]:
        return {}
    again = {} if (job.root / WORK / month).exists() else _lined(job, month, files, mine)
    return again | write_detected(job, month, known.usual_fees, mine["detected"])


def _touched(job: Job, before: Index, kept: Kept, relined: list[str]) -> set[str]:
    """Months whose flagged lines later payers may have taken over otherwise than before."""
    rows = []
    for stages in (before.stages, kept.stages):
        differ = [month for month in stages if month in relined or month not in kept.stages]
        later = partials.scan(job.root, [folder_of(month, "lines", stages[month]["lines"]) for month in differ], "later_payments")
        rows += [later.collect()] if later is not None else []
    differing = pl.concat(rows).unique(keep="none") if rows else None
    if differing is None or differing.is_empty():
        return set()
    accounts = differing["patient_control_number"].unique().implode()
    touched = set()
    for month, folder in zip(sorted(kept.stages), kept.folders("detected"), strict=True):
        flagged = pl.scan_parquet(job.root / folder / "flagged.parquet").select("patient_control_number")
        if flagged.filter(pl.col("patient_control_number").is_in(accounts)).limit(1).collect().height:
            touched.add(month)
    return touched


def _priced(job: Job, month: str, mine: dict[str, str], before: Index, known: Known, kept: Kept, is_touched: bool) -> dict[str, str]:
    """Stage priced, where something that it follows from is other than it was."""
    was = before.stages.get(month, {})
    detected = folder_of(month, "detected", mine["detected"])
    is_same = was.get("detected") == mine["detected"]
    later = None
    mine["later"] = was.get("later", "")
    if is_touched or not is_same:
        later = later_of(job, detected, kept.scan("lines", "later_payments"))
        mine["later"] = partials.digest_of(later)
    if is_same:
        needed = pl.read_parquet(job.root / folder_of(month, "priced", was["priced"]) / "fee_needs.parquet")
        mine["priced"] = price_key(job, month, detected, needed, known, mine["later"])
        if mine["priced"] == was["priced"]:
            return {}
    if later is None:
        later = later_of(job, detected, kept.scan("lines", "later_payments"))
    tables = priced_of(job, detected, known, later)
    mine["priced"] = price_key(job, month, detected, tables["fee_needs"], known, mine["later"])
    return partials.write_stage(job.root, folder_of(month, "priced", mine["priced"]), tables)
