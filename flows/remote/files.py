"""The files of a store's folder on this machine, and which bytes they hold."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from flows.remote.index import CURRENT, Entry, Index
from flows.store import sha_of

Mark = tuple[int, int, int]  # size, time of change, inode: a file with the same three holds the same bytes
OWN = (".lock", ".key")  # of this machine; the key never leaves it


def walk(root: Path) -> Iterator[str]:
    """Every file that belongs to the store, by path below it; hidden files are a run's own, but for its notes (.told.json)."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and not (Path(folder) / name).is_symlink()]
        for name in names:
            path = Path(folder) / name
            if name not in OWN and (not name.startswith(".") or name.endswith(".json")) and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def mark_of(path: Path) -> Mark:
    """What changes whenever a file's bytes do."""
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns, seen.st_ino


def marks(root: Path) -> dict[str, Mark]:
    return {path: mark_of(root / path) for path in walk(root)}


def indexed(root: Path, known: Index, seen: Mapping[str, Mark]) -> Index:
    """The folder as an index. A file is read only where its mark is not the one that it had under a known entry."""
    entries: dict[str, Entry] = {}
    for path, mark in marks(root).items():
        if path in known.entries and seen.get(path) == mark:
            entries[path] = known.entries[path]
        else:
            is_private = not stat.S_IMODE((root / path).stat().st_mode) & 0o077
            entries[path] = Entry(sha_of(root / path), mark[0], is_private)
    return Index(entries, current_of(root))


def current_of(root: Path) -> str:
    """What `reports/current` stands for, below `reports/`; empty where nothing is published."""
    link = root / CURRENT
    return os.readlink(link) if link.is_symlink() else ""


def point(root: Path, current: str) -> None:
    """Have `reports/current` stand for a publication."""
    link = root / CURRENT
    if current_of(root) == current:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    beside = link.with_name(".current.new")
    beside.unlink(missing_ok=True)
    if current:
        beside.symlink_to(current)
        os.replace(beside, link)
    else:
        link.unlink()


def clear(root: Path, kept: Mapping[str, Entry]) -> None:
    """Remove every file that is not among those kept, what a run left half done, and folders that are empty then."""
    shutil.rmtree(root / ".staging", ignore_errors=True)
    for path in list(walk(root)):
        if path not in kept:
            (root / path).unlink()
    for folder, _, _ in os.walk(root, topdown=False):
        if Path(folder) != root and not any(Path(folder).iterdir()):
            Path(folder).rmdir()
