"""Frames and bytes handed over through the shared store: one folder an attempt, told by name and hash of each file.

Nothing of it passes through Dask, which would keep it in memory, spill it to disk and show it on a page. A piece of work
that is done twice, since a worker was taken for dead, is written twice, in two folders; the run takes the one it is told of.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.errors import SystemRefused

FRAME, BYTES = ".arrow", ".bytes"
NAME_BYTES = 8


@dataclass(frozen=True)
class Bundle:
    """A folder below the run's scratch, and the sha256 of each file in it by name."""

    folder: str = ""
    files: tuple[tuple[str, str], ...] = ()


def pack(scratch: Path, frames: Mapping[str, pl.DataFrame], pieces: Mapping[str, bytes]) -> Bundle:
    """Write frames and bytes, by any name, where only this account may read them."""
    name = secrets.token_hex(NAME_BYTES)
    folder = scratch / name
    folder.mkdir(mode=0o700)
    files = [_write(folder, f"{one}{FRAME}", _ipc(frame)) for one, frame in frames.items()]
    files += [_write(folder, f"{one.replace('/', '!')}{BYTES}", data) for one, data in pieces.items()]
    return Bundle(name, tuple(files))


def unpack(scratch: Path, bundle: Bundle) -> tuple[dict[str, pl.DataFrame], dict[str, bytes]]:
    """The same frames and bytes. Raises SystemRefused where a file is not what was written: a share that is not one."""
    frames: dict[str, pl.DataFrame] = {}
    pieces: dict[str, bytes] = {}
    for name, sha in bundle.files:
        path = scratch / bundle.folder / name
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha:
            raise SystemRefused("a worker's file does not hold what the worker wrote", str(path), "Check the share, then run again.")
        if name.endswith(FRAME):
            frames[name.removesuffix(FRAME)] = pl.read_ipc(io.BytesIO(data))
        else:
            pieces[name.removesuffix(BYTES).replace("!", "/")] = data
    return frames, pieces


def _ipc(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.write_ipc(sink, compression="lz4")
    return sink.getvalue()


def _write(folder: Path, name: str, data: bytes) -> tuple[str, str]:
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
    return name, hashlib.sha256(data).hexdigest()
