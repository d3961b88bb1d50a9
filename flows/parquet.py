"""Parquet whose bytes depend on the rows alone: fixed writer options, declared types, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.tables.contract import Table

ROW_GROUP_ROWS = 131_072  # small enough to prune, large enough to compress
WRITER = {"compression": "zstd", "compression_level": 1, "version": "2.6", "data_page_version": "1.0", "store_schema": True}
# Another value in nearly every row: a dictionary of them is built, found too large and thrown away. See docs/decisions/0012.
ONE_A_ROW = frozenset((
    "line_id", "claim_id", "patient_id", "patient_control_number", "payer_claim_control_number", "line_control_number",
    "line_segment", "claim_segment", "adjustment_segment",
))  # fmt: skip


def to_arrow(frame: pl.DataFrame, table: Table) -> pa.Table:
    """The frame as Arrow with the contract's types, nullability, meanings and units."""
    plain = table.conform(frame).to_arrow(compat_level=pl.CompatLevel.oldest())
    return plain.cast(table.arrow_schema)


def write_table(frame: pl.DataFrame, table: Table, path: Path) -> str:
    """Write the rows in the table's order; returns the sha256 of the bytes written.

    The same rows give the same bytes, in whatever order they come. A column without rows keeps its type.
    """
    data = table_bytes(frame, table)
    with path.open("wb") as out:
        out.write(data)
    return hashlib.sha256(data).hexdigest()


def table_bytes(frame: pl.DataFrame, table: Table) -> pa.Buffer:
    """The bytes of the Parquet file that holds these rows."""
    ordered = frame.sort(table.sort or table.key, nulls_last=True, maintain_order=True)
    sink = pa.BufferOutputStream()
    pq.write_table(to_arrow(ordered, table), sink, row_group_size=ROW_GROUP_ROWS, **writer_options(table.arrow_schema))
    return sink.getvalue()


@dataclass(frozen=True)
class Rows:
    """A table that lies in several Parquet files, one below the other, each sorted as its contract says."""

    paths: tuple[Path, ...]

    def scan(self) -> pl.LazyFrame:
        """All its rows; there is at least one file."""
        return pl.scan_parquet(list(self.paths), hive_partitioning=False, glob=False)


def stream_writer(path: Path, table: Table) -> pq.ParquetWriter:
    """A writer that takes batches as they come, with the same options."""
    return pq.ParquetWriter(path, table.arrow_schema, **writer_options(table.arrow_schema))


def writer_options(schema: pa.Schema) -> dict[str, Any]:
    """How files of this schema are written: dictionaries for the columns whose values repeat."""
    leaves = [f"{field.name}.list.element" if pa.types.is_large_list(field.type) else field.name for field in schema]
    return WRITER | {"use_dictionary": [leaf for leaf in leaves if leaf not in ONE_A_ROW]}


def scan(paths: Sequence[Path], table: Table) -> pl.LazyFrame:
    """All rows of the files with the contract's columns; a column that an older file lacks is null."""
    if not paths:
        return table.empty().lazy()
    found = pl.scan_parquet(
        list(paths), schema=table.schema, missing_columns="insert", extra_columns="ignore", hive_partitioning=False, glob=False
    )
    return table.conform(found)
