"""835 remittances: bytes in, tables out."""

from transforms.x12.cut import PIECE_BYTES, Piece, batches, cut
from transforms.x12.delimiters import looks_like_835
from transforms.x12.faults import capped
from transforms.x12.read import gather, read

__all__ = ["PIECE_BYTES", "Piece", "batches", "capped", "cut", "gather", "looks_like_835", "read"]
