"""Names of sets, claims and lines, and lists of codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.x12.elements import Spans, text
from transforms.x12.fields import as_series
from transforms.x12.identity import Texts, texts
from transforms.x12.loops import texts as loops
from transforms.x12.scan import Segments
from transforms.x12.structure import Structure

WIDTH = 17  # of what stands before the number


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
    if any(len(prefix) != WIDTH for prefix in prefixes):
        return texts([prefixes[p].decode() + str(n) for p, n in zip(piece.tolist(), number.tolist(), strict=True)])
    return Texts(*loops.ids(np.frombuffer(b"".join(prefixes), np.uint8), piece, number, WIDTH))


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
