"""How a loop is compiled: once, for the types it names, without the interpreter's lock, and kept on disk."""

from __future__ import annotations

from collections.abc import Callable

from numba import njit, types
from numba.core.types import Type

BYTES = types.Array(types.uint8, 1, "C", readonly=True)
WORDS = types.Array(types.uint64, 1, "A", readonly=True, aligned=False)  # eight bytes from any place on, least significant first
PLACES = types.Array(types.int32, 1, "C", readonly=True)  # positions in the bytes, or of separators
ROWS = types.Array(types.int64, 1, "C", readonly=True)  # numbers of segments
TABLE = types.Array(types.int64, 2, "C", readonly=True)
SPANS = types.Array(types.int32, 2, "C", readonly=True)  # starts or ends: a row per column
NUMBERS = types.Array(types.int64, 1, "C", readonly=True)
KEYS = types.Array(types.uint32, 1, "C", readonly=True)
BYTE, COUNT = types.uint8, types.int64


def compiled(*takes: Type) -> Callable:
    """Compile a function of these types. Where nothing can be kept on disk it is compiled again in every process (some seconds)."""

    def compile_now(loop: Callable) -> Callable:
        try:
            return njit([takes], nogil=True, cache=True)(loop)
        except RuntimeError:  # numba: no place for the cache can be written
            return njit([takes], nogil=True)(loop)

    return compile_now


def helper(loop: Callable) -> Callable:
    """A function that only loops of its own file call; it becomes part of them."""
    return njit(nogil=True, inline="never")(loop)
