"""Dates as X12 writes them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.x12.fields import Spans, all_digits, as_series, eight_digits, trimmed, validity
from transforms.x12.scan import Segments


def days(segments: Segments, spans: Spans) -> tuple[np.ndarray, np.ndarray]:
    """Dates (CCYYMMDD, YYMMDD, or the first of a range) as days since 1970, and which rows hold a real one."""
    start, end = trimmed(segments, spans)
    sent = np.flatnonzero(end > start)
    value, is_real = np.zeros(len(start), np.int64), np.zeros(len(start), bool)
    if len(sent):
        value[sent], is_real[sent] = _sent_days(segments, start[sent], end[sent])
    return value, is_real


def _sent_days(segments: Segments, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length = end - start
    is_range = (length == 17) & (segments.buffer[start + 8] == ord("-"))
    length = np.where(is_range, 8, length)
    word = segments.words[start]
    century = np.where(word & np.uint64(0xFF) >= np.uint64(ord("8")), np.uint64(0x3931), np.uint64(0x3032))
    word = np.where(length == 6, (word << np.uint64(16)) | century, word)
    is_written = ((length == 8) | (length == 6)) & all_digits(word)
    number = np.where(is_written, eight_digits(word), 0).astype(np.uint32)  # narrow: division is what costs here
    months, day = (part.astype(np.int32) for part in np.divmod(number, np.uint32(100)))
    year, month = np.divmod(months, np.int32(100))
    year -= FIRST_YEAR
    is_date = (year >= 0) & (year < YEARS) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    value = CALENDAR[np.where(is_date, (year * 12 + month - 1) * 31 + day - 1, 0)]
    return value, is_date & (value != NO_DAY)


def _calendar() -> np.ndarray:
    """Days since 1970 of every year, month and day of month, NO_DAY where the month has no such day."""
    months = np.arange(YEARS * 12).astype("datetime64[M]") + np.int64((FIRST_YEAR - 1970) * 12)
    first = months.astype("datetime64[D]").astype(np.int64)[:, None]
    following = (months + 1).astype("datetime64[D]").astype(np.int64)[:, None]
    day = first + np.arange(31)
    return np.where(day < following, day, NO_DAY).reshape(-1)


FIRST_YEAR, YEARS, NO_DAY = 1900, 200, -(10**9)
CALENDAR = _calendar()


def dates(value: np.ndarray, is_known: np.ndarray) -> pl.Series:
    """Days since 1970 as dates, null where not known."""
    array = pa.Array.from_buffers(pa.date32(), len(value), [validity(is_known), pa.py_buffer(value.astype(np.int32))])
    return as_series(array)
