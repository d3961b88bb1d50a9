"""Columns made of what was read: text, money, counts and dates; and what can be wrong with an amount."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

OK, MISSING, NOT_AN_AMOUNT, TOO_PRECISE, TOO_LARGE = range(5)  # as loops.values says them
LARGEST_CENTS = 999_999_999_999
INLINE = 12  # a string view holds up to so many bytes itself


def as_series(array: pa.Array) -> pl.Series:
    """The column an Arrow array is; its buffers are not copied."""
    return pl.Series(values=array)


def empty_text(count: int) -> pl.Series:
    """A text column of nothing but nulls."""
    return pl.Series([None], dtype=pl.String).new_from_index(0, count)


def validity(is_known: np.ndarray) -> pa.Buffer | None:
    """Arrow's bitmap of the rows that are known; none where all are."""
    return None if is_known.all() else pa.py_buffer(np.packbits(is_known, bitorder="little"))


def money(value: np.ndarray, is_known: np.ndarray | None = None) -> pl.Series:
    """Cents as exact dollars, null where not known."""
    wide = np.empty((len(value), 2), np.int64)
    wide[:, 0], wide[:, 1] = value, value >> 63
    known = None if is_known is None else validity(is_known)
    array = pa.Array.from_buffers(pa.decimal128(12, 2), len(value), [known, pa.py_buffer(wide)])
    return as_series(array)


def numbers(value: np.ndarray, is_known: np.ndarray) -> pl.Series:
    """Counts, null where not known."""
    buffers = [validity(is_known), pa.py_buffer(value.astype(np.int64))]
    return as_series(pa.Array.from_buffers(pa.int64(), len(value), buffers))


def dates(value: np.ndarray, is_known: np.ndarray) -> pl.Series:
    """Days since 1970 as dates, null where not known."""
    buffers = [validity(is_known), pa.py_buffer(value.astype(np.int32))]
    return as_series(pa.Array.from_buffers(pa.date32(), len(value), buffers))
