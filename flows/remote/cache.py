"""Where this machine keeps what it fetched: ALTBENEFIT_CACHE, else the account's cache folder. Only the owner may look in."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import StoreLocked
from flows.remote.address import Address
from flows.remote.objects import endpoint

NAME_DIGITS = 12


def folder_of(at: Address, what: str) -> Path:
    """The folder for one address at one endpoint; what: store or inbox."""
    named = os.environ.get("ALTBENEFIT_CACHE")
    usual = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "altbenefit"
    digest = hashlib.sha256(f"{endpoint()}\n{at}".encode()).hexdigest()[:NAME_DIGITS]
    folder = (Path(named) if named else usual).expanduser().absolute() / f"{what}-{at.bucket}-{digest}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def alone(folder: Path, at: Address) -> Iterator[None]:
    """Hold a folder of the cache; the kernel lets go when the process ends. Raises StoreLocked where another process holds it."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            step = "Wait until it has ended; this run changed nothing."
            raise StoreLocked("another run on this machine works on this address", str(at), step) from None
        yield
    finally:
        os.close(handle)
