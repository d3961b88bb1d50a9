"""Taking files from object storage and giving them back: the pointer is read first and written last."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from flows.errors import BadUsage, StoreDamaged, StoreLocked, SystemRefused
from flows.patience import PASSING, patiently
from flows.remote import index, objects
from flows.remote.address import Address
from flows.remote.index import POINTER, Entry, Index
from flows.store import sha_of

WAITS = (2.0, 15.0)  # seconds, after the client has tried four times by itself
TRIES = 5  # a store whose pointer changes more often than this while a few kilobytes are written is not at rest
ORPHAN_AGE = timedelta(days=1)  # younger ones may belong to a run elsewhere that has not written its pointer yet
PUBLIC, PRIVATE = 0o640, 0o600


class Replaced(Exception):
    """An object that an index names is gone: a later run has swept what its own index no longer names."""


@dataclass(frozen=True)
class Held:
    """The store as a pointer names it: the pointer's ETag, None where no store is there yet."""

    etag: str | None = None
    index: Index = field(default_factory=Index)


def look(at: Address) -> Held:
    """The store as it is now. Raises StoreDamaged where pointer or index are not what they should be."""
    for _ in range(TRIES):
        found = objects.read(at, POINTER)
        if found is None:
            return Held()
        data, etag = found
        whole = objects.read(at, _index_key(data, at))
        if whole:
            return Held(etag, index.parse(whole[0], at.url(POINTER)))
    step = "Restore the object from your backup or an earlier version of it."
    raise StoreDamaged("the index that the store's pointer names is missing", at.url(POINTER), step)


def _index_key(data: bytes, at: Address) -> str:
    try:
        body = json.loads(data)
        index.require_known(body["format"], at.url(POINTER))
        return str(body["index"])
    except (ValueError, KeyError, TypeError):
        step = "Restore the object from your backup or an earlier version of it."
        raise StoreDamaged("the store's pointer on object storage is damaged", at.url(POINTER), step) from None


def bring(at: Address, root: Path, wanted: Mapping[str, Entry], is_by_key: bool = False) -> int:
    """Write these files below `root`, each whole and held against its hash, under its path or its key; returns the bytes fetched.

    Raises Replaced where an object is gone.
    """
    targets = {path: root / (index.key_of(path, entry) if is_by_key else path) for path, entry in wanted.items()}
    for folder in {target.parent for target in targets.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    at_once([partial(_bring_one, at, targets[path], path, entry) for path, entry in wanted.items()])
    return sum(entry.byte_count for entry in wanted.values())


def at_once(calls: Sequence[Callable[[], object]]) -> None:
    """Do all of it, several at a time, each again where its fault can pass; one that fails keeps the others from starting."""
    with ThreadPoolExecutor(objects.AT_ONCE) as pool:
        begun = [pool.submit(patiently, call, _can_pass, WAITS) for call in calls]
        try:
            for one in begun:
                one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _can_pass(why: Exception) -> bool:
    return isinstance(why, SystemRefused) and why.errno in PASSING


def _bring_one(at: Address, target: Path, path: str, entry: Entry) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE))
    key = index.key_of(path, entry)
    if not objects.fetch(at, key, beside):
        raise Replaced
    if sha_of(beside) != entry.sha:
        beside.unlink()
        raise StoreDamaged("an object does not hold the bytes that the index names", at.url(key), "Restore it from your backup.")
    beside.chmod(PRIVATE if entry.is_private else PUBLIC)
    if path.startswith("lake/"):
        # A lake file younger than what was worked out of it counts as spoilt (flows.months); this one was held against its hash.
        os.utime(beside, (0, 0))
    os.replace(beside, target)


def publish(at: Address, root: Path, held: Held, mine: Index) -> Held:
    """Write what is new of `root` and then the pointer; returns the store as it is then.

    Raises StoreLocked where another run changed the store since `held` and the two cannot be put together: then nothing that
    a reader can see was written.
    """
    if mine == held.index and held.etag:
        return held
    fresh = {path: one for path, one in mine.entries.items() if held.index.entries.get(path) != one}
    at_once([partial(objects.send, at, index.key_of(path, one), root / path) for path, one in fresh.items()])
    base, wanted = held, mine
    for _ in range(TRIES):
        objects.write(at, wanted.key, wanted.dump())
        _require_conditions(at, wanted)
        try:
            return Held(objects.write_if_unchanged(at, POINTER, index.pointer_of(wanted), base.etag), wanted)
        except objects.Outrun:
            base, wanted = _after(at, base, wanted)
            if base.index == wanted:
                return base
    raise StoreLocked("other runs keep changing the store on object storage", str(at), "Run the command again when they have ended.")


def _require_conditions(at: Address, wanted: Index) -> None:
    """Raises BadUsage for a storage that ignores conditions, by one that cannot hold: there the later of two nights would win unseen."""
    try:
        objects.write_if_unchanged(at, wanted.key, wanted.dump(), '"no such version"')
    except objects.Outrun:
        return
    step = "Use a storage that knows If-Match and If-None-Match, or a later version of this one."
    raise BadUsage("this object storage cannot write on condition, so two runs at once could not be told apart", str(at), step)


def _after(at: Address, base: Held, wanted: Index) -> tuple[Held, Index]:
    """What is there now, and with it what was wanted. A pointer that is ours already had its answer lost on the way."""
    theirs = look(at)
    both = wanted if theirs.index == wanted else index.together(base.index, wanted, theirs.index)
    if both is None:
        step = "Wait until it has ended and run the command again; of this run nothing can be seen."
        raise StoreLocked("another run changed the store on object storage meanwhile", str(at), step)
    return theirs, both


def sweep(at: Address, held: Held) -> int:
    """Remove objects that no index names any more and that are older than a day; returns how many. Only below the store's own folders."""
    named = {index.key_of(path, one) for path, one in held.index.entries.items()} | {POINTER, held.index.key}
    folders = {path.partition("/")[0] for path in held.index.entries if "/" in path} | index.FOLDERS
    found = [one for folder in sorted(folders) for one in objects.listed(at, f"{folder}/")]
    latest = max((one.written for one in found), default=None)
    stale = [one.path for one in found if latest and one.path not in named and latest - one.written > ORPHAN_AGE]
    objects.delete(at, stale)
    return len(stale)


def restless(at: Address) -> SystemRefused:
    """Files could not be brought because they were replaced again and again."""
    return SystemRefused("the store on object storage keeps changing", str(at), "Run the command again when the other runs have ended.")
