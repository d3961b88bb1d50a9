"""Columns that say where a row comes from, and lists of codes."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.x12.fields import Spans, text
from transforms.x12.scan import Segments


def ids(segments: Segments, at: np.ndarray) -> pl.Series:
    """First 16 hex digits of the file, dash, position of the segment."""
    prefix = pl.Series([f"{piece.file_id[:16]}-" for piece in segments.pieces], dtype=pl.String)
    number = pl.Series(segments.number[at], dtype=pl.Int64).cast(pl.String)
    return prefix.gather(segments.piece[at]) + number


def per_piece(segments: Segments, at: np.ndarray, name: str) -> pl.Series:
    """An attribute of the piece (file_id, source_file) each segment lies in."""
    return pl.Series([getattr(piece, name) for piece in segments.pieces], dtype=pl.String).gather(segments.piece[at])


def text_lists(segments: Segments, spans: Spans, owner: np.ndarray, kept: np.ndarray, count: int) -> pl.Series:
    """Per owner kept, the list of its values; spans come in order of owner, and none of them is empty."""
    lengths = np.bincount(owner, minlength=count)
    values = text(segments, spans)
    is_kept = np.zeros(count, bool)
    is_kept[kept] = True
    values = values.filter(pl.Series(is_kept[owner], dtype=pl.Boolean))
    offsets = np.concatenate([[0], np.cumsum(lengths[kept])])
    rows = pl.DataFrame({"owner": np.repeat(np.arange(len(kept)), lengths[kept]), "value": values})
    lists = rows.group_by("owner", maintain_order=True).agg("value")
    full = pl.DataFrame({"owner": np.arange(len(offsets) - 1)}).join(lists, on="owner", how="left", maintain_order="left")
    return full["value"].fill_null(pl.Series([[]], dtype=pl.List(pl.String)))
