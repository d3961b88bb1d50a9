"""A file as a run of windows: so many bytes at a time, never across a change of delimiters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transforms.x12.delimiters import NEWLINES, Delimiters, next_interchange
from transforms.x12.loops import survey
from transforms.x12.scan import BLANKS

LOOK_AHEAD = 5_000  # room to read an ISA that starts at the very end of a window
NEAR_BYTES = (65_536, 1_048_576)  # other delimiters are sought in these first, so that files that mix them stay quick
MOST_SEGMENTS = 200_000  # a window of shorter segments than any real ones is made smaller: they take memory, not bytes


@dataclass(frozen=True)
class Window:
    """Bytes without newlines that separate nothing. `tag` is ISA where an interchange with other delimiters comes next.

    `is_last` is true there and at the end of the file: nothing that comes later belongs to what was read so far.
    """

    data: bytes
    delimiters: Delimiters
    tag: str
    is_last: bool


def windows(view: memoryview, delimiters: Delimiters, window_bytes: int) -> Iterator[Window]:
    """The bytes of a file from its first segment on, each once and in order."""
    at, behind = 0, b""
    while at < len(view):
        raw, following = _next(view, at, delimiters, window_bytes, behind)
        at += len(raw)
        yield Window(_without_newlines(raw, delimiters), delimiters, "ISA" if following else "", bool(following) or at >= len(view))
        behind = b"" if following else _gap(behind, raw)
        delimiters = following or delimiters


def compact(data: bytes, delimiters: Delimiters) -> bytes:
    """The bytes without empty segments and without blanks before a tag; they start where a segment starts."""
    mark = bytes([delimiters.terminator])
    data = data.lstrip(BLANKS + mark)
    if not survey.has_gap(np.frombuffer(data, np.uint8), delimiters.terminator):
        return data
    return re.sub(re.escape(mark) + b"[" + re.escape(BLANKS + mark) + b"]+", lambda _: mark, data)


def segment_count(data: bytes | memoryview, delimiters: Delimiters) -> int:
    """How many segments end in compact bytes."""
    return survey.count_of(np.frombuffer(data, np.uint8), delimiters.terminator)


def _next(view: memoryview, at: int, delimiters: Delimiters, size: int, behind: bytes) -> tuple[bytes, Delimiters | None]:
    """The bytes of the next window, and the delimiters from there on where another interchange ends it.

    `behind` is what stands before it, as `_gap` gives it: empty where an interchange starts here.
    """
    is_end = at + size + size // 4 >= len(view)
    size = len(view) - at if is_end else size
    begin, raw = 0 if behind else 1, b""
    for near in (*NEAR_BYTES, size):
        if near <= size:
            raw, ahead = bytes(view[at : at + near]), bytes(view[at + near : at + near + LOOK_AHEAD])
            is_there = survey.has_isa(np.frombuffer(raw, np.uint8)) or b"ISA" in raw[-2:] + ahead[:2]
            other = next_interchange(raw + ahead, near + 2, delimiters, begin, behind) if is_there else None  # its letters may lie across
            if other is not None:
                return (raw + ahead)[: other[0]], other[1]
            begin = near - 2
    count = segment_count(raw, delimiters)
    return (raw[: size * MOST_SEGMENTS // count], None) if count > MOST_SEGMENTS else (raw, None)


def _gap(behind: bytes, raw: bytes) -> bytes:
    """The last byte that is no blank, and one of each kind of blank and newline after it."""
    solid = raw.rstrip(BLANKS + NEWLINES)
    last, gap = (solid[-1:], raw[len(solid) :]) if solid else (behind[:1], behind[1:] + raw)
    return last + bytes(sorted(set(gap)))


def _without_newlines(raw: bytes, delimiters: Delimiters) -> bytes:
    drop = bytes(byte for byte in NEWLINES if byte != delimiters.terminator)
    return raw.translate(None, drop) if any(byte in raw for byte in drop) else raw
