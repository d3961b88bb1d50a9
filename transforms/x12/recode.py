"""Bytes that are not UTF-8."""

from __future__ import annotations

from dataclasses import replace

from transforms.x12.pieces import Piece
from transforms.x12.scan import BLANKS


def as_utf8(piece: Piece) -> tuple[Piece, list[int]]:
    """The piece with every segment as UTF-8, and which of its segments (counted from 0) were not: those are Windows-1252.

    It goes segment by segment, so that it does not matter where a file was cut.
    """
    if piece.data.isascii() or piece.delimiters is None:
        return piece, []
    try:
        piece.data.decode()
    except UnicodeDecodeError:
        mark = bytes([piece.delimiters.terminator])
        segments, recoded, count = piece.data.split(mark), [], 0
        for place, segment in enumerate(segments):
            fixed = _recoded(segment)
            if fixed is not None:
                segments[place] = fixed
                recoded.append(count)
            count += bool(segment.lstrip(BLANKS))
        return replace(piece, data=mark.join(segments)), recoded
    return piece, []


def _recoded(segment: bytes) -> bytes | None:
    """The segment from Windows-1252 (its five undefined bytes as in Latin-1) to UTF-8; None where it is UTF-8."""
    try:
        segment.decode()
    except UnicodeDecodeError:
        return _from_windows(segment).encode()
    return None


def _from_windows(segment: bytes) -> str:
    try:
        return segment.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(_character(byte) for byte in segment)


def _character(byte: int) -> str:
    return chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
