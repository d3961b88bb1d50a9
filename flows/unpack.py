"""What is inside a .gz or .zip, within limits. Nothing is unpacked to disk: a member's name is only a label."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

MEMBER_BYTES = 250_000_000  # larger members are refused: they are unpacked in memory
ARCHIVE_BYTES = 2_000_000_000  # and so is what comes after so many bytes of one archive, archives inside it included
RATIO = 200  # X12 packs 10 to 20 times; a bomb a thousand times
RATIO_FROM_BYTES = 50_000_000  # small files may pack any way they like
MEMBER_COUNT = 20_000
DEPTH = 2  # a zip in a zip, a gz in a zip

Buffer = bytes | memoryview


# What Python's own readers raise on bytes that are no archive, or one of a kind they do not know.
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, ValueError, LookupError, RuntimeError)


class Unusable(Exception):
    """The archive, or one member, cannot be used; the text says why in plain words."""


def refused(bad: list[tuple[str, Unusable]]) -> tuple[str, str]:
    """(label, reason) of all that cannot be unpacked of one archive: one account of its bytes, which are kept once.

    The label is empty where it is more than one file. A locked archive of a thousand files is one matter, not a thousand.
    """
    if len(bad) == 1:
        return bad[0][0], str(bad[0][1])
    return "", f"{len(bad)} files in it cannot be unpacked; the first: {bad[0][1]}"


def is_zip(head: Buffer) -> bool:
    return bytes(head[:4]) in (b"PK\x03\x04", b"PK\x05\x06")


def is_gzip(head: Buffer) -> bool:
    return bytes(head[:2]) == b"\x1f\x8b"


def is_workbook(data: Buffer) -> bool:
    """A zip that is an Office document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except DAMAGE:
        return False


def members(data: Buffer) -> Iterator[tuple[str, Buffer | Unusable]]:
    """(label, bytes) of every file inside, in the archive's order; the label is empty for the content itself.

    What cannot be unpacked comes as the reason instead of bytes, so that it can be set aside by name.
    """
    yield from _members(data, 0, [ARCHIVE_BYTES])


def _members(data: Buffer, depth: int, room: list[int]) -> Iterator[tuple[str, Buffer | Unusable]]:
    """`room`: how many bytes may still be unpacked; one number for an archive and all in it."""
    if is_gzip(data):
        yield from _inner("", _gunzip(data, room), depth, room)
    elif is_zip(data) and not is_workbook(data):
        yield from _zip_members(data, depth, room)
    else:
        yield "", data


def _inner(label: str, data: Buffer | Unusable, depth: int, room: list[int]) -> Iterator[tuple[str, Buffer | Unusable]]:
    if isinstance(data, Unusable):
        yield label, data
    elif depth >= DEPTH and (is_zip(data) or is_gzip(data)):
        yield label, Unusable("archives are packed inside one another too deeply")
    else:
        for inner, content in _members(data, depth + 1, room):
            yield "!".join(part for part in (label, inner) if part), content


def _gunzip(data: Buffer, room: list[int]) -> bytes | Unusable:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _limited(stream, len(data), room)
    except DAMAGE:
        return Unusable("the compressed file is damaged or cut off")
    except Unusable as why:
        return why


def _zip_members(data: Buffer, depth: int, room: list[int]) -> Iterator[tuple[str, Buffer | Unusable]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE:
        yield "", Unusable("the zip archive is damaged or cut off")
        return
    files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    if len(files) > MEMBER_COUNT:
        yield "", Unusable(f"the zip archive holds more than {MEMBER_COUNT} files")
        return
    for info in files:
        yield from _inner(label_of(info.filename), _zip_member(archive, info, room), depth, room)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: list[int]) -> bytes | Unusable:
    if info.flag_bits & 1:
        return Unusable("the file in the zip archive is encrypted")
    try:
        with archive.open(info) as stream:
            return _limited(stream, info.compress_size, room)
    except DAMAGE:
        return Unusable("the file in the zip archive is damaged")
    except Unusable as why:
        return why


def _limited(stream: IO[bytes] | gzip.GzipFile, packed_bytes: int, room: list[int]) -> bytes:
    """Everything in the stream, or Unusable as soon as it grows beyond reason."""
    limit = min(MEMBER_BYTES, max(RATIO_FROM_BYTES, packed_bytes * RATIO), max(room[0], 0))
    out = io.BytesIO()
    while piece := stream.read(min(limit + 1, 1 << 20)):
        out.write(piece)
        room[0] -= len(piece)
        if out.tell() > limit:
            raise Unusable("it unpacks to far more bytes than a remittance file would")
    return out.getvalue()


def label_of(name: str) -> str:
    """A member's name as a label: one line, forward slashes, no step upwards."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(letter if letter.isprintable() else "?" for letter in "/".join(parts)) or "unnamed"
