"""One scan over the bytes of many files: where every segment and element starts, and what each segment is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from transforms.x12.delimiters import Delimiters

if TYPE_CHECKING:
    from transforms.x12.cut import Piece

BEFORE, AFTER = 16, 32  # spare bytes at both ends, so that reading eight bytes around any value stays inside
SPARE = b"\xff"  # separates nothing in any file
BLANKS = b" \t"
BLOCK_BYTES = 1 << 18


def tag_code(tag: str) -> int:
    """A tag of two or three characters as one number."""
    return int.from_bytes(tag.encode().ljust(3, b"\0"), "little")


ISA, GS, ST, SE, GE, IEA = (tag_code(tag) for tag in ("ISA", "GS", "ST", "SE", "GE", "IEA"))
BPR, TRN, N1, REF, DTM, LX, PLB = (tag_code(tag) for tag in ("BPR", "TRN", "N1", "REF", "DTM", "LX", "PLB"))
CLP, CAS, NM1, MIA, MOA, SVC, AMT, LQ = (tag_code(tag) for tag in ("CLP", "CAS", "NM1", "MIA", "MOA", "SVC", "AMT", "LQ"))


@dataclass(frozen=True)
class Segments:
    """Every segment of a batch of pieces with the same delimiters, in order; one array element per segment.

    `delimiter_at` holds the position of every separator in `buffer`; element i of segment s lies between separators
    `first[s] + i - 1` and `first[s] + i`; the one before `first[s + 1]` ends the segment. `head` is the segment's first eight
    bytes as a number, `number` the position in the file, `piece` the index of the piece; `is_carried` marks the envelope
    repeated from an earlier piece.
    """

    pieces: Sequence[Piece]
    delimiters: Delimiters
    buffer: np.ndarray
    words: np.ndarray
    delimiter_at: np.ndarray
    first: np.ndarray
    head: np.ndarray
    code: np.ndarray
    number: np.ndarray
    piece: np.ndarray
    is_carried: np.ndarray
    piece_start: np.ndarray
    has_blanks: bool

    def __len__(self) -> int:
        return len(self.code)

    def last(self, at: np.ndarray) -> np.ndarray:
        """The separators that end the segments `at`."""
        return self.first[at + 1] - 1

    def tagged(self, tag: int) -> np.ndarray:
        """The segments with this tag."""
        return np.flatnonzero(self.code == tag)


def scan(pieces: Sequence[Piece], delimiters: Delimiters) -> Segments:
    """The segments of pieces that share their delimiters."""
    data = b"".join((SPARE * BEFORE, *(piece.data for piece in pieces), SPARE * AFTER))
    buffer = np.frombuffer(data, np.uint8)
    words = np.ndarray((len(buffer) - 7,), dtype="<u8", buffer=buffer.data, strides=(1,))
    body = buffer[: len(buffer) - AFTER]
    delimiter_at, ends = _separators(body, delimiters)
    first = np.concatenate([[0], ends + 1])
    start = np.concatenate([[BEFORE], delimiter_at[ends[:-1]] + 1]) if len(ends) else ends
    head = words[start]
    code = _tags(head.astype(np.uint32), delimiters)
    piece, number, is_carried, piece_start = _positions(pieces, start)
    isa = np.flatnonzero(code == ISA)
    padding = start[isa], delimiter_at[np.minimum(first[isa] + 8, len(delimiter_at) - 1)]
    has_blanks = _has_blanks(body, delimiters, b"\t" in data, padding)
    return Segments(pieces, delimiters, buffer, words, delimiter_at, first, head, code, number, piece, is_carried, piece_start, has_blanks)


def blocks(data: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Stretches of bytes, and where each begins; what is worked out byte by byte for one of them stays in a core's cache."""
    for begin in range(0, len(data), BLOCK_BYTES):
        yield begin, data[begin : begin + BLOCK_BYTES]


def _separators(body: np.ndarray, delimiters: Delimiters) -> tuple[np.ndarray, np.ndarray]:
    """Where all separators are, and which of them end a segment."""
    places, ends, count = [], [], 0
    for begin, part in blocks(body):
        is_end = part == delimiters.terminator
        here = np.flatnonzero((part == delimiters.element) | is_end)
        ends.append(np.flatnonzero(is_end[here]) + count)
        places.append((here + begin).astype(np.int32))
        count += len(here)
    return np.concatenate(places), np.concatenate(ends)


def tagged_segments(data: bytes, delimiters: Delimiters, tags: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Where the segments with one of these tags start in compact bytes, and their tags; a shorter scan, to find where to cut."""
    if not data:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    buffer = np.frombuffer(data + bytes([delimiters.terminator]) * AFTER, np.uint8)
    letters = {tag & 0xFF for tag in tags}
    found = [np.zeros(1, np.int64)]
    for begin, part in blocks(buffer[1 : len(data)]):
        is_wanted = np.zeros(len(part), bool)
        for letter in letters:
            is_wanted |= part == letter
        is_wanted &= buffer[begin : begin + len(part)] == delimiters.terminator
        found.append(np.flatnonzero(is_wanted) + begin + 1)
    start = np.concatenate(found)
    words = np.ndarray((len(buffer) - 3,), dtype="<u4", buffer=buffer.data, strides=(1,))
    code = _tags(words[start], delimiters)
    is_found = np.isin(code, tags)
    return start[is_found], code[is_found]


def _has_blanks(body: np.ndarray, delimiters: Delimiters, has_tabs: bool, padding: tuple[np.ndarray, np.ndarray]) -> bool:
    """Whether any element may start or end with a blank; from `padding`'s starts to its ends (in ISA) blanks are normal."""
    is_blank = body == BLANKS[0]
    if has_tabs:
        is_blank |= body == BLANKS[1]
    blank = np.flatnonzero(is_blank)
    is_delimiter = np.zeros(256, bool)
    is_delimiter[[*delimiters.bytes, *SPARE]] = True
    blank = blank[is_delimiter[body[blank - 1]] | is_delimiter[body[np.minimum(blank + 1, len(body) - 1)]]]
    start, end = padding
    if not len(blank) or not len(start):
        return bool(len(blank))
    inside = np.searchsorted(start, blank, side="right") - 1
    return bool(((inside < 0) | (blank > end[inside])).any())


def _tags(word: np.ndarray, delimiters: Delimiters) -> np.ndarray:
    """Tags as numbers, from the first four bytes of each segment; 0 where a tag is not two or three characters long."""
    third, fourth = word & 0xFF0000, word >> 24
    is_two = (third == delimiters.element << 16) | (third == delimiters.terminator << 16)
    is_three = (fourth == delimiters.element) | (fourth == delimiters.terminator)
    return np.where(is_two, word & 0xFFFF, np.where(is_three, word & 0xFFFFFF, 0))


def _positions(pieces: Sequence[Piece], start: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each segment: its piece, its position in the file, and whether it is a repeated envelope segment; where pieces start."""
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
    return piece, number, is_carried, bounds[:-1][counts > 0]
