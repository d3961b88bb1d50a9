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
    word = segments.words[start]
    is_eight = length == 8
    if not is_eight.all():
        is_eight |= (length == 17) & (segments.buffer[start + 8] == ord("-"))
        is_six = length == 6
        century = np.where(word & np.uint64(0xFF) >= np.uint64(ord("8")), np.uint64(0x3931), np.uint64(0x3032))
        word = np.where(is_six, (word << np.uint64(16)) | century, word)
        is_eight |= is_six
    place = eight_digits(word) - FIRST_YEAR * 10_000
    is_date = is_eight & all_digits(word) & (place >= 0) & (place < len(CALENDAR))
    value = CALENDAR.take(np.where(is_date, place, 0), mode="clip")
    return value - BEFORE_1970, is_date & (value != NO_DAY)


def _calendar() -> np.ndarray:
    """By CCYYMMDD from the first year on: days since its first day and one, NO_DAY where there is no such day.

    Mostly empty, and what is empty takes no memory; to look a date up so is four times as fast as to divide.
    """
    days_of = np.arange(np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{FIRST_YEAR + YEARS}-01-01"))
    months = days_of.astype("datetime64[M]")
    number = months.astype(np.int64) + (1970 - FIRST_YEAR) * 12
    place = number // 12 * 10_000 + (number % 12 + 1) * 100 + (days_of - months).astype(np.int64) + 1
    table = np.zeros(YEARS * 10_000, np.int32)
    table[place] = np.arange(len(days_of)) + 1
    return table


FIRST_YEAR, YEARS, NO_DAY = 1900, 200, 0
BEFORE_1970 = 1 - int(np.datetime64(f"{FIRST_YEAR}-01-01").astype(np.int64))
CALENDAR = _calendar()


def dates(value: np.ndarray, is_known: np.ndarray) -> pl.Series:
    """Days since 1970 as dates, null where not known."""
    array = pa.Array.from_buffers(pa.date32(), len(value), [validity(is_known), pa.py_buffer(value.astype(np.int32))])
    return as_series(array)
