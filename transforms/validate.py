"""Row checks from the contract: what may stay, and what is set aside with every reason."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from transforms.tables.contract import Table

WHY = "why"


def split(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(good, bad): rows that keep the contract, and those that do not, with `why`, a list of reasons in plain words.

    A row is bad where a value is missing that may not be, is below its minimum or outside its allowed set, or where the
    key occurs more than once (all such rows are bad: which one is right cannot be known). Reasons name columns, never
    values. Both keep the order and the columns of `frame`; good + bad = frame. A declared column that the frame lacks
    is the caller's mistake and raises Polars' ColumnNotFoundError.
    """
    faults = dict(_faults(frame, table))
    marks = frame.select(fault.fill_null(False).alias(reason) for reason, fault in faults.items())
    is_bad = marks.select(pl.any_horizontal(pl.all())).to_series() if marks.width else pl.Series([False] * frame.height)
    if not is_bad.any():  # on a good night there are none, and nothing is copied
        return frame, frame.clear().with_columns(pl.lit(None, pl.List(pl.String)).alias(WHY))
    # Reasons are put into words for bad rows only.
    words = marks.filter(is_bad).select(pl.concat_list(pl.when(reason).then(pl.lit(reason)) for reason in faults).list.drop_nulls())
    return frame.filter(~is_bad), frame.filter(is_bad).with_columns(words.to_series().alias(WHY))


def _faults(frame: pl.DataFrame, table: Table) -> Iterator[tuple[str, pl.Expr]]:
    """(reason, true where a row breaks it), in the contract's order."""
    key = pl.struct(table.key)
    # Equal keys have equal hashes, and those are compared in a third of the time.
    is_repeated = key.is_duplicated() if frame.select(key.hash().is_duplicated().any()).item() else pl.lit(False)
    yield f"{' + '.join(table.key)} occurs more than once", is_repeated
    for column in table.columns:
        value = pl.col(column.name)
        if column.null is None:
            yield f"{column.name} is missing", value.is_null()
        if column.minimum is not None:
            yield f"{column.name} is below {column.minimum}", value < column.minimum
        if column.allowed:
            yield f"{column.name} is none of {', '.join(column.allowed)}", value.is_in(column.allowed).not_()
