"""The bytes of what was set aside, kept until a person settles it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

from flows.unpack import Buffer

FOLDER = "quarantine/bytes"


def path_of(file_id: str) -> str:
    return f"{FOLDER}/{file_id}.gz"


def packed(contents: Mapping[str, Buffer]) -> dict[str, bytes]:
    """Each file's bytes, compressed the same way every time, by the path to keep them at."""
    return {path_of(file_id): gzip.compress(data, compresslevel=6, mtime=0) for file_id, data in sorted(contents.items())}


def read(root: Path, file_id: str) -> bytes | None:
    """The bytes kept of a file; None where nothing was."""
    path = root / path_of(file_id)
    return gzip.decompress(path.read_bytes()) if path.exists() else None
