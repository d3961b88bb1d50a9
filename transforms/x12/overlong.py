"""A claim, or what stands before a set's first claim, that goes on for longer than any real one.

Its beginning is kept, so that it can be set aside with its charge; the rest is counted and left out, so that memory has a
bound whatever arrives. The bytes are in the quarantine as they came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.x12.delimiters import Delimiters
from transforms.x12.loops.survey import count_of
from transforms.x12.scan import tagged_segments
from transforms.x12.tags import SVC

LONGEST = 16_000_000  # bytes, a separator counted as many; a claim of 999 lines has some hundred thousand
SEPARATOR_BYTES = 8
KEPT_BYTES = 20_000


@dataclass(frozen=True)
class Tail:
    """What was left out: how many segments, and how many of them are service lines."""

    segments: int = 0
    lines: int = 0


def is_overlong(data: bytes, delimiters: Delimiters) -> bool:
    """Whether these bytes, in which no claim, set or interchange starts after the first segment, are too many."""
    if len(data) * (1 + SEPARATOR_BYTES) <= LONGEST:
        return False
    found = np.frombuffer(data, np.uint8)
    separators = sum(count_of(found, byte) for byte in (delimiters.element, delimiters.terminator))
    return len(data) + SEPARATOR_BYTES * separators > LONGEST


def shortened(data: bytes, delimiters: Delimiters) -> tuple[bytes, Tail, bytes]:
    """The segments kept, and the rest to be left out; one segment that is longer than what is kept is cut."""
    mark = bytes([delimiters.terminator])
    end = data.rfind(mark, 0, KEPT_BYTES) + 1
    if end:
        return data[:end], Tail(), data[end:]
    return data[:KEPT_BYTES] + mark, Tail(segments=-1), b"X" + data[KEPT_BYTES:]  # its end is still to come, and counts itself


def left_out(tail: Tail, data: bytes, delimiters: Delimiters) -> tuple[Tail, bytes]:
    """What was left out with all whole segments of `data`, and the beginning of the segment that is not whole."""
    end = data.rfind(bytes([delimiters.terminator])) + 1
    count = count_of(np.frombuffer(data, np.uint8), delimiters.terminator)
    lines = len(tagged_segments(data[:end], delimiters, (SVC,))[0])
    return Tail(tail.segments + count, tail.lines + lines), data[end : end + KEPT_BYTES]
