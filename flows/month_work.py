"""The stages of one month, each written once under its key: claims to net, lines, what was detected, what it costs."""

from __future__ import annotations

import calendar
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from flows import parquet, partials, store
from flows.lake_tables import LAKE_TABLES
from transforms.lake_checks import part_checks
from transforms.month import (
    Elsewhere,
    Known,
    Lake,
    claims_to_net,
    dated_payments,
    detect,
    live_lines,
    patient_sums,
    price,
    with_billed_codes,
    with_states,
)
from transforms.month_keys import place_in_window, taken_over, used
from transforms.parts import claim_parts, detected_parts, line_parts, payment_parts, priced_parts
from transforms.same_event import WHOLLY_ELSEWHERE
from transforms.tables.policy import Settings
from transforms.tables.same_event import SAME_EVENT

BY_MONTH = ("payments", "claims", "service_lines", "adjustments", "provider_adjustments")
SMALL_YEAR_BYTES = 6_000_000  # of service lines, about 200,000 of them
SLICE_LINES = 100_000  # lines worked on at a time: what a slice needs of memory does not grow with the month
WORK = f"{partials.FOLDER}/.work"
Files = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Job:
    """What is worked out: the store's lake as of a date, under a configuration, a ledger and people's decisions."""

    root: Path
    manifest: store.Manifest
    settings: Settings
    as_of: date
    decisions: pl.DataFrame
    ledger: pl.DataFrame | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # folder of stage channels by month, where there are several channels

    @property
    def made_by(self) -> str:
        """Names code, configuration and ledger."""
        ledger = "" if self.ledger is None else partials.digest_of(self.ledger)
        return partials.key_of(partials.code_id(), self.settings.config_id, ledger)


def files_by_period(root: Path, manifest: store.Manifest) -> dict[str, dict[str, tuple[str, ...]]]:
    """Lake files by period and table. A period is a payment month, or a year of payments that is no more than a month's work."""
    by_month: dict[str, dict[str, tuple[str, ...]]] = {}
    for table in BY_MONTH:
        for path in sorted(manifest.files.get(table, ())):
            mine = by_month.setdefault(store.month_of(path), {})
            mine[table] = (*mine.get(table, ()), path)
    sizes: dict[str, int] = {}
    for month, files in by_month.items():
        sizes[month[:4]] = sizes.get(month[:4], 0) + sum(manifest.bytes_of(root, path) for path in files.get("service_lines", ()))
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for month, files in sorted(by_month.items()):
        mine = found.setdefault(month[:4] if sizes[month[:4]] <= SMALL_YEAR_BYTES else month, {})
        for table, paths in files.items():
            mine[table] = (*mine.get(table, ()), *paths)
    return found


def period_of(periods: Collection[str]) -> pl.Expr:
    """The period of each payment_date."""
    month = pl.col("payment_date").dt.strftime("%Y-%m")
    return pl.when(month.is_in(list(periods))).then(month).otherwise(month.str.slice(0, 4))


def lake_of_month(root: Path, files: Files) -> Lake:
    """One month's rows of the lake; files and quarantine are no matter of a payment month."""
    empty = {name: LAKE_TABLES[name].empty().lazy() for name in ("files", "quarantine")}
    return Lake(**empty, **{name: parquet.scan([root / path for path in files.get(name, ())], LAKE_TABLES[name]) for name in BY_MONTH})


def elsewhere_of(job: Job, month: str) -> Elsewhere:
    """What of a month came by a better channel; nothing for most."""
    folder = job.elsewhere.get(month)
    if folder is None:
        return Elsewhere(SAME_EVENT.empty(), pl.DataFrame(schema=WHOLLY_ELSEWHERE))
    lines, claims = (pl.read_parquet(job.root / folder / f"{name}.parquet") for name in ("pairs", "whole"))
    return Elsewhere(lines.drop("event_key"), claims)


def write_claims(job: Job, month: str, files: Files, key: str) -> dict[str, str]:
    """Stage claims: what each claim needs to be netted."""
    lake = lake_of_month(job.root, files)
    rows = claims_to_net(lake, dated_payments(lake, job.settings, job.as_of))
    return partials.write_stage(job.root, partials.folder_of(month, "claims", key), {"claims": rows})


def write_checks(job: Job, month: str, files: Files, key: str) -> dict[str, str]:
    """Stage checks: whether the month's rows of the lake hold together."""
    return partials.write_stage(job.root, partials.folder_of(month, "checks", key), part_checks(lake_of_month(job.root, files)))


def write_lines(job: Job, month: str, files: Files, rows: pl.DataFrame, states: pl.DataFrame, key: str) -> dict[str, str]:
    """Stage lines: what the live lines of a month say of fees, coverage, later payers and days, and its claims and payments.

    The lines themselves lie in the work folder for detection.
    """
    lake, mine = lake_of_month(job.root, files), elsewhere_of(job, month)
    payments = dated_payments(lake, job.settings, job.as_of)
    claims = with_states(rows, states, mine.claims)
    tables: list[dict[str, pl.DataFrame]] = []
    work = job.root / WORK / month
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for place, (part, some) in enumerate(slices(lake, claims)):
        lines = live_lines(part, payments, some, mine.lines, job.settings)
        billed = with_billed_codes(lines, job.ledger)
        tables.append(line_parts(lines, billed, job.settings) | claim_parts(some, patient_sums(part)))
        billed.drop("line_control_number").write_parquet(work / f"{place:04}.parquet", compression="lz4", statistics=False)
    whole = together(tables) | payment_parts(lake, payments, claims, job.settings)
    if mine.lines.height:
        whole["same_event"] = mine.lines
    return partials.write_stage(job.root, partials.folder_of(month, "lines", key), whole)


def slices(lake: Lake, claims: pl.DataFrame) -> Iterator[tuple[Lake, pl.DataFrame]]:
    """The month in parts of whole claims, by ranges of their id."""
    count = lake.service_lines.select(pl.len()).collect().item()
    parts = max(1, -(-count // SLICE_LINES))
    ordered = claims.sort("claim_id")
    for number in range(parts):
        some = ordered[number * ordered.height // parts : (number + 1) * ordered.height // parts]
        inside = pl.col("claim_id").is_between(pl.lit(some["claim_id"].min()), pl.lit(some["claim_id"].max()))
        names = ("claims", "service_lines", "adjustments")
        yield (lake if parts == 1 else replace(lake, **{name: getattr(lake, name).filter(inside) for name in names})), some


def together(tables: list[dict[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """The same tables of several slices, one below the other."""
    return {name: pl.concat([one[name] for one in tables]) for name in tables[0]}


def write_detected(job: Job, month: str, usual_fees: pl.DataFrame, key: str) -> dict[str, str]:
    """Stage detected: the flagged lines and those explained otherwise, from the lines in the work folder."""
    tables = []
    for path in sorted((job.root / WORK / month).iterdir()):
        tables.append(detected_parts(detect(pl.read_parquet(path), job.settings, usual_fees)))
        path.unlink()
    return partials.write_stage(job.root, partials.folder_of(month, "detected", key), together(tables))


def priced_of(job: Job, detected: str, known: Known, later: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables of stage priced, from the folder of stage detected and the later payments that bear on it."""
    flagged = pl.read_parquet(job.root / detected / "flagged.parquet")
    heard = pl.read_parquet(job.root / detected / "heard_lines.parquet")
    priced = price(flagged, replace(known, taken_over=later), job.settings, job.decisions, job.as_of)
    return priced_parts(priced, heard, job.settings, job.as_of)


def price_key(job: Job, month: str, detected: str, needed: pl.DataFrame, known: Known, later: str) -> str:
    """Names all that stage priced follows from; `detected` is that stage's folder, `later` names the later payments."""
    mine = pl.Series("line_id", [], pl.String)
    if job.decisions.height:
        ids = job.decisions["line_id"].implode()
        flagged = pl.scan_parquet(job.root / detected / "flagged.parquet").select("line_id")
        mine = flagged.filter(pl.col("line_id").is_in(ids)).collect()["line_id"]
    decided = job.decisions.select("line_id", "decision").filter(pl.col("line_id").is_in(mine.implode()))
    place = place_in_window(*days_of(month), job.as_of, job.settings.policy.ranking_window_months)
    return partials.key_of(detected, partials.digest_of(used(needed, known)), partials.digest_of(decided), place, later)


def later_of(job: Job, detected: str, later: pl.LazyFrame) -> pl.DataFrame:
    """The later payments that bear on a month's flagged lines."""
    flagged = pl.read_parquet(job.root / detected / "flagged.parquet")
    accounts = flagged["patient_control_number"].drop_nulls().unique().implode()
    return taken_over(flagged, later.filter(pl.col("patient_control_number").is_in(accounts)).collect())


def days_of(period: str) -> tuple[date, date]:
    """First and last day of YYYY-MM, or of YYYY."""
    year, first, last = int(period[:4]), int(period[5:] or 1), int(period[5:] or 12)
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
