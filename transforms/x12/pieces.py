"""Files into pieces: one delimiter set each, cut between claims, the open envelope carried along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transforms.tables.remittances import Blob
from transforms.x12.carry import Envelope, carry, first_boundary, last_boundary
from transforms.x12.delimiters import Delimiters, content_start, infer
from transforms.x12.overlong import Tail, is_overlong, left_out, shortened
from transforms.x12.windows import compact, segment_count, windows

PIECE_BYTES = 4_000_000  # what is computed with then fits a core's cache; larger is slower and takes more memory
SEGMENT_BYTES = 20  # what a segment counts for at least when pieces are put together: very short ones cost more than their bytes


@dataclass(frozen=True)
class Piece:
    """Part of a file, whole segments with one set of delimiters.

    `data` starts with the segments of the envelope that is open at its start (`header_segments` are their positions in
    the file), then come the piece's own segments, the first of which is `first_segment` of the file.
    `sets_before` and `groups_before` count those of the open group and interchange that earlier pieces hold.
    `is_barren_before` is true where earlier pieces, if any, hold neither set nor claim. `continues` is the tag that the
    next piece of the file starts with, empty at the end of the file. `tail` is what was left out because no claim, set or
    interchange is that long; `is_header_overlong` says so of the header carried.
    """

    file_id: str
    source_file: str
    data: bytes
    delimiters: Delimiters | None
    first_segment: int = 1
    header_segments: tuple[int, ...] = ()
    sets_before: int = 0
    groups_before: int = 0
    is_barren_before: bool = True
    continues: str = ""
    segment_count: int = 0
    tail: Tail | None = None
    is_header_overlong: bool = False

    @property
    def weight(self) -> int:
        """Its size in bytes, or more where segments are very short."""
        return max(len(self.data), self.segment_count * SEGMENT_BYTES)


def cut(blob: Blob | Piece, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """The pieces of a file, in order; one piece where it is small and has one set of delimiters. Memory stays flat."""
    if isinstance(blob, Piece):
        yield blob
        return
    view = memoryview(blob.data)
    at = content_start(bytes(view[:8192]))
    delimiters = infer(bytes(view[at : at + 8192]), 0)
    if delimiters is None:
        yield Piece(blob.file_id, blob.source_file, b"", None)
        return
    first, envelope = 1, Envelope()
    for data, separators, tag, tail in _stretches(view[at:], delimiters, piece_bytes):
        whole, count = b"".join((envelope.header, data)), segment_count(data, separators)
        yield Piece(
            blob.file_id, blob.source_file, whole, separators, first, envelope.segments, envelope.sets,
            envelope.groups, envelope.is_barren, tag, count + len(envelope.segments), tail, envelope.is_overlong,
        )  # fmt: skip
        if tag:
            envelope = carry(whole, separators, tag, first, envelope, is_cut_short=tail is not None)
        first += count + (tail.segments if tail else 0)


def batches(pieces: Iterable[Piece], batch_bytes: int = PIECE_BYTES) -> Iterator[list[Piece]]:
    """Runs of pieces of about `batch_bytes`, in order: small files are read together, as one."""
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        if batch and size + piece.weight > batch_bytes + batch_bytes // 4:
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += piece.weight
    if batch:
        yield batch


Stretch = tuple[bytes | memoryview, Delimiters, str, Tail | None]


def _stretches(view: memoryview, delimiters: Delimiters, piece_bytes: int) -> Iterator[Stretch]:
    """Whole segments up to a claim, a set or an interchange, with their delimiters, the tag found there and what was left out."""
    left, kept, tail = b"", b"", None
    for window in windows(view, delimiters, piece_bytes):
        delimiters = window.delimiters
        data = compact(left + window.data, delimiters)
        if tail is not None:
            end, tag = first_boundary(data, delimiters) or (len(data), "")
            ended = _ended(data, delimiters) if window.is_last and not tag else data[:end]
            tail, rest = left_out(tail, ended, delimiters)
            left = data[end:] or rest
            if not tag and not window.is_last:
                continue
            yield kept, delimiters, tag or window.tag, tail
            data, tail = data[end:], None
            if not tag:
                left = b""
                continue
        end, tag = (len(data), window.tag) if window.is_last else last_boundary(data, delimiters)
        if end or window.is_last:
            yield _ended(data, delimiters) if window.is_last else memoryview(data)[:end], delimiters, tag, None
        left = data[end:]
        if is_overlong(left, delimiters):
            kept, tail, left = shortened(left, delimiters)


def _ended(data: bytes, delimiters: Delimiters) -> bytes:
    """The bytes with a terminator at the end."""
    mark = bytes([delimiters.terminator])
    return data if not data or data.endswith(mark) else data + mark
