"""835 remittances: bytes in, tables out.

What reads them is imported when it is first used: its loops are compiled code, which most commands do without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.x12.delimiters import looks_like_835
from transforms.x12.faults import capped
from transforms.x12.gather import gather

if TYPE_CHECKING:
    from transforms.x12.batch import read
    from transforms.x12.pieces import PIECE_BYTES, Piece, batches, cut

__all__ = ["PIECE_BYTES", "Piece", "batches", "capped", "cut", "gather", "looks_like_835", "read"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from transforms.x12 import batch, pieces

    return getattr(batch if name == "read" else pieces, name)
