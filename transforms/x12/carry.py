"""Where a file may be cut, and what is open there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.x12.delimiters import Delimiters
from transforms.x12.scan import tagged_segments
from transforms.x12.tags import CLP, GE, GS, IEA, ISA, SE, ST

BOUNDARY_BYTES = 200_000  # a claim starts within the last of these, or the whole is searched
BOUNDARIES = {ISA: "ISA", ST: "ST", CLP: "CLP"}


@dataclass(frozen=True)
class Envelope:
    """What is open at a cut: its segments, their positions, and how many sets and groups were counted in it.

    `is_overlong` is true where part of its header was left out.
    """

    header: bytes = b""
    segments: tuple[int, ...] = ()
    sets: int = 0
    groups: int = 0
    is_barren: bool = True
    is_overlong: bool = False


def last_boundary(data: bytes, delimiters: Delimiters) -> tuple[int, str]:
    """Where the last interchange, set or claim of compact bytes starts, and its tag; 0 where none does after the first segment."""
    mark = bytes([delimiters.terminator])
    for begin in (data.find(mark, max(0, len(data) - BOUNDARY_BYTES)) + 1, 0):
        starts, codes = tagged_segments(data[begin:], delimiters, tuple(BOUNDARIES))
        if len(starts) and begin + starts[-1]:
            return begin + int(starts[-1]), BOUNDARIES[int(codes[-1])]
    return 0, ""


def first_boundary(data: bytes, delimiters: Delimiters) -> tuple[int, str] | None:
    """Where the first interchange, set or claim of compact bytes starts, and its tag."""
    starts, codes = tagged_segments(data, delimiters, tuple(BOUNDARIES))
    return (int(starts[0]), BOUNDARIES[int(codes[0])]) if len(starts) else None


def carry(whole: bytes, delimiters: Delimiters, tag: str, first: int, before: Envelope, *, is_cut_short: bool = False) -> Envelope:
    """The envelope that is open after `whole`: the header carried from before, and a piece's own segments from `first` on.

    `is_cut_short` where what comes last in it was longer than what is read.
    """
    starts, codes = tagged_segments(whole, delimiters, (ISA, GS, ST, SE, GE, IEA, CLP))
    is_barren = before.is_barren and not np.isin(codes, (ST, CLP)).any()
    if tag == "ISA":
        return Envelope(is_barren=bool(is_barren))
    ends = np.frombuffer(whole, np.uint8) == delimiters.terminator
    header, numbers = b"", list[int]()
    for begin, end in _open_parts(starts, codes, tag, ends):
        header += whole[begin:end]
        place, count = (int(np.count_nonzero(part)) for part in (ends[:begin], ends[begin:end]))
        numbers += [_number(index, first, before.segments) for index in range(place, place + count)]
    old = int(np.searchsorted(starts, len(before.header)))
    sets = _count_since(codes, old, ST, GS, before.sets)
    groups = _count_since(codes, old, GS, ISA, before.groups)
    is_header_cut = is_cut_short and _last(codes, CLP) < _last(codes, ST)
    is_overlong = tag == "CLP" and (is_header_cut or (before.is_overlong and ST not in codes[old:]))
    return Envelope(header, tuple(numbers), sets, groups, bool(is_barren), is_overlong)


def _number(index: int, first: int, carried: tuple[int, ...]) -> int:
    """The position in the file of a segment of a piece, counted from 0 with those carried."""
    return carried[index] if index < len(carried) else first + index - len(carried)


def _count_since(codes: np.ndarray, old: int, counted: int, opener: int, before: int) -> int:
    """How many `counted` segments followed the last opener; those before `old` are in `before` already."""
    opened = _last(codes, opener)
    return int((codes[max(opened, old) :] == counted).sum()) + (before if opened < old else 0)


def _open_parts(starts: np.ndarray, codes: np.ndarray, tag: str, ends: np.ndarray) -> list[tuple[int, int]]:
    """The bytes of the envelope that is open at the end: ISA, GS, and from ST to the first claim."""
    parts = []
    for opened in (_open(codes, ISA, (IEA,)), _open(codes, GS, (ISA, GE, IEA))):
        if opened >= 0:
            begin = int(starts[opened])
            parts.append((begin, begin + int(ends[begin:].argmax()) + 1))
    opened = _open(codes, ST, (ISA, GS, SE, GE, IEA)) if tag == "CLP" else -1
    if opened >= 0:
        claims = np.flatnonzero(codes[opened:] == CLP)
        parts.append((int(starts[opened]), int(starts[opened + claims[0]]) if len(claims) else len(ends)))
    return parts


def _open(codes: np.ndarray, opener: int, closers: tuple[int, ...]) -> int:
    """Which opener is in force at the end, or -1 where a closer follows it."""
    opened = _last(codes, opener)
    return opened if opened >= 0 and not np.isin(codes[opened + 1 :], closers).any() else -1


def _last(codes: np.ndarray, code: int) -> int:
    found = np.flatnonzero(codes == code)
    return int(found[-1]) if len(found) else -1
