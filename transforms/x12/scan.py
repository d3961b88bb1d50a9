"""One scan over the bytes of many files: where every segment and element starts, and what each segment is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from transforms.x12.delimiters import Delimiters
from transforms.x12.loops import separators as loops
from transforms.x12.loops import survey

if TYPE_CHECKING:
    from transforms.x12.pieces import Piece

BEFORE, AFTER = 16, 32  # spare bytes at both ends, so that reading eight bytes around any value stays inside
SPARE = b"\xff"  # separates nothing in any file
BLANKS = b" \t"


@dataclass(frozen=True)
class Segments:
    """Every segment of a batch of pieces with the same delimiters, in order; one array element per segment.

    `delimiter_at` holds the position of every separator in `buffer`; element i of segment s lies between separators
    `first[s] + i - 1` and `first[s] + i`; the one before `first[s + 1]` ends the segment. `words` are eight bytes of the buffer
    from any place on. `code` is the tag and `qualifier` the first element, as `tags` numbers them; `number` the position in the
    file, `piece` the index of the piece; `is_carried` marks the envelope repeated from an earlier piece.
    """

    pieces: Sequence[Piece]
    delimiters: Delimiters
    buffer: np.ndarray
    words: np.ndarray
    delimiter_at: np.ndarray
    first: np.ndarray
    code: np.ndarray
    qualifier: np.ndarray
    number: np.ndarray
    piece: np.ndarray
    is_carried: np.ndarray
    piece_start: np.ndarray

    def __len__(self) -> int:
        return len(self.code)

    def tagged(self, tag: int) -> np.ndarray:
        """The segments with this tag."""
        return np.flatnonzero(self.code == tag)


def scan(pieces: Sequence[Piece], delimiters: Delimiters) -> Segments:
    """The segments of pieces that share their delimiters."""
    buffer, words = _readable(b"".join((SPARE * BEFORE, *(piece.data for piece in pieces), SPARE * AFTER)))
    element, terminator = delimiters.element, delimiters.terminator
    delimiter_at = loops.separators(buffer, BEFORE, len(buffer) - AFTER, element, terminator)
    first, start, code, qualifier = loops.segments(buffer, words, delimiter_at, BEFORE, element, terminator)
    return Segments(pieces, delimiters, buffer, words, delimiter_at, first, code, qualifier, *_positions(pieces, start))


def tagged_segments(data: bytes | memoryview, delimiters: Delimiters, tags: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Where the segments with one of these tags start in compact bytes, and their tags; a shorter scan, to find where to cut."""
    if not data:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    buffer, words = _readable(b"".join((data, bytes([delimiters.terminator]) * AFTER)))
    return survey.tagged(buffer, words, len(data), delimiters.element, delimiters.terminator, np.array(tags, np.uint32))


def _readable(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The bytes one by one, and eight at a time from every place on."""
    buffer = np.frombuffer(data, np.uint8)
    return buffer, np.ndarray((len(buffer) - 7,), dtype="<u8", buffer=buffer.data, strides=(1,))


def _positions(pieces: Sequence[Piece], start: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each segment: its position in the file, its piece, and whether it is a repeated envelope segment; where pieces start."""
    offsets = BEFORE + np.concatenate([[0], np.cumsum([len(piece.data) for piece in pieces])])
    bounds = np.searchsorted(start, offsets)
    counts = np.diff(bounds)
    piece = np.repeat(np.arange(len(pieces), dtype=np.int32), counts)
    carried = np.array([len(item.header_segments) for item in pieces])
    first_number = np.array([item.first_segment for item in pieces]) - carried - bounds[:-1]
    number = np.arange(len(start)) + np.repeat(first_number, counts)
    is_carried = np.zeros(len(start), bool)
    for index in np.flatnonzero(carried).tolist():
        at = bounds[index]
        number[at : at + carried[index]] = pieces[index].header_segments
        is_carried[at : at + carried[index]] = True
    return number, piece, is_carried, bounds[:-1][counts > 0]
