"""Columns that say where a row comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.x12.fields import INLINE, as_series, empty_text

if TYPE_CHECKING:
    from transforms.x12.scan import Segments


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


def as_declared(columns: Mapping[str, pl.Series | np.ndarray], schema: pl.Schema) -> pl.DataFrame:
    """The columns in the schema's order; their types are made to fit only where they do not already."""
    return pl.DataFrame([_column(name, columns[name], dtype) for name, dtype in schema.items()])


def _column(name: str, values: pl.Series | np.ndarray, dtype: pl.DataType) -> pl.Series:
    column = values.alias(name) if isinstance(values, pl.Series) else pl.Series(name, values)
    return column if column.dtype == dtype else column.cast(dtype)


def per_piece(segments: Segments, at: np.ndarray, name: str) -> pl.Series:
    """An attribute of the piece (file_id, source_file) each segment lies in."""
    return texts([getattr(piece, name) for piece in segments.pieces]).take(segments.piece[at])
