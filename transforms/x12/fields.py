"""Elements of many segments at once: where they lie, and what they say as text, cents, days or counts."""

from __future__ import annotations

import re
from collections.abc import Callable

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
_ZEROS = _FILL & ~_TAIL  # leading zeros for the rest
_HEAD = np.array([0xFFFFFFFFFFFFFFFF >> (8 * (8 - n)) if n else 0 for n in range(9)], dtype=np.uint64)


def elements(segments: Segments, at: np.ndarray) -> Callable[[int], Spans]:
    """A function that gives start and end of an element (counted as the guide does) of the segments `at`.

    A span is empty where the element was not sent.
    """
    first, last = segments.first[at], segments.last(at)
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
    word = segments.words[start] & _HEAD.take(length, mode="clip")
    np.bitwise_or(word << _U(32), length.astype(np.uint64), out=views[:, 0])
    if longest > 4:
        np.right_shift(word, _U(32), out=views[:, 1])
    if longest > 8:
        further = np.flatnonzero(length > 8)
        views[further, 1] |= (segments.words[start[further] + 8] & _HEAD[:5].take(length[further] - 8, mode="clip")) << _U(32)
    if longest > INLINE:
        outside = np.flatnonzero(length > INLINE)
        views[outside, 1] = start[outside].astype(np.uint64) << _U(32)
    buffers = [validity(length > 0), pa.py_buffer(views), pa.py_buffer(segments.buffer)]
    return as_series(pa.Array.from_buffers(pa.string_view(), len(start), buffers))


def as_series(array: pa.Array) -> pl.Series:
    """The column an Arrow array is; its buffers are not copied."""
    return pl.Series(values=array)


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
    value, is_read = _plain_cents(segments, start, end)
    status = np.zeros(len(start), np.uint8)
    if is_read.all():
        return value, status
    odd = np.flatnonzero(~is_read)
    minus = odd[(segments.buffer[start[odd]] == ord("-")) & (end[odd] - start[odd] > 1)]
    negative, is_plain = _plain_cents(segments, start[minus] + 1, end[minus])
    value[minus], is_read[minus] = -negative, is_plain
    for row in odd[~is_read[odd]].tolist():
        value[row], status[row] = _exact_cents(bytes(segments.buffer[start[row] : end[row]]))
    return value, status


def _plain_cents(segments: Segments, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cents, and whether they are right: they are where up to eight digits stand, with or without a point before the last two."""
    length = end - start
    word = (segments.words[end - 8] & _TAIL.take(length, mode="clip")) | _ZEROS.take(length, mode="clip")
    two, one = ((word & _U(0xFF << shift)) == _U(ord(".") << shift) for shift in (40, 48))
    scale = np.where(two, 1, 100)
    if two.any():
        shorter = (word & _U(0xFFFF000000000000)) | ((word & _U(0x000000FFFFFFFFFF)) << _U(8)) | _U(ord("0"))
        word = np.where(two, shorter, word)
    if one.any():
        rows = np.flatnonzero(one & ~two)
        word[rows] = (word[rows] & _U(0xFF00000000000000)) | ((word[rows] & _U(0x0000FFFFFFFFFFFF)) << _U(8)) | _U(ord("0"))
        scale[rows] = 10
    return eight_digits(word) * scale, (length <= 8) & all_digits(word)


def all_digits(word: np.ndarray) -> np.ndarray:
    """Whether all eight bytes are ASCII digits."""
    both = word & (word + _U(0x0606060606060606))  # adding six leaves the high half of a digit, and of no other byte with that half
    return (both & _U(0xF0F0F0F0F0F0F0F0)) == _FILL


def eight_digits(word: np.ndarray) -> np.ndarray:
    """Eight ASCII digits, first character in the lowest byte, as a number."""
    word = word & _U(0x0F0F0F0F0F0F0F0F)
    for factor, shift, mask in ((2561, 8, 0x00FF00FF00FF00FF), (6553601, 16, 0x0000FFFF0000FFFF), (42949672960001, 32, 0xFFFFFFFF)):
        word *= _U(factor)
        word >>= _U(shift)
        word &= _U(mask)
    return word.view(np.int64)


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
