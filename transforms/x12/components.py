"""Composite elements: qualifier, separator, code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.x12.elements import Spans, code, lengths, packed, spans, texts
from transforms.x12.loops import spans as loops
from transforms.x12.scan import Segments

KNOWN_QUALIFIERS = ("AD", "ER", "HC", "HP", "IV", "N4", "N6", "NU", "UI", "WK")
SHORTEST_BARE_CODE = 4
_KNOWN = np.array([code(value) for value in KNOWN_QUALIFIERS], np.uint32)


@dataclass(frozen=True)
class Procedures:
    """What was billed and what was paid, per line; submitted is SVC06 where `is_billed`, else SVC01.

    `is_undeclared` marks lines whose codes another character than ISA16 says separates.
    """

    submitted_qualifier: pl.Series
    submitted_code: pl.Series
    paid_qualifier: pl.Series
    paid_code: pl.Series
    is_billed: np.ndarray
    is_undeclared: np.ndarray


def procedures(segments: Segments, at: np.ndarray) -> Procedures:
    """SVC01 and SVC06 of the segments `at`. A value without a separator is a bare code."""
    start, end = spans(segments, [at], [(0, 6), (0, 1)])
    billed_start, billed_end, is_odd = _split(segments, start[0], end[0])
    paid_start, paid_end, is_paid_odd = _split(segments, start[1], end[1])
    is_billed = _is_billed(segments, (billed_start, billed_end))
    starts, ends = np.concatenate([billed_start, paid_start]), np.concatenate([billed_end, paid_end])
    starts[:2], ends[:2] = np.where(is_billed, billed_start, paid_start), np.where(is_billed, billed_end, paid_end)
    qualifier, procedure, paid_qualifier, paid_procedure = texts(segments, (starts, ends))
    return Procedures(qualifier, procedure, paid_qualifier, paid_procedure, is_billed, is_odd | is_paid_odd)


def _split(segments: Segments, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts and ends of qualifier and code, and which of them another separator than the declared one parts."""
    return loops.procedures(segments.buffer, segments.words, start, end, segments.delimiters.component, _KNOWN)


def _is_billed(segments: Segments, found: Spans) -> np.ndarray:
    """Whether SVC06 names a procedure. Units that slipped into it do not: a bare code has four characters or more."""
    qualifier, code = (lengths(segments, (found[0][part], found[1][part])) for part in (0, 1))
    return (code >= SHORTEST_BARE_CODE) | ((code > 0) & (qualifier > 0))


def split_reason(segments: Segments, found: Spans) -> tuple[Spans, Spans]:
    """A PLB reason and its reference, split at the declared separator; a value without it is a bare reason."""
    start, end = packed(found)
    first, second = loops.components(segments.buffer, start, end, segments.delimiters.component)
    return (found[0], first), (np.minimum(first + 1, found[1]), second)
