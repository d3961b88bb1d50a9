"""The pack for an outsider on disk: each table as Parquet and CSV, and a page that says what is in it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows import parquet
from flows.errors import BadUsage
from flows.published import mart
from transforms.share import share_pack
from transforms.tables.contract import Table
from transforms.tables.share import SHARE_TABLES

README = "README.txt"
NAMES = {README, *(f"{table.name}.{ending}" for table in SHARE_TABLES for ending in ("parquet", "csv"))}
FORMULA = r"^([=+\-@\t\r])"  # a spreadsheet would run a text that begins so


@dataclass(frozen=True)
class Pack:
    """What was written: rows and withheld rows by table."""

    folder: Path
    rows: dict[str, int]
    suppressed: dict[str, int]


def write_pack(store: Path, out: Path, minimum: int) -> Pack:
    """Write the pack from what is published. The same publication gives the same bytes.

    Raises BadUsage where nothing is published, or where `out` is inside the store or holds anything but an earlier pack.
    """
    findings, ranking = mart(store, "findings"), mart(store, "payer_code_ranking")
    _require_own_folder(store, out)
    tables = share_pack(findings, minimum)
    beside = out.with_name(f".{out.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for table in SHARE_TABLES:
        parquet.write_table(tables[table.name], table, beside / f"{table.name}.parquet")
        (beside / f"{table.name}.csv").write_text(as_csv(tables[table.name]), encoding="utf-8")
    (beside / README).write_text(readme(tables, _window(ranking), minimum), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    os.replace(beside, out)
    hidden = {name: int(frame.get_column("suppressed").sum()) for name, frame in tables.items()}
    return Pack(out, {name: frame.height for name, frame in tables.items()}, hidden)


def _require_own_folder(store: Path, out: Path) -> None:
    if out.resolve().is_relative_to(store.resolve()) or store.resolve().is_relative_to(out.resolve()):
        raise BadUsage("the pack must lie apart from the store", str(out), "Name a folder outside the store as --out.")
    if out.exists() and (not out.is_dir() or {path.name for path in out.iterdir()} - NAMES):
        raise BadUsage("the folder holds something that is no earlier pack", str(out), "Name an empty or new folder as --out.")


def _window(ranking: pl.DataFrame) -> str:
    """First and last month of the window; the page has no day."""
    if ranking.is_empty():
        return "no month: nothing is counted"
    return f"{ranking['window_start'].min():%Y-%m} to {ranking['window_end'].max():%Y-%m}"


def as_csv(frame: pl.DataFrame) -> str:
    """The table as CSV: lists joined by blanks, and no text that a spreadsheet would take for a formula."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    plain = frame.with_columns(pl.col(lists).list.join(" "), pl.col(texts).str.replace(FORMULA, "'${1}"))
    return plain.write_csv()


def readme(tables: dict[str, pl.DataFrame], window: str, minimum: int) -> str:
    """What the pack holds, for whoever receives it."""
    head = [
        "DOWNGRADES BY PAYER AND CODE: DE-IDENTIFIED PACK",
        "",
        f"Payments of {window}; months that the window begins or ends in may be partial.",
        "Counted lines only: downgraded, still standing, primary payer, priced.",
        "",
        "What is not in here: service lines, claims, patients or tokens of them, account numbers, file names, the practice's",
        "NPI, and any date finer than a month.",
        "",
        f"Small cells. A row with fewer than {minimum} patients or fewer than {minimum} claims is suppressed: `suppressed` is true and",
        "its numbers are empty. Further rows are suppressed so that no row can be worked out from the others, in one table or",
        f"across all of them: every sum or difference of shown numbers speaks of at least {minimum} patients and claims, or of none.",
        "A suppressed month may hold nobody at all. Codes too small to be shown are summed by family where that is large",
        "enough (`level` is family). Totals hold everything, suppressed rows included; ranks and shares are of the rows shown.",
        "",
        "Every table is there twice, as Parquet and as CSV. Amounts are US dollars.",
    ]
    body = [line for table in SHARE_TABLES for line in _described(table, tables[table.name])]
    return "\n".join([*head, *body, ""])


def _described(table: Table, frame: pl.DataFrame) -> list[str]:
    hidden = int(frame.get_column("suppressed").sum())
    columns = [f"  {column.name}: {column.meaning} ({column.unit})" for column in table.columns]
    return ["", f"{table.name}: {frame.height} rows, {hidden} of them suppressed", f"  {table.grain}", *columns]
