"""Elements of many segments at once: where they lie, and what they say as text, cents, days or counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.x12.scan import BLANKS, Segments

Spans = tuple[np.ndarray, np.ndarray]

OK, MISSING, NOT_AN_AMOUNT, TOO_PRECISE, TOO_LARGE = range(5)
LARGEST_CENTS = 999_999_999_999
INLINE = 12  # a string view holds up to so many bytes itself

_AMOUNT = re.compile(rb"(-?)(?:(\d+)\.?(\d*)|\.(\d+))")
_U = np.uint64
_FILL = _U(0x3030303030303030)
# What to keep of eight bytes that end with the value, by the value's length; and of eight that start with it.
_TAIL = np.array([(0xFFFFFFFFFFFFFFFF << (8 * (8 - n))) & 0xFFFFFFFFFFFFFFFF for n in range(9)], dtype=np.uint64)
_HEAD = np.array([0xFFFFFFFFFFFFFFFF >> (8 * (8 - n)) if n else 0 for n in range(9)], dtype=np.uint64)


def elements(segments: Segments, at: np.ndarray) -> Callable[[int], Spans]:
    """A function that gives start and end of an element (counted as the guide does) of the segments `at`.

    A span is empty where the element was not sent.
    """
    first, last = segments.first[at], segments.last[at]
    shortest = int((last - first).min()) if len(at) else 0
    longest = int((last - first).max()) if len(at) else 0

    def of(index: int) -> Spans:
        if index > longest:
            end = segments.delimiter_at[last]
            return end, end
        right = first + index
        if index <= shortest:
            return segments.delimiter_at[right - 1] + 1, segments.delimiter_at[right]
        is_sent = right <= last
        right = np.where(is_sent, right, last)
        end = segments.delimiter_at[right]
        return np.where(is_sent, segments.delimiter_at[right - 1] + 1, end), end

    return of


def element(segments: Segments, at: np.ndarray, index: int) -> Spans:
    """Start and end of one element of the segments `at`; empty where it was not sent."""
    return elements(segments, at)(index)


def trimmed(segments: Segments, spans: Spans, *, is_suspect: bool = False) -> Spans:
    """Spans without blanks at either end; `is_suspect` where something else than a delimiter bounds them."""
    start, end = spans
    buffer = segments.buffer
    if not (segments.has_blanks or is_suspect):
        return spans
    first, last = buffer[start], buffer[end - 1]
    touched = np.flatnonzero(((first == 32) | (first == 9) | (last == 32) | (last == 9)) & (end > start))
    if not len(touched):
        return spans
    start, end = start.copy(), end.copy()
    for row in touched.tolist():
        value = bytes(buffer[start[row] : end[row]])
        start[row] += len(value) - len(value.lstrip(BLANKS))
        end[row] = start[row] + len(value.strip(BLANKS))
    return start, end


def text(segments: Segments, spans: Spans) -> pl.Series:
    """The values as text, null where empty. Values over twelve bytes point into the batch; shorter ones are copied."""
    start, end = trimmed(segments, spans)
    length = end - start
    longest = int(length.max()) if len(length) else 0
    if not longest:
        return empty_text(len(start))
    views = np.zeros((len(start), 2), np.uint64)
    first_four = segments.words[start] & _HEAD.take(np.minimum(length, 4), mode="clip")
    views[:, 0] = first_four << _U(32) | length.astype(np.uint64)
    if longest > 4:
        views[:, 1] = segments.words[start + 4] & _HEAD.take(length - 4, mode="clip")
    if longest > INLINE:
        outside = np.flatnonzero(length > INLINE)
        views[outside, 1] = start[outside].astype(np.uint64) << _U(32)
    buffers = [validity(length > 0), pa.py_buffer(views), pa.py_buffer(segments.buffer)]
    return as_series(pa.Array.from_buffers(pa.string_view(), len(start), buffers))


def as_series(array: pa.Array) -> pl.Series:
    """The column an Arrow array is; its buffers are not copied."""
    return cast(pl.Series, pl.from_arrow(array))


def empty_text(count: int) -> pl.Series:
    """A text column of nothing but nulls."""
    return pl.Series([None], dtype=pl.String).new_from_index(0, count)


def validity(is_known: np.ndarray) -> pa.Buffer | None:
    """Arrow's bitmap of the rows that are known; none where all are."""
    return None if is_known.all() else pa.py_buffer(np.packbits(is_known, bitorder="little"))


def short_code(segments: Segments, spans: Spans) -> np.ndarray:
    """Values of up to eight bytes as numbers, to compare with `code`; 0 where empty, all ones where longer."""
    start, end = trimmed(segments, spans)
    length = end - start
    value = segments.words[start] & _HEAD.take(length, mode="clip")
    return np.where(length > 8, _U(0xFFFFFFFFFFFFFFFF), value)


def code(value: str) -> np.uint64:
    """The number that `short_code` gives for a value."""
    return _U(int.from_bytes(value.encode().ljust(8, b"\0"), "little"))


def is_sent(segments: Segments, spans: Spans) -> np.ndarray:
    """Whether there is anything but blanks."""
    start, end = trimmed(segments, spans)
    return end > start


def cents(segments: Segments, spans: Spans) -> tuple[np.ndarray, np.ndarray]:
    """Amounts as int64 cents, 0 where there is none, and per row OK, MISSING, NOT_AN_AMOUNT, TOO_PRECISE or TOO_LARGE.

    Up to eight characters with at most two decimals are read at once; anything else row by row, exactly.
    """
    start, end = spans
    sent = np.flatnonzero(end > start)
    if len(sent) == len(start):
        return _sent_cents(segments, start, end)
    value, status = np.zeros(len(start), np.int64), np.full(len(start), MISSING, np.uint8)
    if len(sent):
        value[sent], status[sent] = _sent_cents(segments, start[sent], end[sent])
    return value, status


def _sent_cents(segments: Segments, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length = end - start
    keep = _TAIL.take(length, mode="clip")
    is_negative = (segments.buffer[start] == ord("-")) & (length > 1)
    word = (segments.words[end - 8] & keep) | (_FILL & ~keep)
    if is_negative.any():
        sign_at = (_U(64) - _U(8) * np.minimum(length, 8).astype(np.uint64)) & _U(63)
        word = np.where(is_negative, word ^ (_U(ord("-") ^ ord("0")) << sign_at), word)
    word, scale = _without_point(word)
    value = eight_digits(word) * scale
    np.negative(value, out=value, where=is_negative)
    is_read = (length <= 8) & all_digits(word)
    status = np.zeros(len(start), np.uint8)
    if not is_read.all():
        for row in np.flatnonzero(~is_read).tolist():
            value[row], status[row] = _exact_cents(bytes(segments.buffer[start[row] : end[row]]))
    return value, status


def _without_point(word: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eight digits without the decimal point before the last two or one, and cents per unit of the last digit."""
    point = _U(ord("."))
    two = (word >> _U(40)) & _U(0xFF) == point
    one = (word >> _U(48)) & _U(0xFF) == point
    zero = _U(ord("0"))
    as_two = (word & _U(0xFFFF000000000000)) | ((word & _U(0x000000FFFFFFFFFF)) << _U(8)) | zero
    as_one = (word & _U(0xFF00000000000000)) | ((word & _U(0x0000FFFFFFFFFFFF)) << _U(8)) | zero
    return np.where(two, as_two, np.where(one, as_one, word)), np.where(two, 1, np.where(one, 10, 100))


def all_digits(word: np.ndarray) -> np.ndarray:
    """Whether all eight bytes are ASCII digits."""
    high = _U(0xF0F0F0F0F0F0F0F0)
    return ((word & high) == _FILL) & (((word + _U(0x0606060606060606)) & high) == _FILL)


def eight_digits(word: np.ndarray) -> np.ndarray:
    """Eight ASCII digits, first character in the lowest byte, as a number."""
    word = word & _U(0x0F0F0F0F0F0F0F0F)
    word = (word * _U(2561)) >> _U(8) & _U(0x00FF00FF00FF00FF)
    word = (word * _U(6553601)) >> _U(16) & _U(0x0000FFFF0000FFFF)
    return ((word * _U(42949672960001)) >> _U(32)).astype(np.int64)


def _exact_cents(value: bytes) -> tuple[int, int]:
    """One amount as X12 writes it: optional minus, digits, optional point."""
    value = value.strip(BLANKS)
    if not value:
        return 0, MISSING
    match = _AMOUNT.fullmatch(value)
    if match is None:
        return 0, NOT_AN_AMOUNT
    whole, decimals = match.group(2) or b"0", match.group(3) or match.group(4) or b""
    if decimals[2:].strip(b"0"):
        return 0, TOO_PRECISE
    if len(whole.lstrip(b"0")) > 12:
        return 0, TOO_LARGE
    amount = int(whole) * 100 + int(decimals[:2].ljust(2, b"0"))
    return (0, TOO_LARGE) if amount > LARGEST_CENTS else (-amount if match.group(1) else amount, OK)


def money(value: np.ndarray, is_known: np.ndarray | None = None) -> pl.Series:
    """Cents as exact dollars, null where not known."""
    wide = np.empty((len(value), 2), np.int64)
    wide[:, 0], wide[:, 1] = value, value >> 63
    known = None if is_known is None else validity(is_known)
    array = pa.Array.from_buffers(pa.decimal128(12, 2), len(value), [known, pa.py_buffer(wide)])
    return as_series(array)


def whole(segments: Segments, spans: Spans) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers of zero or more, and which rows hold one."""
    value, status = cents(segments, spans)
    return value // 100, (status == OK) & (value % 100 == 0) & (value >= 0)


def numbers(value: np.ndarray, is_known: np.ndarray) -> pl.Series:
    """Counts, null where not known."""
    buffers = [validity(is_known), pa.py_buffer(value.astype(np.int64))]
    return as_series(pa.Array.from_buffers(pa.int64(), len(value), buffers))
