"""Which Parquet suits the analysts' queries: `python -m benchmarks.parquet_layout [--lines 1e6] [--rounds 5]`.

The findings and lake rows of a synthetic practice are copied, under other ids and tokens, over 36 months of payments until there
are so many findings and so many lines. Each layout writes the same rows; the same queries run on it in DuckDB and Polars. What is
printed is CPU seconds, medians of rounds that alternate between the layouts. Decision record 0012 rests on it.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq

from benchmarks.paired import alternate
from flows import store
from flows.night import audit
from flows.parquet import ONE_A_ROW, ROW_GROUP_ROWS, to_arrow, writer_options
from flows.practice import order_for, write_practice
from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.contract import Table
from transforms.tables.findings import FINDINGS
from transforms.tables.service_lines import SERVICE_LINES

CLAIMS, MONTHS = 6_000, 36
TABLES = {table.name: table for table in (FINDINGS, SERVICE_LINES, ADJUSTMENTS)}
Options = Callable[[Table], dict[str, Any]]


@dataclass(frozen=True)
class Layout:
    """One way to write the same rows; `sort` is that of findings."""

    name: str
    options: Options
    group_rows: int = ROW_GROUP_ROWS
    sort: tuple[str, ...] = FINDINGS.sort


@dataclass(frozen=True)
class Query:
    """A question as the recipes put it; {findings}, {lines} and {adjustments} are paths."""

    name: str
    ask: Callable[[dict[str, str]], object]
    engine: str = field(default="DuckDB")


def now(table: Table) -> dict[str, Any]:
    """The options that the project writes with."""
    return writer_options(table.arrow_schema)


def differing(**changes: Any) -> Options:
    """The project's options with some of them changed."""
    return lambda table: now(table) | changes


def dictionaries_everywhere(table: Table) -> dict[str, Any]:
    return now(table) | {"use_dictionary": True}


def delta(table: Table) -> dict[str, Any]:
    """Ids as what differs from the one before; whole numbers as differences."""
    mine = [name for name in table.names if name in ONE_A_ROW]
    return now(table) | {
        "column_encoding": {name: "DELTA_BINARY_PACKED" if name.endswith("_segment") else "DELTA_BYTE_ARRAY" for name in mine}
    }


def plain_compression(name: str) -> Options:
    return lambda table: {key: value for key, value in now(table).items() if key != "compression_level"} | {"compression": name}


LAYOUTS = (
    Layout("chosen", now),
    Layout("before: zstd 3, a dictionary for every column", lambda table: dictionaries_everywhere(table) | {"compression_level": 3}),
    Layout("a dictionary for every column", dictionaries_everywhere),
    Layout("zstd 3", differing(compression_level=3)),
    Layout("lz4", plain_compression("lz4")),
    Layout("snappy", plain_compression("snappy")),
    Layout("delta encodings", delta),
    Layout("no statistics", differing(write_statistics=False)),
    Layout("page index", differing(write_page_index=True)),
    Layout("row groups of 32,768", now, 32_768),
    Layout("row groups of 524,288", now, 524_288),
    Layout("sorted by payer and code", now, sort=("payer_id", "submitted_code", "payment_date", "line_id")),
    Layout("sorted by id", now, sort=("line_id",)),
)


def sql(text: str) -> Callable[[dict[str, str]], object]:
    """The query in DuckDB, its answer fetched."""

    def ask(paths: dict[str, str]) -> object:
        with duckdb.connect() as connection:
            return connection.sql(text.format(**paths)).fetchall()

    return ask


def scanned(question: Callable[[pl.LazyFrame], pl.LazyFrame]) -> Callable[[dict[str, str]], object]:
    """The query in Polars over the findings."""
    return lambda paths: question(pl.scan_parquet(paths["findings"])).collect()


def queries(line_id: str, payer_id: str) -> tuple[Query, ...]:
    """The recipes' questions about single rows; most others read tables of some hundred rows."""
    counted = "select sum(surprise_balance) from '{findings}' where counted"
    pairs = "select payer_name, submitted_code, count(*), sum(surprise_balance) from '{findings}' where counted"
    reasons = "select not_counted_reason, count(*), sum(charge_amount) from '{findings}' where not counted group by all"
    joined = (
        "select f.source_file, f.line_segment, a.group_code, a.reason_code, a.amount from '{findings}' f "
        "join '{adjustments}' a using (line_id) where f.counted and f.evidence_tier = 1 order by f.surprise_balance desc limit 6"
    )
    return (
        Query("total of what counts", sql(counted)),
        Query("pairs, last year", sql(f"{pairs} and payment_date >= date '2025-07-01' group by all")),
        Query("why not counted", sql(reasons)),
        Query("one payer, one quarter", sql(f"select * from '{{findings}}' where payer_id = '{payer_id}' and payment_date between "
                                            "date '2026-04-01' and date '2026-06-30'")),
        Query("one line by its id", sql(f"select * from '{{lines}}' where line_id = '{line_id}'")),
        Query("patients by pair", sql("select payer_id, submitted_code, count(distinct patient_id) from '{findings}' group by all")),
        Query("reasons of explicit lines (join)", sql(joined)),
        Query("pairs, last year", scanned(lambda rows: rows.filter("counted", pl.col("payment_date") >= date(2025, 7, 1))
              .group_by("payer_name", "submitted_code").agg(pl.len(), pl.col("surprise_balance").sum())), "Polars"),
        Query("one payer, one quarter", scanned(lambda rows: rows.filter(pl.col("payer_id") == payer_id,
              pl.col("payment_date").is_between(date(2026, 4, 1), date(2026, 6, 30)))), "Polars"),
        Query("patients by pair", scanned(lambda rows: rows.group_by("payer_id", "submitted_code")
              .agg(pl.col("patient_id").n_unique())), "Polars"),
        Query("all of it read", lambda paths: pl.read_parquet(paths["lines"]), "Polars"),
    )  # fmt: skip


def rows_of(folder: Path, wanted: int) -> dict[str, pl.DataFrame]:
    """So many findings, and so many lines with their adjustments, of a practice copied over and over."""
    write_practice(folder, CLAIMS, 3)
    order = order_for(folder, folder / "store")
    audit(order)
    manifest = store.read_manifest(order.store)
    base = {name: store.scan(order.store, manifest, name).collect() for name in (SERVICE_LINES.name, ADJUSTMENTS.name)}
    base[FINDINGS.name] = pl.read_parquet(order.store / "reports/current/findings.parquet")
    base[ADJUSTMENTS.name] = base[ADJUSTMENTS.name].drop_nulls("line_id")
    copies = {FINDINGS.name: -(-wanted // base[FINDINGS.name].height)}
    copies |= dict.fromkeys((SERVICE_LINES.name, ADJUSTMENTS.name), -(-wanted // base[SERVICE_LINES.name].height))
    many = {name: pl.concat([copied(rows, number) for number in range(copies[name])]) for name, rows in base.items()}
    return {name: frame.sort(TABLES[name].sort) for name, frame in many.items()}


def copied(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """The rows under the ids and tokens of another file and other people, paid in another month of the last three years."""
    mark = pl.lit(hashlib.sha256(str(number).encode()).hexdigest()[:16])
    named = [(mark + pl.col(column).str.slice(16)).alias(column) for column in ("line_id", "claim_id", "file_id") if column in rows.columns]
    tokens = [
        (pl.col(column).str.slice(5) + mark.str.slice(0, 5)).alias(column)
        for column in ("patient_id", "line_control_number") if column in rows.columns
    ]  # fmt: skip
    back = [pl.col(day).dt.offset_by(f"-{number % MONTHS}mo") for day in ("payment_date", "service_date") if day in rows.columns]
    return rows.with_columns(*named, *tokens, *back)


@dataclass(frozen=True)
class Written:
    """The files of one layout: their paths by the names that queries use, their bytes, CPU seconds of writing."""

    paths: dict[str, str]
    byte_count: int
    seconds: float


def written(rows: dict[str, pl.DataFrame], layout: Layout, folder: Path) -> Written:
    """The tables in one layout."""
    folder.mkdir(exist_ok=True)
    paths, seconds = {}, 0.0
    for name, table in TABLES.items():
        paths[name] = str(folder / f"{name}.parquet")
        ordered = to_arrow(rows[name].sort(layout.sort) if name == FINDINGS.name and layout.sort != table.sort else rows[name], table)
        begun = time.process_time()
        pq.write_table(ordered, paths[name], row_group_size=layout.group_rows, **layout.options(table))
        seconds += time.process_time() - begun
    sizes = sum(Path(path).stat().st_size for path in paths.values())
    named = {"findings": paths[FINDINGS.name], "lines": paths[SERVICE_LINES.name], "adjustments": paths[ADJUSTMENTS.name]}
    return Written(named, sizes, seconds)


def main() -> None:
    """Print one row a layout: size, time to write, time of each query."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lines", type=lambda text: int(float(text)), default=1_000_000)
    words.add_argument("--rounds", type=int, default=5)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="altbenefit-layout-") as scratch:
        rows = rows_of(Path(scratch) / "practice", given.lines)
        made = {one.name: written(rows, one, Path(scratch) / f"layout-{place}") for place, one in enumerate(LAYOUTS)}
        asked = queries(rows[SERVICE_LINES.name]["line_id"][0], rows[FINDINGS.name]["payer_id"].mode()[0])
        print({name: frame.height for name, frame in rows.items()}, flush=True)
        rows.clear()
        took = {}
        for query in asked:
            runs = {name: lambda paths=mine.paths, ask=query.ask: ask(paths) for name, mine in made.items()}
            took[f"{query.name} ({query.engine})"] = alternate(runs, given.rounds)
    print("| layout | MB | write | " + " | ".join(took) + " |")
    print("|---" * (len(took) + 3) + "|")
    for name, mine in made.items():
        cells = [f"{statistics.median(times[name].cpu):.3f}" for times in took.values()]
        print(f"| {name} | {mine.byte_count / 1e6:.0f} | {mine.seconds:.2f} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
