"""A dry run: the whole audit on a shadow of the store that borrows its files and is thrown away."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.lock import hold_unchanged
from flows.publish import CURRENT, HISTORY
from flows.review import DECISIONS
from flows.store import MANIFEST, STAGING

BORROWED = ("lake", "quarantine", "partials", "validation")
COPIED = (MANIFEST, ".key", str(DECISIONS))


@contextmanager
def shadow(store: Path) -> Iterator[Path]:
    """A folder that behaves like the store and may be written to; the store is held meanwhile and stays as it is."""
    with tempfile.TemporaryDirectory(prefix="altbenefit-dry-run-") as folder:
        copy = Path(folder) / "store"
        copy.mkdir()
        if not store.is_dir():
            yield copy
            return
        with hold_unchanged(store):
            _borrow(store, copy)
            yield copy


def _borrow(store: Path, copy: Path) -> None:
    for name in BORROWED:
        for path in (store / name).rglob("*") if (store / name).is_dir() else ():
            if path.is_file():
                link = copy / path.relative_to(store)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path.resolve())
    for name in COPIED:
        if (store / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(store / name, copy / name)
    if (store / STAGING).is_dir():
        shutil.copytree(store / STAGING, copy / STAGING)
    for published in (store / HISTORY).glob("*/*"):
        link = copy / published.relative_to(store)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(published.resolve())
    if (store / CURRENT).is_symlink():
        (copy / CURRENT).parent.mkdir(parents=True, exist_ok=True)
        (copy / CURRENT).symlink_to(os.readlink(store / CURRENT))
