"""`parse`: the remittance tables exactly as read, streamed, so memory stays flat however much is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from flows import parquet
from flows.inbox import Arrival, contents
from flows.intake import arrived
from flows.reading import read_in_order
from transforms import balance
from transforms.live import settle_claims
from transforms.setting_aside import READ_LINE_TABLE, accounts, add_up, file_fault, file_rows, quarantine_items
from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.claims import CLAIMS
from transforms.tables.contract import MONEY, Table
from transforms.tables.files import FILES
from transforms.tables.layouts import ExportRules
from transforms.tables.payments import PAYMENTS
from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.tables.quarantine import FAULTS, QUARANTINE, WARNINGS
from transforms.tables.remittances import READ_PAYMENTS, Blob, Remittances
from transforms.tables.service_lines import SERVICE_LINES
from transforms.x12.faults import merged_faults, merged_warnings

WORK = ".parse"
FORMULA = r"^[=+\-@\t\r\n]"
PLAIN_NUMBER = r"^[+\-]?[0-9.]+$"
NO_CLAIMS = pl.DataFrame(schema={"claim_id": pl.String})
MAPPED_BYTES = 64_000_000  # files opened together; small ones are in memory


@dataclass(frozen=True)
class _Small:
    """What is kept in memory: a few numbers a claim, and the tables that are small by nature."""

    payments: list[pl.DataFrame]
    provider_adjustments: list[pl.DataFrame]
    faults: list[pl.DataFrame]
    warnings: list[pl.DataFrame]
    paid: list[pl.DataFrame]  # payment_id, paid_amount
    accounts: list[pl.DataFrame]  # what was read of each file
    likeness: list[pl.DataFrame]  # claims: hashes of the numbers by which claims are matched


@dataclass(frozen=True)
class Parsed:
    """Counts of what was read and could not be read."""

    files: int
    payments: int
    claims: int
    service_lines: int
    faults: int
    warnings: int


def parse(arrivals: Sequence[Arrival], out: Path, form: str, today: date, exports: ExportRules | None = None) -> Parsed:
    """Write every table to `out` as Parquet or CSV. Control numbers as read; names nowhere; nothing is set aside by a gate.

    `exports` says how CSV and XLSX exports are read; the shipped layouts where nothing is given.
    """
    work = out / WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        small = _stream(arrivals, work, exports)
        frames = _small_tables(arrivals, small, today)
        for table, frame in frames:
            parquet.write_table(frame, table, work / f"{table.name}.parquet")
        _add_live(work, small)
        for path in sorted(work.glob("*.parquet")):
            _hand_over(path, out, form)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    counts = {table.name: frame.height for table, frame in frames}
    claims, lines = _sum(small, "claim_loaded_count"), _sum(small, "read_line_count")
    return Parsed(counts["files"], counts["payments"], claims, lines, counts["quarantine"], counts["warnings"])


def _sum(small: _Small, column: str) -> int:
    return sum(int(part.get_column(column).sum()) for part in small.accounts)


def _blobs(arrivals: Sequence[Arrival]) -> Iterator[Blob]:
    """The readable files, some at a time, so that few are open at once."""
    waiting: list[Arrival] = []
    for arrival in [*(one for one in arrivals if not one.fault), None]:
        if arrival is None or sum(one.byte_count for one in waiting) + arrival.byte_count > MAPPED_BYTES:
            found = contents(waiting)
            yield from (Blob(one.file_id, one.source_file, found[one.file_id]) for one in waiting if one.file_id in found)
            waiting = []
        if arrival is not None:
            waiting.append(arrival)


def _stream(arrivals: Sequence[Arrival], work: Path, exports: ExportRules | None) -> _Small:
    """One pass over all bytes: the large tables go to disk as they come."""
    small = _Small(*([] for _ in fields(_Small)))
    tables = [CLAIMS, READ_LINE_TABLE, ADJUSTMENTS]
    writers = {table.name: parquet.stream_writer(work / f"{table.name}.parquet", table) for table in tables}
    try:
        for read in read_in_order(_blobs(sorted(arrivals, key=lambda one: one.kind)), exports):
            for table in tables:
                writers[table.name].write_table(parquet.to_arrow(getattr(read, table.name), table))
            _keep(small, read)
    finally:
        for writer in writers.values():
            writer.close()
    return small


def _keep(small: _Small, read: Remittances) -> None:
    """What is needed after the batch is gone, copied, so that nothing pins the bytes that were read."""
    for name in ("payments", "provider_adjustments", "faults", "warnings"):
        getattr(small, name).append(_copied(getattr(read, name)))
    small.paid.append(_copied(read.claims.group_by("payment_id").agg(pl.col("paid_amount").sum())))
    small.accounts.append(_copied(accounts(read, NO_CLAIMS)))
    numbers = read.claims.join(read.payments.select("payment_id", "payer_id"), on="payment_id", how="left", maintain_order="left")
    small.likeness.append(
        numbers.select(
            is_odd=pl.col("claim_status_code").is_in(["22", "25"]).fill_null(False),
            account=_hashed("patient_control_number"),
            number=_hashed("payer_claim_control_number"),
            original=_hashed("original_claim_control_number"),
        )
    )


def _copied(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in memory of their own: text of the reader is a view into the bytes it read."""
    return pl.DataFrame(pl.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest())), schema=frame.schema)


def _hashed(number: str) -> pl.Expr:
    """Payer and number as one hash, so that equal ones are found without keeping them; null where there is no number."""
    return pl.when(pl.col(number).is_not_null()).then(pl.struct("payer_id", pl.col(number).alias("number")).hash())


def _small_tables(arrivals: Sequence[Arrival], small: _Small, today: date) -> list[tuple[Table, pl.DataFrame]]:
    """files, payments, provider_adjustments, what could not be read, and what was read with a warning."""
    payments = pl.concat([pl.DataFrame(schema=READ_PAYMENTS), *small.payments])
    moved = pl.concat([PROVIDER_ADJUSTMENTS.empty(), *small.provider_adjustments])
    paid = pl.concat([pl.DataFrame(schema={"payment_id": pl.String, "paid_amount": MONEY}), *small.paid], how="vertical_relaxed")
    settled = balance.settle_payments(payments, paid.with_columns(pl.col("paid_amount").cast(MONEY)), moved)
    whole = [file_fault(one.file_id, one.source_file, *one.fault) for one in arrivals if one.fault]
    faults = pl.concat([merged_faults(pl.concat([FAULTS.empty(), *small.faults])), *whole])
    read = add_up(pl.concat([accounts(Remittances.empty(), NO_CLAIMS), *small.accounts], how="diagonal_relaxed"))
    return [
        (FILES, file_rows(arrived(arrivals), read, faults, today)),
        (PAYMENTS, settled),
        (PROVIDER_ADJUSTMENTS, moved),
        (QUARANTINE, quarantine_items(faults, today)),
        (WARNINGS, merged_warnings(pl.concat([WARNINGS.empty(), *small.warnings]))),
    ]


def _add_live(work: Path, small: _Small) -> None:
    """Write the lines again with is_live. Only claims that resemble another one, or undo one, are looked at closely."""
    dead = _not_live(work, _resembling(pl.concat(small.likeness))) if small.likeness else pl.Series(dtype=pl.String)
    source = work / "service_lines.parquet"
    with parquet.stream_writer(work / "lines.new", SERVICE_LINES) as out:
        lines = pq.ParquetFile(source, pre_buffer=False)
        for group in range(lines.num_row_groups):
            rows = pl.DataFrame(pl.from_arrow(lines.read_row_group(group, use_threads=False)))
            out.write_table(parquet.to_arrow(rows.with_columns(is_live=~pl.col("claim_id").is_in(dead.implode())), SERVICE_LINES))
    (work / "lines.new").replace(source)


def _resembling(claims: pl.DataFrame) -> pl.Series:
    """Places of the claims that share a number with another one, name another one, or are reversals or predeterminations."""
    shared = pl.any_horizontal(pl.col(name).is_duplicated() & pl.col(name).is_not_null() for name in ("account", "number"))
    is_named = pl.col("number").is_in(claims.get_column("original").drop_nulls().implode()).fill_null(False)
    return claims.select(place=pl.arg_where(shared | is_named | pl.col("original").is_not_null() | pl.col("is_odd"))).to_series()


def _not_live(work: Path, places: pl.Series) -> pl.Series:
    """Ids of the claims that no longer stand, among those at the places given."""
    if places.is_empty():
        return pl.Series(dtype=pl.String)
    payments = pl.read_parquet(work / "payments.parquet", columns=["payment_id", "payer_id", "payment_date"])
    numbered = pl.scan_parquet(work / "claims.parquet", row_index_name="place")
    chosen = numbered.filter(pl.col("place").is_in(places.implode())).drop("place").collect(engine="streaming")
    claims = chosen.join(payments, on="payment_id", how="left")

    def of(name: str) -> pl.DataFrame:
        return (
            pl.scan_parquet(work / f"{name}.parquet")
            .join(claims.lazy().select("claim_id"), on="claim_id", how="semi")
            .collect(engine="streaming")
        )

    moved = pl.read_parquet(work / "provider_adjustments.parquet")
    states = settle_claims(claims, of("service_lines"), of("adjustments"), moved)
    return states.filter(pl.col("state") != "live").get_column("claim_id")


def _inert(text: pl.Expr) -> pl.Expr:
    is_formula = text.str.contains(FORMULA) & ~text.str.contains(PLAIN_NUMBER)
    return pl.when(is_formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)


def _hand_over(path: Path, out: Path, form: str) -> None:
    """Move a finished table to its place; as CSV, lists are joined with a bar, and no text is a formula to a spreadsheet.

    A text that starts as formulas do gets an apostrophe in front, unless it is a plain number.
    """
    if form == "parquet":
        path.replace(out / path.name)
        return
    rows = pl.scan_parquet(path).with_columns(pl.selectors.list().list.join("|"))
    texts = [name for name, dtype in rows.collect_schema().items() if dtype == pl.String]
    rows = rows.with_columns(_inert(pl.col(name)).alias(name) for name in texts)
    rows.sink_csv(out / f"{path.stem}.csv")
