"""Envelope faults that do not stop a load: wrong counts, wrong control numbers, missing trailers."""

from __future__ import annotations

import numpy as np

from transforms.x12.elements import cents, element, spans, text, whole
from transforms.x12.scan import Segments
from transforms.x12.structure import NONE, Structure, is_qualified
from transforms.x12.tags import GE, IEA, ISA, SE


def envelope_warnings(segments: Segments, parts: Structure) -> dict[str, np.ndarray]:
    """Per kind of flaw the segments that have it: the trailer that is wrong, or the header whose trailer is missing."""
    new_sets, new_groups = (at[~segments.is_carried[at]] for at in (parts.set_at, parts.group_at))
    set_end, set_number, set_open = _trailers(segments, SE, parts.set_at, parts.set_of, ("CLP",))
    group_end, group_number, group_open = _trailers(segments, GE, parts.group_at, parts.group_of, ("CLP", "ST"))
    isa_end, isa_number, isa_open = _trailers(segments, IEA, parts.isa_at, parts.isa_of, ("CLP", "ST"))
    lengths = segments.number[set_end] - segments.number[parts.set_at[set_number]] + 1
    sets = _counted(segments, new_sets, group_end, parts.group_at[group_number], "sets_before")
    groups = _counted(segments, new_groups, isa_end, parts.isa_at[isa_number], "groups_before")
    return {
        "wrong_segment_count": _wrong_count(segments, set_end, lengths),
        "wrong_set_control_number": _wrong_number(segments, set_end, parts.set_at[set_number], 2),
        "missing_set_trailer": set_open,
        "wrong_set_count": _wrong_count(segments, group_end, sets),
        "wrong_group_control_number": _wrong_number(segments, group_end, parts.group_at[group_number], 6),
        "missing_group_trailer": group_open,
        "wrong_group_count": _wrong_count(segments, isa_end, groups),
        "wrong_interchange_control_number": _wrong_number(segments, isa_end, parts.isa_at[isa_number], 13),
        "missing_interchange_trailer": isa_open,
        "not_group_hp": new_groups[~is_qualified(segments, new_groups, "HP")],
        **_delimiter_warnings(segments),
    }


def _trailers(
    segments: Segments, tag: int, opener_at: np.ndarray, owner: np.ndarray, goes_on: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The trailers that end something, the number of what they end, and the openers without a trailer."""
    at = segments.tagged(tag)
    at = at[at > 0]
    at = at[(segments.piece[at] == segments.piece[at - 1]) & (owner[at - 1] != NONE)]
    number = owner[at - 1]
    is_open = np.ones(len(opener_at), bool)
    is_open[number] = False
    return at, number, opener_at[is_open & ~_goes_on(segments, opener_at, owner, goes_on)]


def _goes_on(segments: Segments, opener_at: np.ndarray, owner: np.ndarray, tags: tuple[str, ...]) -> np.ndarray:
    """Which openers are still open at the end of their piece and go on in the next one."""
    on = np.zeros(len(opener_at), bool)
    last = np.append(segments.piece_start[1:], len(segments)) - 1
    for at in last.tolist() if len(segments) else []:
        if owner[at] != NONE and segments.pieces[int(segments.piece[at])].continues in tags:
            on[owner[at]] = True
    return on


def _counted(segments: Segments, counted: np.ndarray, end: np.ndarray, opener_at: np.ndarray, before: str) -> np.ndarray:
    """How many segments of a kind lie between opener and trailer, with those of earlier pieces."""
    earlier = np.array([getattr(piece, before) for piece in segments.pieces])[segments.piece[opener_at]]
    inside = np.searchsorted(counted, end) - np.searchsorted(counted, opener_at)
    return inside + np.where(segments.is_carried[opener_at], earlier, 0)


def _wrong_count(segments: Segments, at: np.ndarray, actual: np.ndarray) -> np.ndarray:
    (value,), (status,) = cents(segments, spans(segments, [at], [(0, 1)]))
    stated, is_known = whole(value, status)
    return at[~is_known | (stated != actual)]


def _wrong_number(segments: Segments, at: np.ndarray, opener_at: np.ndarray, index: int) -> np.ndarray:
    stated = text(segments, element(segments, at, 2)).to_list()
    opened = text(segments, element(segments, opener_at, index)).to_list()
    return at[[one != other for one, other in zip(stated, opened, strict=True)]]


def _delimiter_warnings(segments: Segments) -> dict[str, np.ndarray]:
    """Files without an ISA, and ISA segments that are irregular."""
    first = segments.piece_start
    declared, regular = (
        np.array([getattr(piece.delimiters, name) for piece in segments.pieces], bool) for name in ("is_declared", "is_regular")
    )
    undeclared = first[~declared[segments.piece[first]] & (segments.number[first] == 1) & ~segments.is_carried[first]]
    isa = segments.tagged(ISA)
    isa = isa[~segments.is_carried[isa]]
    piece = segments.piece[isa]
    return {"no_isa": undeclared, "irregular_isa": isa[declared[piece] & ~regular[piece]]}
