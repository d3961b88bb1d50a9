"""A folder of files that is replaced whole: a reader sees the old set or the new one, and a run that dies leaves one of them."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from flows.store import sync

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Have `fill` write into a folder beside `target`, then let it take its place in one step. A failure leaves the old set."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new-{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        fill(beside)
        for path in beside.iterdir():
            sync(path)
        sync(beside)
        _take_place(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    sync(target.parent)


def _take_place(beside: Path, target: Path) -> None:
    if target.exists():
        _exchange(beside, target)
    else:
        os.rename(beside, target)


def _exchange(one: Path, other: Path) -> None:
    """Swap two folders in one step where the system can (Linux); else move the old one aside first."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 and renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return
    refused = ctypes.get_errno() if renameat2 else errno.ENOSYS
    if refused not in (errno.ENOSYS, errno.EINVAL):
        raise OSError(refused, os.strerror(refused), str(other))
    old = one.with_name(f"{one.name}.old")
    os.rename(other, old)
    os.rename(one, other)
    os.rename(old, one)
