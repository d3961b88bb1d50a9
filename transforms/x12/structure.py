"""Which set, claim and line every segment belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from transforms.x12.fields import Spans, code, element, short_code
from transforms.x12.scan import BEFORE, CLP, GE, GS, IEA, ISA, PLB, SE, ST, SVC, Segments

NONE = -1
NOWHERE = BEFORE // 2  # an empty span in the spare bytes before the first file


@dataclass(frozen=True)
class Structure:
    """The sets, claims and lines, groups and interchanges of a batch, numbered in order, and their segments.

    `set_at`, `claim_at`, `line_at`, `group_at`, `isa_at` hold the ST, CLP, SVC, GS and ISA segments. `set_of`, `claim_of`,
    `line_of`, `group_of` and `isa_of` give for every segment what it lies in, or -1.
    """

    set_at: np.ndarray
    claim_at: np.ndarray
    line_at: np.ndarray
    set_of: np.ndarray
    claim_of: np.ndarray
    line_of: np.ndarray
    group_at: np.ndarray
    group_of: np.ndarray
    isa_at: np.ndarray
    isa_of: np.ndarray

    @property
    def set_of_claim(self) -> np.ndarray:
        return self.set_of[self.claim_at]

    @property
    def claim_of_line(self) -> np.ndarray:
        return self.claim_of[self.line_at]

    @property
    def line_count(self) -> np.ndarray:
        """Lines per claim."""
        owner = self.claim_of_line
        return np.bincount(owner[owner >= 0], minlength=len(self.claim_at))


def structure(segments: Segments) -> Structure:
    """A set lies between ST and SE, a claim from CLP to the next claim, PLB or end of set, a line from SVC onwards."""
    ends_set = is_any(segments, (ISA, GS, SE, GE, IEA))
    ends_set[segments.piece_start] = True
    is_set, is_claim, is_line = (segments.code == tag for tag in (ST, CLP, SVC))
    ends_claim = ends_set | is_set | (segments.code == PLB)
    return Structure(
        np.flatnonzero(is_set),
        np.flatnonzero(is_claim),
        np.flatnonzero(is_line),
        enclosing(is_set, ends_set),
        enclosing(is_claim, ends_claim),
        enclosing(is_line, ends_claim | is_claim),
        *_levels(segments, GS, (ISA, GE, IEA)),
        *_levels(segments, ISA, (IEA,)),
    )


def enclosing(opens: np.ndarray, closes: np.ndarray) -> np.ndarray:
    """For every segment the number of the opener it lies under, or -1; a segment that does both opens."""
    marks = np.flatnonzero(opens | closes)
    if not len(marks):
        return np.full(len(opens), NONE, np.int32)
    is_opener = opens[marks]
    number = np.where(is_opener, np.cumsum(is_opener, dtype=np.int32) - 1, NONE).astype(np.int32)
    lengths = np.diff(marks, append=len(opens))
    return np.concatenate([np.full(marks[0], NONE, np.int32), np.repeat(number, lengths)])


def _levels(segments: Segments, tag: int, closers: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The openers of a level, and for every segment the number of the one it lies in, or -1."""
    closes = is_any(segments, closers)
    closes[segments.piece_start] = True
    opens = segments.code == tag
    return np.flatnonzero(opens), enclosing(opens, closes)


def is_any(segments: Segments, tags: tuple[int, ...]) -> np.ndarray:
    found = segments.code == tags[0]
    for tag in tags[1:]:
        found |= segments.code == tag
    return found


def first_in(at: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """Of the segments `at`, the first in each of `count` owners; -1 where there is none."""
    found = np.full(count, NONE, np.int64)
    found[owner[::-1]] = at[::-1]
    return found


def qualified(segments: Segments, at: np.ndarray, value: str) -> np.ndarray:
    """Those of the segments `at` (all of one tag) whose first element is `value`."""
    return at[qualifier_test(segments, at)(value)]


def qualifier_test(segments: Segments, at: np.ndarray) -> Callable[[str], np.ndarray]:
    """A function that says which of the segments `at` (all of one tag) have a value as their first element; at most three characters."""
    if segments.has_blanks or not len(at):
        found = short_code(segments, element(segments, at, 1))
        return lambda value: found == code(value)
    tag_length = 3 if segments.code[at[0]] >> 16 else 2
    word = segments.head[at] >> np.uint64(8 * tag_length)
    element_mark, terminator = (bytes([byte]) for byte in (segments.delimiters.element, segments.delimiters.terminator))

    def test(value: str) -> np.ndarray:
        ended = [element_mark + value.encode() + end for end in (element_mark, terminator)]
        shown = word & np.uint64((1 << 8 * len(ended[0])) - 1)
        one, other = (np.uint64(int.from_bytes(bytes_, "little")) for bytes_ in ended)
        return (shown == one) | (shown == other)

    return test


def element_or_none(segments: Segments, at: np.ndarray, index: int) -> Spans:
    """As `element`, where `at` may be -1: then the span is empty."""
    rows = np.flatnonzero(at >= 0)
    if len(rows) == len(at):
        return element(segments, at, index)
    start, end = np.full(len(at), NOWHERE), np.full(len(at), NOWHERE)
    start[rows], end[rows] = element(segments, at[rows], index)
    return start, end
