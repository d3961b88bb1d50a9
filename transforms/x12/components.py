"""Composite elements: qualifier, separator, code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.x12.fields import Spans, code, trimmed
from transforms.x12.scan import Segments

KNOWN_QUALIFIERS = ("AD", "ER", "HC", "HP", "IV", "N4", "N6", "NU", "UI", "WK")
LONGEST_QUALIFIER = 3  # a longer first component is itself the code, sent without a qualifier
NEAR = 64  # looks of eight bytes at every row at once; a longer value is searched by itself
IS_PUNCTUATION = np.zeros(256, bool)
IS_PUNCTUATION[[byte for byte in range(33, 127) if not chr(byte).isalnum()]] = True


@dataclass(frozen=True)
class Composite:
    """The first two components; `is_undeclared` marks rows separated by another character than ISA16 says."""

    qualifier: Spans
    code: Spans
    is_undeclared: np.ndarray


def split_code(segments: Segments, spans: Spans) -> Composite:
    """A procedure as qualifier and code. A value without a separator is a bare code.

    Where a known qualifier is followed by another punctuation mark than the declared separator, that mark separates.
    """
    start, end = spans
    declared = segments.delimiters.component
    third = segments.buffer[start + 2]
    separator = np.full(len(start), declared, np.uint8)
    suspect = np.flatnonzero((third != declared) & IS_PUNCTUATION[third] & (end - start > 2))
    if len(suspect):
        pair = segments.words[start[suspect]] & np.uint64(0xFFFF)
        suspect = suspect[np.isin(pair, np.array([code(value) for value in KNOWN_QUALIFIERS]))]
        separator[suspect] = third[suspect]
    is_undeclared = np.zeros(len(start), bool)
    is_undeclared[suspect] = True
    found = _split(segments, spans, separator, is_undeclared)
    if not len(suspect):
        return found
    qualifier, procedure = (trimmed(segments, each, is_suspect=True) for each in (found.qualifier, found.code))
    return Composite(qualifier, procedure, is_undeclared)


def split_reason(segments: Segments, spans: Spans) -> Composite:
    """A PLB reason and its reference, split at the declared separator; a value without it is a bare reason."""
    separator = np.full(len(spans[0]), segments.delimiters.component, np.uint8)
    nowhere = np.zeros(len(spans[0]), bool)
    first = find(segments, spans[0], spans[1], separator)
    second = find(segments, np.minimum(first + 1, spans[1]), spans[1], separator)
    return Composite((spans[0], first), (np.minimum(first + 1, spans[1]), second), nowhere)


def _split(segments: Segments, spans: Spans, separator: np.ndarray, is_undeclared: np.ndarray) -> Composite:
    start, end = spans
    first = find(segments, start, end, separator)
    is_split = (first < end) & (first - start <= LONGEST_QUALIFIER)
    code_start = np.where(is_split, first + 1, start)
    code_end = find(segments, code_start, end, separator) if is_split.any() else first
    return Composite((start, np.where(is_split, first, start)), (code_start, code_end), is_undeclared)


def find(segments: Segments, start: np.ndarray, end: np.ndarray, byte: np.ndarray) -> np.ndarray:
    """Position of the first such byte in each span, or the span's end. Looks at eight bytes at a time."""
    found = _find_near(segments, start, byte)
    rows = np.flatnonzero((found == 8) & (end - start > 8))
    found = np.minimum(start + found, end)
    at = start[rows]
    for _ in range(NEAR):
        if not len(rows):
            return found
        at = at + 8
        near = _find_near(segments, at, byte[rows])
        found[rows] = np.minimum(at + near, end[rows])
        going_on = (near == 8) & (at + 8 < end[rows])
        rows, at = rows[going_on], at[going_on]
    for row, begin in zip(rows.tolist(), at.tolist(), strict=True):
        place = bytes(segments.buffer[begin : end[row]]).find(bytes([byte[row]]))
        found[row] = end[row] if place < 0 else begin + place
    return found


def _find_near(segments: Segments, at: np.ndarray, byte: np.ndarray) -> np.ndarray:
    """How far the first such byte is, 8 where it is not among the next eight: the lowest zero byte after an xor."""
    apart = segments.words[at] ^ (byte.astype(np.uint64) * np.uint64(0x0101010101010101))
    zero = (apart - np.uint64(0x0101010101010101)) & ~apart & np.uint64(0x8080808080808080)
    return (np.bitwise_count((zero & -zero) - np.uint64(1)) >> 3).astype(np.int64)
