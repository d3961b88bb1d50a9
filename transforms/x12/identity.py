"""Columns that say where a row comes from, and lists of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.x12.fields import INLINE, Spans, as_series, empty_text, text
from transforms.x12.scan import Segments
from transforms.x12.structure import Structure


@dataclass(frozen=True)
class Texts:
    """Distinct texts, made once, to be repeated in many rows without copying them."""

    views: np.ndarray
    data: np.ndarray

    def take(self, rows: np.ndarray, is_known: np.ndarray | None = None) -> pl.Series:
        """The texts of these rows, null where not known. A view moves as one value of sixteen bytes."""
        if not len(rows):
            return empty_text(0)  # a column without rows would keep all of these texts in memory
        validity = None if is_known is None else pa.py_buffer(np.packbits(is_known, bitorder="little"))
        buffers = [validity, pa.py_buffer(self.views.view(np.complex128)[:, 0][rows]), pa.py_buffer(self.data)]
        return as_series(pa.Array.from_buffers(pa.string_view(), len(rows), buffers))


def texts(values: Sequence[str]) -> Texts:
    """Any texts, one by one."""
    encoded = [value.encode() for value in values]
    views, offset = np.zeros((len(encoded), 2), np.uint64), 0
    for row, value in enumerate(encoded):
        if len(value) <= INLINE:
            packed = len(value).to_bytes(4, "little") + value.ljust(INLINE, b"\0")
        else:
            packed = len(value).to_bytes(4, "little") + value[:4] + bytes(4) + offset.to_bytes(4, "little")
        views[row] = np.frombuffer(packed, "<u8")
        offset += len(value)
    return Texts(views, np.frombuffer(b"".join([*encoded, b"\0"]), np.uint8))


@dataclass(frozen=True)
class Names:
    """The ids of every set, claim and line, and of every piece its file: made once, taken by every table."""

    payment_id: Texts
    claim_id: Texts
    line_id: Texts
    file_id: Texts
    source_file: Texts


def names(segments: Segments, parts: Structure) -> Names:
    """What to call the sets, claims and lines of a batch."""
    return Names(
        ids(segments, parts.set_at),
        ids(segments, parts.claim_at),
        ids(segments, parts.line_at),
        texts([piece.file_id for piece in segments.pieces]),
        texts([piece.source_file for piece in segments.pieces]),
    )


def ids(segments: Segments, at: np.ndarray) -> Texts:
    """First 16 hex digits of the file, dash, position of the segment."""
    prefixes = [f"{piece.file_id[:16]}-".encode() for piece in segments.pieces]
    number, piece = segments.number[at], segments.piece[at]
    width = 17
    if any(len(prefix) != width for prefix in prefixes):
        return texts([prefixes[p].decode() + str(n) for p, n in zip(piece.tolist(), number.tolist(), strict=True)])
    digits = len(str(int(number.max()))) if len(number) else 1
    data = np.zeros((len(at), width + digits), np.uint8)
    data[:, :width] = np.frombuffer(b"".join(prefixes), np.uint8).reshape(-1, width)[piece]
    length = np.zeros(len(at), np.uint64)
    for count in range(1, digits + 1):
        rows = np.flatnonzero((number >= 10 ** (count - 1)) & (number < 10**count))
        if len(rows):
            data[rows, width : width + count] = _decimal(number[rows])[:, -count:]
            length[rows] = width + count
    views = np.empty((len(at), 2), np.uint64)
    views[:, 0] = np.ascontiguousarray(data[:, :4]).view("<u4")[:, 0].astype(np.uint64) << np.uint64(32) | length
    views[:, 1] = np.arange(len(at), dtype=np.uint64) * np.uint64(width + digits) << np.uint64(32)
    return Texts(views, data.reshape(-1))


FOUR_DIGITS = np.array([f"{number:04}".encode() for number in range(10_000)]).view(np.uint32)


def _decimal(number: np.ndarray) -> np.ndarray:
    """Twelve digits of each number, as characters."""
    upper, low = np.divmod(number, 10_000)
    high, middle = np.divmod(upper, 10_000)
    return np.stack([FOUR_DIGITS[part] for part in (high, middle, low)], axis=1).view(np.uint8)


def as_declared(columns: Mapping[str, pl.Series | np.ndarray], schema: pl.Schema) -> pl.DataFrame:
    """The columns in the schema's order; their types are made to fit only where they do not already."""
    return pl.DataFrame([_column(name, columns[name], dtype) for name, dtype in schema.items()])


def _column(name: str, values: pl.Series | np.ndarray, dtype: pl.DataType) -> pl.Series:
    column = values.alias(name) if isinstance(values, pl.Series) else pl.Series(name, values)
    return column if column.dtype == dtype else column.cast(dtype)


def per_piece(segments: Segments, at: np.ndarray, name: str) -> pl.Series:
    """An attribute of the piece (file_id, source_file) each segment lies in."""
    return texts([getattr(piece, name) for piece in segments.pieces]).take(segments.piece[at])


def text_lists(segments: Segments, spans: Spans, owner: np.ndarray, kept: np.ndarray, count: int) -> pl.Series:
    """Per owner kept, the list of its values; spans come in order of owner, and none of them is empty."""
    is_kept = np.zeros(count, bool)
    is_kept[kept] = True
    rows = is_kept[owner]
    lengths = np.bincount(owner[rows], minlength=count)[kept]
    values = text(segments, (spans[0][rows], spans[1][rows])).to_arrow()
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    # Not pa.array: the first one of a process imports pandas, a third of a second.
    as_arrow = pa.Array.from_buffers(pa.int64(), len(offsets), [None, pa.py_buffer(offsets)])
    return as_series(pa.LargeListArray.from_arrays(as_arrow, values))
