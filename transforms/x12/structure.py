"""Which set, claim and line every segment belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.x12.loops import enclosing as loops
from transforms.x12.scan import Segments
from transforms.x12.tags import CLP, GS, ISA, ST, SVC, qualifier_code

NONE = -1


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
    isa_of, group_of, set_of, claim_of, line_of = loops.enclosing(segments.code, segments.piece_start)
    set_at, claim_at, line_at, group_at, isa_at = (segments.tagged(tag) for tag in (ST, CLP, SVC, GS, ISA))
    return Structure(set_at, claim_at, line_at, set_of, claim_of, line_of, group_at, group_of, isa_at, isa_of)


def first_in(at: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """Of the segments `at`, the first in each of `count` owners; -1 where there is none."""
    found = np.full(count, NONE, np.int64)
    found[owner[::-1]] = at[::-1]
    return found


def first_of_each(segments: Segments, owner: np.ndarray, count: int, wanted: Sequence[tuple[int, str]]) -> np.ndarray:
    """Per wanted tag and first element (a row each), in each of `count` owners, the first such segment; -1 where there is none."""
    tags, qualifiers = np.array([(tag, qualifier_code(value)) for tag, value in wanted], np.uint32).T.copy()
    return loops.first_of_each(segments.code, segments.qualifier, owner, tags, qualifiers, count)


def is_qualified(segments: Segments, at: np.ndarray, value: str) -> np.ndarray:
    """Which of the segments `at` have `value` (at most three characters) as their first element."""
    return segments.qualifier[at] == qualifier_code(value)


def qualified(segments: Segments, at: np.ndarray, value: str) -> np.ndarray:
    """Those of the segments `at` whose first element is `value`."""
    return at[is_qualified(segments, at, value)]
