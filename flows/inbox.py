"""The inbox: which files are there, what they are, and their bytes when it is their turn. It is never changed."""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from pathlib import Path

from flows import unpack
from flows.sniff import kind_of
from flows.unpack import Buffer, Unusable

HASHED_BYTES = 1 << 24
READ_BYTES = 16_000_000  # larger files are mapped; each mapping holds a descriptor, and a system grants few of those
SETTLE_SECONDS = 1.0  # a file touched this recently gets a second look after as long
STILL_ARRIVING = (".part", ".tmp", ".partial", ".filepart", ".crdownload", ".download")

NOT_READ = {
    "unknown": (
        "unknown_content",
        "the content is no remittance: no 835, no table, no FHIR resource",
        "Check what it is; if it is a remittance, ask for it as an 835.",
    ),
}
EMPTY = ("empty_file", "the file is empty", "Fetch the file again from the clearinghouse.")


@dataclass(frozen=True)
class Arrival:
    """One file as it lies in the inbox, or one member of an archive. `fault` is (code, reason, next step)."""

    file_id: str
    source_file: str
    path: Path
    member: str
    byte_count: int
    kind: str
    fault: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Inbox:
    """What is there: arrivals in the order of their id, each content once, and the files still being written."""

    arrivals: tuple[Arrival, ...]
    still_arriving: tuple[str, ...]
    repeated_count: int
    waiting_count: int = 0  # left for a later run by --limit


def look(root: Path, wait: Callable[[float], None] = time.sleep) -> Inbox:
    """Every file below `root`, by content. A file that changes between two looks is left for the next run."""
    paths = sorted(_walk(root))
    before = {path: _state(path) for path in paths}
    if any(state and time.time() - state[1] / 1e9 < 2 * SETTLE_SECONDS for state in before.values()):
        wait(SETTLE_SECONDS)
    found: list[Arrival] = []
    moving: list[str] = []
    for path in paths:
        label = unpack.label_of(path.relative_to(root).as_posix())
        arrivals = [] if path.suffix.lower() in STILL_ARRIVING else list(_arrivals(path, label))
        if path.suffix.lower() in STILL_ARRIVING or _state(path) != before[path]:
            moving.append(label)
        else:
            found.extend(arrivals)
    once = distinct(found)
    return Inbox(tuple(once), tuple(moving), len(found) - len(once))


def at_most(inbox: Inbox, known: Set[str], limit: int | None) -> Inbox:
    """The inbox with no more than `limit` files that are not known yet, the first by id; None is all."""
    fresh = [arrival.file_id for arrival in inbox.arrivals if arrival.file_id not in known]
    later = set(fresh[limit:]) if limit is not None else set()
    return replace(inbox, arrivals=tuple(one for one in inbox.arrivals if one.file_id not in later), waiting_count=len(later))


def named(paths: Iterable[Path], inbox: Path | None = None) -> list[Arrival]:
    """Every file named, and every file below a folder named; each content once, in the order of its id.

    A file is labelled by its path below the inbox, or below the folder named, else by its name.
    """
    found: list[Arrival] = []
    for given in paths:
        inside = inbox is not None and given.resolve().is_relative_to(inbox.resolve())
        for path in sorted(_walk(given)) if given.is_dir() else [given]:
            label = (
                path.resolve().relative_to(inbox.resolve())
                if inside and inbox
                else path.relative_to(given if given.is_dir() else given.parent)
            )
            found.extend(_arrivals(path, unpack.label_of(label.as_posix())))
    return distinct(found)


def distinct(found: Iterable[Arrival]) -> list[Arrival]:
    """Each content once, under the first of its names."""
    once: dict[str, Arrival] = {}
    for arrival in sorted(found, key=lambda one: (one.file_id, one.source_file)):
        once.setdefault(arrival.file_id, arrival)
    return list(once.values())


def contents(arrivals: Iterable[Arrival]) -> dict[str, memoryview]:
    """The bytes of several arrivals by file id, each archive unpacked once; what has changed since the look is left out.

    A large plain file is mapped, not read: its pages come when a reader touches them.
    """
    wanted: dict[Path, set[str]] = {}
    for arrival in arrivals:
        wanted.setdefault(arrival.path, set()).add(arrival.file_id)
    found: dict[str, memoryview] = {}
    for path, ids in wanted.items():
        try:
            data = open_bytes(path)
        except OSError:
            continue
        bad: list[tuple[str, Unusable]] = []
        for member, content in unpack.members(data):
            if isinstance(content, Unusable):
                bad.append((member, content))
            elif (file_id := _sha(content)) in ids:
                found[file_id] = memoryview(content)
        # What could not be unpacked is known by its archive, so that is what is kept of it.
        if bad and (file_id := _unusable_id(data, bad)) in ids:
            found[file_id] = data
    return found


def open_bytes(path: Path) -> memoryview:
    """The file's bytes; a large file is mapped."""
    with path.open("rb") as handle:
        if os.fstat(handle.fileno()).st_size <= READ_BYTES:
            return memoryview(handle.read())
        return memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))


def _walk(root: Path) -> Iterator[Path]:
    """Every file, every link, and every folder that cannot be listed: what is in it must not be lost without a word."""
    closed: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=lambda why: closed.append(Path(why.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith((".", "~$")):
                yield Path(folder) / name
        yield from (Path(folder) / name for name in folders if (Path(folder) / name).is_symlink())
    yield from closed


def _state(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.lstat()
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns


def _arrivals(path: Path, label: str) -> Iterator[Arrival]:
    """The file itself, or each member of an archive."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            raise PermissionError
        if not stat.S_ISREG(mode):
            yield _no_bytes(path, label, "not_a_file", "it is a link or a device, not a file", "Put the file itself into the inbox.")
            return
        data = open_bytes(path)
    except OSError:
        yield _no_bytes(path, label, "unreadable", "it cannot be opened", "Give the account that runs the audit read permission.")
        return
    bad: list[tuple[str, Unusable]] = []
    for member, content in unpack.members(data):
        if isinstance(content, Unusable):
            bad.append((member, content))
            continue
        kind = kind_of(content)
        fault = EMPTY if not content else NOT_READ.get(kind)
        yield Arrival(_sha(content), _named(label, member), path, member, len(content), kind, fault)
    if bad:
        member, reason = unpack.refused(bad)
        fault = ("damaged_archive", reason, "Fetch the file again from the clearinghouse.")
        yield Arrival(_unusable_id(data, bad), _named(label, member), path, member, len(data), "unknown", fault)


def _named(label: str, member: str) -> str:
    return f"{label}!{member}" if member else label


def _unusable_id(data: Buffer, bad: list[tuple[str, Unusable]]) -> str:
    """Names an archive and what of it cannot be unpacked."""
    return _sha(data, b"!" if len(bad) > 1 else bad[0][0].encode())


def _no_bytes(path: Path, label: str, code: str, reason: str, next_step: str) -> Arrival:
    """A file without readable bytes is known by its path."""
    return Arrival(_sha(b"no bytes: " + label.encode()), label, path, "", 0, "unknown", (code, reason, next_step))


def _sha(*parts: Buffer) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for at in range(0, len(part), HASHED_BYTES):
            digest.update(part[at : at + HASHED_BYTES])
            let_go(part)
    return digest.hexdigest()


def let_go(data: Buffer) -> None:
    """Give the pages of a mapped file that were read back to the system; they are read again when needed."""
    if isinstance(data, memoryview) and isinstance(data.obj, mmap.mmap):
        data.obj.madvise(mmap.MADV_DONTNEED)
