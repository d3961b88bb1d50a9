"""Several Parquet files of one schema as one, without reading a row: their row groups one after another, and one footer.

What a mart of single rows costs to publish is then the copying of its bytes. Only the footer is understood, and of it only
where things lie: it is read as the thrift structure that it is (compact protocol), offsets are moved, counts summed, and the
rest goes on as it came. Source: parquet.thrift (FileMetaData, RowGroup, ColumnChunk, ColumnMetaData).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

MARK = b"PAR1"
COPY_BYTES = 1 << 20
TRUE, FALSE, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 7, 8, 9, 10, 12
WHOLE = (3, 4, 5, 6)  # byte and the integers
# Field numbers of parquet.thrift
ROWS, GROUPS = 3, 4  # of FileMetaData
COLUMNS, GROUP_OFFSET, ORDINAL = 1, 5, 7  # of RowGroup
CHUNK_OFFSET, CHUNK_META = 2, 3  # of ColumnChunk; its indexes are 4 and 6
CHUNK_PLACES = (4, 6)
META_PLACES = (9, 10, 11, 14)  # data page, index page, dictionary page, bloom filter
ABOUT_ROWS = {ROWS, GROUPS}
Fields = list[list[Any]]  # number, type, value of each


def join(paths: Sequence[Path], out: Path) -> None:
    """Write the row groups of all files, in order, as one file. Raises ValueError where their schemas differ."""
    footers = [_footer(path) for path in paths]
    first = footers[0][1]
    same = [[field for field in footer if field[0] not in ABOUT_ROWS] for _, footer in footers]
    if any(rest != same[0] for rest in same):
        raise ValueError("the files to join have not the same schema")
    groups: list[Fields] = []
    with out.open("wb") as whole:
        whole.write(MARK)
        for path, (size, footer) in zip(paths, footers, strict=True):
            moved = whole.tell() - len(MARK)
            groups += [_moved(group, moved, len(groups) + number) for number, group in enumerate(_value(footer, GROUPS)[1])]
            with path.open("rb") as part:
                part.seek(len(MARK))
                _copy(part, whole, size - len(MARK))
        count = sum(_value(footer, ROWS) for _, footer in footers)
        joined = [[number, kind, {ROWS: count, GROUPS: (STRUCT, groups)}.get(number, value)] for number, kind, value in first]
        data = bytearray()
        _write_struct(data, joined)
        whole.write(bytes(data) + len(data).to_bytes(4, "little") + MARK)


def _copy(source: Any, target: Any, size: int) -> None:
    while size > 0:
        data = source.read(min(size, COPY_BYTES))
        if not data:
            raise ValueError("a file to join ends before its footer")
        target.write(data)
        size -= len(data)


def _footer(path: Path) -> tuple[int, Fields]:
    """Where the footer begins, and its fields."""
    size = path.stat().st_size
    with path.open("rb") as data:
        data.seek(max(0, size - 8))
        tail = data.read(8)
        start = size - 8 - int.from_bytes(tail[:4], "little")
        if tail[4:] != MARK or start < len(MARK):
            raise ValueError("a file to join is no Parquet")
        data.seek(start)
        return start, _read_struct(data.read(size - 8 - start), 0)[0]


def _moved(group: Fields, by: int, number: int) -> Fields:
    """A row group whose bytes lie further on."""
    for field in group:
        if field[0] == GROUP_OFFSET:
            field[2] += by
        elif field[0] == ORDINAL:
            field[2] = number
        elif field[0] == COLUMNS:
            for chunk in field[2][1]:
                _move_chunk(chunk, by)
    return group


def _move_chunk(chunk: Fields, by: int) -> None:
    for field in chunk:
        if field[0] in CHUNK_PLACES or (field[0] == CHUNK_OFFSET and field[2]):
            field[2] += by
        elif field[0] == CHUNK_META:
            for place in field[2]:
                if place[0] in META_PLACES:
                    place[2] += by


def _value(fields: Fields, number: int) -> Any:
    return next(value for found, _, value in fields if found == number)


def _read_struct(data: bytes, at: int) -> tuple[Fields, int]:
    fields: Fields = []
    number = 0
    while head := data[at]:
        kind, at = head & 15, at + 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _read_whole(data, at)
        value, at = (kind == TRUE, at) if kind in (TRUE, FALSE) else _read(data, at, kind)
        fields.append([number, kind, value])
    return fields, at + 1


def _read(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in WHOLE[1:]:
        return _read_whole(data, at)
    if kind == BINARY:
        size, at = _read_size(data, at)
        return data[at : at + size], at + size
    if kind == STRUCT:
        return _read_struct(data, at)
    if kind in (LIST, SET):
        return _read_list(data, at)
    if kind in (TRUE, FALSE, WHOLE[0], DOUBLE):  # within a list a truth value is a byte
        size = 8 if kind == DOUBLE else 1
        return data[at : at + size], at + size
    raise ValueError(f"thrift type {kind} is not known in a Parquet footer")


def _read_list(data: bytes, at: int) -> tuple[tuple[int, list[Any]], int]:
    kind, size, at = data[at] & 15, data[at] >> 4, at + 1
    if size == 15:
        size, at = _read_size(data, at)
    values = []
    for _ in range(size):
        value, at = _read(data, at, kind)
        values.append(value)
    return (kind, values), at


def _read_size(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first."""
    found = shift = 0
    while True:
        byte = data[at]
        at += 1
        found |= (byte & 127) << shift
        if byte < 128:
            return found, at
        shift += 7


def _read_whole(data: bytes, at: int) -> tuple[int, int]:
    """An integer, signs folded in: 0, -1, 1, -2 are 0, 1, 2, 3."""
    folded, at = _read_size(data, at)
    return (folded >> 1) ^ -(folded & 1), at


def _write_struct(out: bytearray, fields: Fields) -> None:
    before = 0
    for number, kind, value in fields:
        if 0 < number - before < 16:
            out.append((number - before) << 4 | kind)
        else:
            out.append(kind)
            _write_size(out, (number << 1) ^ (number >> 63))
        before = number
        if kind not in (TRUE, FALSE):
            _write(out, kind, value)
    out.append(0)


def _write(out: bytearray, kind: int, value: Any) -> None:
    if kind in WHOLE[1:]:
        _write_size(out, (value << 1) ^ (value >> 63))
    elif kind == BINARY:
        _write_size(out, len(value))
        out += value
    elif kind == STRUCT:
        _write_struct(out, value)
    elif kind in (LIST, SET):
        of, values = value
        out.append(min(len(values), 15) << 4 | of)
        if len(values) >= 15:
            _write_size(out, len(values))
        for one in values:
            _write(out, of, one)
    else:
        out += value


def _write_size(out: bytearray, value: int) -> None:
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
