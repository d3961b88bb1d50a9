"""Files into pieces: one delimiter set each, cut between claims, the open envelope carried along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from transforms.tables.remittances import Blob
from transforms.x12.delimiters import NEWLINES, Delimiters, content_start, infer, next_interchange
from transforms.x12.scan import CLP, GE, GS, IEA, ISA, SE, ST, segment_starts

PIECE_BYTES = 4_000_000  # what is computed with then fits a core's cache; larger is slower and takes more memory
LOOK_AHEAD = 5_000  # room to read an ISA that starts at the very end of a stretch
NEAR_BYTES = (65_536, 1_048_576)  # other delimiters are sought in these first, so that files that mix them stay quick
BOUNDARY_BYTES = 200_000  # a claim starts within the last of these, or the whole stretch is searched


@dataclass(frozen=True)
class Piece:
    """Part of a file, whole segments with one set of delimiters.

    `data` starts with the segments of the envelope that is open at its start (`header_segments` are their positions in
    the file), then come the piece's own segments, the first of which is `first_segment` of the file.
    `sets_before` and `groups_before` count those of the open group and interchange that earlier pieces hold.
    `is_barren_before` is true where earlier pieces, if any, hold neither set nor claim. `continues` is the tag that the
    next piece of the file starts with, empty at the end of the file.
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


@dataclass(frozen=True)
class Envelope:
    """What is open at a cut: its segments, their positions, and how many sets and groups were counted in it."""

    header: bytes = b""
    segments: tuple[int, ...] = ()
    sets: int = 0
    groups: int = 0
    is_barren: bool = True


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
    while at < len(view):
        raw, tag, following = _next_stretch(view, at, delimiters, piece_bytes)
        at += len(raw)
        data = clean(raw, delimiters)
        whole = envelope.header + data if envelope.header else data
        yield Piece(
            blob.file_id, blob.source_file, whole, delimiters, first,
            envelope.segments, envelope.sets, envelope.groups, envelope.is_barren, tag,
        )  # fmt: skip
        if at < len(view):
            first, envelope = _carry(data, delimiters, tag, first, envelope)
            delimiters = following or delimiters


def batches(pieces: Iterable[Piece], batch_bytes: int = PIECE_BYTES) -> Iterator[list[Piece]]:
    """Runs of pieces of about `batch_bytes`, in order: small files are read together, as one."""
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        if batch and size + len(piece.data) > batch_bytes * 1.25:
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece.data)
    if batch:
        yield batch


def clean(raw: bytes, delimiters: Delimiters) -> bytes:
    """The bytes without newlines that separate nothing, and with a terminator at the end."""
    drop = bytes(byte for byte in NEWLINES if byte != delimiters.terminator)
    data = raw.translate(None, drop) if any(byte in raw for byte in drop) else raw
    return data if data.endswith(bytes([delimiters.terminator])) else data + bytes([delimiters.terminator])


def _next_stretch(view: memoryview, at: int, delimiters: Delimiters, piece_bytes: int) -> tuple[bytes, str, Delimiters | None]:
    """Bytes up to the next cut, the tag found there ("" at the end), and the delimiters from there on if they change."""
    size, begin = piece_bytes, 1
    for near in NEAR_BYTES:
        raw = bytes(view[at : at + near + LOOK_AHEAD])
        other = next_interchange(raw, near, delimiters, begin) if near < size else None
        if other is not None:
            return raw[: other[0]], "ISA", other[1]
        begin = near - 2 if near < size else begin
    while True:
        is_end = at + size * 1.25 >= len(view)
        size = len(view) - at if is_end else size
        raw = bytes(view[at : at + size + LOOK_AHEAD])
        other = next_interchange(raw, size, delimiters, begin)
        if other is not None:
            return raw[: other[0]], "ISA", other[1]
        if is_end:
            return raw, "", None
        end, tag = _last_boundary(raw[:size], delimiters)
        if end:
            return raw[:end], tag, None
        size *= 2


def _last_boundary(raw: bytes, delimiters: Delimiters) -> tuple[int, str]:
    """Where the last interchange, set or claim starts, and its tag; 0 where none does after the first segment."""
    tail = max(0, len(raw) - BOUNDARY_BYTES)
    for start in (tail, 0):
        starts, codes = segment_starts(raw[start:], delimiters)
        starts, codes = starts[1:], codes[1:]
        found = np.flatnonzero(np.isin(codes, (ISA, ST, CLP)))
        if len(found):
            code = codes[found[-1]]
            return start + int(starts[found[-1]]), "ISA" if code == ISA else "ST" if code == ST else "CLP"
    return 0, ""


def _carry(data: bytes, delimiters: Delimiters, tag: str, first: int, before: Envelope) -> tuple[int, Envelope]:
    """The position of the segment after `data`, and the envelope that is open there."""
    starts, codes = segment_starts(data, delimiters)
    old_starts, old_codes = segment_starts(before.header, delimiters)
    codes = np.concatenate([old_codes, codes])
    numbers = np.concatenate([np.array(before.segments, np.int64), first + np.arange(len(starts))])
    whole = before.header + data
    bounds = np.concatenate([old_starts, starts + len(before.header), [len(whole)]])
    following = first + len(starts)
    is_barren = before.is_barren and not np.isin(codes, (ST, CLP)).any()
    if tag == "ISA":
        return following, Envelope(is_barren=bool(is_barren))
    kept = _open_segments(codes, tag)
    header = b"".join(whole[bounds[k] : bounds[k + 1]] for k in kept)
    old = len(old_codes)
    sets = _count_since(codes, old, ST, GS, before.sets)
    groups = _count_since(codes, old, GS, ISA, before.groups)
    return following, Envelope(header, tuple(numbers[kept].tolist()), sets, groups, bool(is_barren))


def _count_since(codes: np.ndarray, old: int, counted: int, opener: int, before: int) -> int:
    """How many `counted` segments followed the last opener; those before `old` are in `before` already."""
    opened = _last(codes, opener)
    return int((codes[max(opened, old) :] == counted).sum()) + (before if opened < old else 0)


def _open_segments(codes: np.ndarray, tag: str) -> list[int]:
    """Which segments are the envelope that is open at the end: ISA, GS, and ST up to the first claim."""
    isa = _open(codes, ISA, (IEA,))
    group = _open(codes, GS, (ISA, GE, IEA))
    kept = [at for at in (isa, group) if at >= 0]
    opened = _open(codes, ST, (ISA, GS, SE, GE, IEA)) if tag == "CLP" else -1
    if opened >= 0:
        claims = np.flatnonzero(codes[opened:] == CLP)
        kept.extend(range(opened, opened + int(claims[0]) if len(claims) else len(codes)))
    return kept


def _open(codes: np.ndarray, opener: int, closers: tuple[int, ...]) -> int:
    """Where the opener in force at the end is, or -1 where a closer follows it."""
    opened = _last(codes, opener)
    return opened if opened >= 0 and not np.isin(codes[opened + 1 :], closers).any() else -1


def _last(codes: np.ndarray, code: int) -> int:
    found = np.flatnonzero(codes == code)
    return int(found[-1]) if len(found) else -1
