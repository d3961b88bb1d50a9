"""What a table promises: plain frozen data, from which schemas, checks, metadata and the dictionary are derived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import polars as pl
import pyarrow as pa

CONTRACT_VERSION = "1.0"

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

MONEY = pl.Decimal(12, 2)
TEXT = pl.String()
COUNT = pl.Int64()
DATE = pl.Date()
FLAG = pl.Boolean()
TEXTS = pl.List(pl.String())
PERCENT = pl.Decimal(5, 2)
TOTAL = pl.Decimal(18, 2)

ARROW_TYPES: dict[pl.DataType, pa.DataType] = {
    MONEY: pa.decimal128(12, 2),
    PERCENT: pa.decimal128(5, 2),
    TOTAL: pa.decimal128(18, 2),
    pl.Decimal(7, 4): pa.decimal128(7, 4),
    TEXT: pa.large_string(),
    COUNT: pa.int64(),
    DATE: pa.date32(),
    FLAG: pa.bool_(),
    TEXTS: pa.large_list(pa.large_string()),
}


@dataclass(frozen=True)
class Column:
    """One published column.

    `null` says what an empty cell means; a column without it is never null. `source` is the segment element
    (`SVC02`) or document section it comes from. `minimum` and `allowed` are row checks.
    """

    name: str
    dtype: pl.DataType
    unit: str
    meaning: str
    source: str = ""
    null: str | None = None
    minimum: int | None = None
    allowed: tuple[str, ...] = ()
    example: str = ""
    since: str = "1.0"


@dataclass(frozen=True)
class Table:
    """One table: its grain, its key and its columns, in the order they are written."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        unknown = [name for name in (*self.key, *self.sort) if name not in names]
        if unknown or len(set(names)) != len(names):
            raise ValueError(f"table {self.name}: unknown key or sort column {unknown}, or a column named twice")

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema, in column order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def arrow_schema(self) -> pa.Schema:
        """The Arrow schema with each column's meaning and unit, and the table's grain, as metadata."""
        fields = [
            pa.field(
                column.name,
                ARROW_TYPES[column.dtype],
                nullable=column.null is not None,
                metadata={
                    "meaning": column.meaning,
                    "unit": column.unit,
                    "source": column.source,
                    "null_means": column.null or "never null",
                    "example": column.example,
                    "since": column.since,
                },
            )
            for column in self.columns
        ]
        metadata = {
            "altbenefit.contract_version": CONTRACT_VERSION,
            "altbenefit.table": self.name,
            "altbenefit.grain": self.grain,
            "altbenefit.key": ",".join(self.key),
        }
        return pa.schema(fields, metadata=metadata)

    def empty(self) -> pl.DataFrame:
        """A frame without rows and with every declared type."""
        return pl.DataFrame(schema=self.schema)

    def conform(self, frame: Frame) -> Frame:
        """The declared columns in the declared order and types; a missing column is an error, an extra one is left out."""
        return frame.select(pl.col(column.name).cast(column.dtype) for column in self.columns)


def money(name: str, meaning: str, source: str = "", *, null: str | None = None, minimum: int | None = None) -> Column:
    """An exact amount of US dollars."""
    return Column(name, MONEY, "US dollars", meaning, source, null, minimum, example="120.00")


def total(name: str, meaning: str, source: str = "", *, null: str | None = None) -> Column:
    """A sum over all that is on file, in exact US dollars: of thirty million lines a year, more than an amount holds."""
    return Column(name, TOTAL, "US dollars", meaning, source, null, example="12000000000.00")


def text(
    name: str,
    meaning: str,
    source: str = "",
    *,
    unit: str = "text",
    null: str | None = None,
    allowed: Iterable[str] = (),
    example: str = "",
) -> Column:
    """An id, a code or a name; never a number, so leading zeros stay."""
    return Column(name, TEXT, unit, meaning, source, null, None, tuple(allowed), example)


def count(name: str, meaning: str, source: str = "", *, null: str | None = None, minimum: int | None = 0) -> Column:
    """A whole number of things."""
    return Column(name, COUNT, "count", meaning, source, null, minimum, example="3")


def date(name: str, meaning: str, source: str = "", *, null: str | None = None) -> Column:
    """A calendar day, without time or zone."""
    return Column(name, DATE, "date", meaning, source, null, example="2026-03-10")


def flag(name: str, meaning: str, source: str = "", *, null: str | None = None) -> Column:
    """Yes or no."""
    return Column(name, FLAG, "true or false", meaning, source, null, example="true")


def texts(name: str, meaning: str, source: str = "", *, null: str | None = None, example: str = "") -> Column:
    """A list of codes, empty where there is none."""
    return Column(name, TEXTS, "list of codes", meaning, source, null, example=example)


def percent(name: str, meaning: str, source: str = "", *, null: str | None = None, minimum: int | None = 0) -> Column:
    """A percentage, 80.00 for four fifths."""
    return Column(name, PERCENT, "percent", meaning, source, null, minimum, example="80.00")
