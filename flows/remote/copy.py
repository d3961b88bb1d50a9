"""A whole copy of a store in the cache, on which a run works as on any folder.

It is brought up to the pointer before a run and given back after it. A run that died leaves it ahead of the pointer: as long as
nobody else published meanwhile, the next run on this machine goes on from there; otherwise its work is dropped and done anew.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flows.errors import StoreDamaged
from flows.remote import exchange, files, index
from flows.remote.address import Address
from flows.remote.exchange import Held, Replaced
from flows.remote.files import Mark
from flows.store import write_whole

TREE, STATE = "store", "state.json"


@dataclass(frozen=True)
class Copy:
    """A copy that is up to date: where it lies, what the pointer named when it was, and the files' marks then."""

    at: Address
    folder: Path
    held: Held
    seen: dict[str, Mark]
    fetched_files: int = 0
    fetched_bytes: int = 0

    @property
    def root(self) -> Path:
        return self.folder / TREE


def bring(at: Address, folder: Path) -> Copy:
    """Bring the copy up to what the pointer names now; the caller holds the folder."""
    for _ in range(exchange.TRIES):
        now, before = exchange.look(at), _state(at, folder)
        if before and before.held.etag == now.etag:  # None: no store is there yet, and a first run that died is carried on
            return before
        if before and now.etag is None:
            step = f"Restore {at.url(index.POINTER)}; if the store is meant to begin anew, remove {folder}."
            raise StoreDamaged("the store is gone from object storage", str(at), step)
        with suppress(Replaced):
            return _bring(at, folder, now, before)
    raise exchange.restless(at)


def _bring(at: Address, folder: Path, now: Held, before: Copy | None) -> Copy:
    root = folder / TREE
    root.mkdir(exist_ok=True)
    here = files.indexed(root, before.held.index, before.seen) if before else files.indexed(root, index.Index(), {})
    # Without a state a pull that dies leaves a folder whose every file is held against its hash.
    (folder / STATE).unlink(missing_ok=True)
    missing = {path: one for path, one in now.index.entries.items() if here.entries.get(path) != one}
    byte_count = exchange.bring(at, root, missing)
    files.point(root, now.index.current)
    files.clear(root, now.index.entries)
    return _keep(Copy(at, folder, now, files.marks(root), len(missing), byte_count))


def give(copy: Copy) -> Copy:
    """Publish what the copy holds now. Raises StoreLocked where another run was first; then the next one begins anew."""
    mine = files.indexed(copy.root, copy.held.index, copy.seen)
    if mine == copy.held.index:
        return copy
    seen = files.marks(copy.root)
    held = exchange.publish(copy.at, copy.root, copy.held, mine)
    given = Copy(copy.at, copy.folder, held, seen)
    if held.index == mine:
        return _keep(given)
    return _bring(copy.at, copy.folder, held, replace(given, held=Held(held.etag, mine)))  # with the notes of another run


def kept(at: Address, folder: Path) -> Copy:
    """The copy as it was last up to date; the caller brought it and still holds the folder."""
    found = _state(at, folder)
    if found is None:
        raise StoreDamaged("the cache was changed while a run worked on it", str(folder), "Run the command again.")
    return found


def _keep(copy: Copy) -> Copy:
    body = {"etag": copy.held.etag, "index": copy.held.index.dump().decode(), "seen": copy.seen}
    write_whole(copy.folder / STATE, json.dumps(body).encode())
    return copy


def _state(at: Address, folder: Path) -> Copy | None:
    """The copy as it was last up to date; None where that is not known."""
    try:
        body = json.loads((folder / STATE).read_bytes())
        held = Held(body["etag"], index.parse(body["index"].encode(), str(folder / STATE)))
        return Copy(at, folder, held, {path: (int(a), int(b), int(c)) for path, (a, b, c) in body["seen"].items()})
    except (OSError, ValueError, KeyError, TypeError):
        return None
