"""Elements of many segments at once: where they lie, and what they say as text, cents, days or counts.

A column is one element (counted as the guide does) of one of several runs of segments; a segment of -1 says nothing. Columns of
the same rows are read together, row by row, while the bytes of a row are near.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.x12.fields import OK, as_series, empty_text
from transforms.x12.loops import amounts as amount_loops
from transforms.x12.loops import spans as span_loops
from transforms.x12.loops import texts as text_loops
from transforms.x12.scan import Segments

Spans = tuple[np.ndarray, np.ndarray]
Columns = Sequence[tuple[int, int]]  # which run of segments, and which element


def spans(segments: Segments, runs: Sequence[np.ndarray], columns: Columns) -> Spans:
    """Starts and ends of the elements, a row per column; the same place twice where nothing was sent."""
    of_run, index = np.array(columns, np.int64).T.copy()
    return span_loops.elements(segments.delimiter_at, segments.first, np.array(runs, np.int64), of_run, index)


def texts(segments: Segments, found: Spans) -> list[pl.Series]:
    """Columns of text, null where empty. Values over twelve bytes point into the batch; shorter ones are copied."""
    columns = text_loops.views(segments.buffer, segments.words, *packed(found))
    return [_text(segments, *column) for column in zip(*columns, strict=True)]


def cents(segments: Segments, found: Spans) -> tuple[np.ndarray, np.ndarray]:
    """Columns of amounts as int64 cents, 0 where there is none, and OK, MISSING, NOT_AN_AMOUNT, TOO_PRECISE or TOO_LARGE."""
    return amount_loops.cents(segments.buffer, segments.words, *packed(found))


def days(segments: Segments, found: Spans) -> tuple[np.ndarray, np.ndarray]:
    """Columns of dates (CCYYMMDD, YYMMDD, or the first of a range) as days since 1970, and which are real ones."""
    return amount_loops.days(segments.buffer, segments.words, *packed(found))


def whole(value: np.ndarray, status: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers of zero or more, from cents, and which rows hold one."""
    return value // 100, (status == OK) & (value % 100 == 0) & (value >= 0)


def element(segments: Segments, at: np.ndarray, index: int) -> Spans:
    """Start and end of one element of the segments `at`."""
    start, end = spans(segments, [at], [(0, index)])
    return start[0], end[0]


def text(segments: Segments, found: Spans) -> pl.Series:
    """One column of text."""
    return texts(segments, (found[0][None], found[1][None]))[0]


def short_code(segments: Segments, found: Spans) -> np.ndarray:
    """Values of up to eight bytes as numbers, to compare with `code`; 0 where empty, all ones where longer."""
    return text_loops.short_codes(segments.buffer, segments.words, *packed(found))


def code(value: str) -> np.uint64:
    """The number that `short_code` gives for a value."""
    return np.uint64(int.from_bytes(value.encode().ljust(8, b"\0"), "little"))


def is_sent(segments: Segments, found: Spans) -> np.ndarray:
    """Whether there is anything but blanks."""
    return lengths(segments, found) > 0


def lengths(segments: Segments, found: Spans) -> np.ndarray:
    """Bytes of each value, blanks at either end left out."""
    return text_loops.lengths(segments.buffer, *packed(found))


def _text(segments: Segments, views: np.ndarray, bits: np.ndarray, known: np.integer) -> pl.Series:
    count = len(views)
    if not known:
        return empty_text(count)
    validity = None if known == count else pa.py_buffer(bits)
    return as_series(pa.Array.from_buffers(pa.string_view(), count, [validity, pa.py_buffer(views), pa.py_buffer(segments.buffer)]))


def packed(found: Spans) -> Spans:
    """As the loops take them: whole numbers of four bytes, without gaps."""
    return np.ascontiguousarray(found[0], np.int32), np.ascontiguousarray(found[1], np.int32)
