"""One run at a time holds a store. The kernel lets go when the run dies, so no lock is ever stale."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import StoreLocked


def _take(handle: int, store: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 200).decode("ascii", "replace").strip() or "unknown process"
        raise StoreLocked(
            f"another run holds the store ({holder})", str(store), "Wait until it has ended; this run changed nothing."
        ) from None


@contextmanager
def hold(store: Path) -> Iterator[None]:
    """Hold the store for writing, or raise StoreLocked at once. The lock file is empty when nobody holds it."""
    store.mkdir(parents=True, exist_ok=True)
    handle = os.open(store / ".lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        _take(handle, store)
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        try:
            yield
        finally:
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


@contextmanager
def hold_unchanged(store: Path) -> Iterator[None]:
    """Hold an existing store without writing to it; a store that no run ever held needs no lock."""
    path = store / ".lock"
    if not path.exists():
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        _take(handle, store)
        yield
    finally:
        os.close(handle)
