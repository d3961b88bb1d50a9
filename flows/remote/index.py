"""What a store on object storage consists of: one index of all its files, and one small pointer that names the index.

No object is ever written over with other bytes: its key holds a hash of them. The pointer alone changes, last and on condition
that it is still the one the run began with; so readers see the old store or the new one, whole.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from flows.errors import BadUsage, StoreDamaged

FORMAT = 1
POINTER = "reports/current.json"
CURRENT = "reports/current"
FOLDERS = {"index", "files"}  # made here, beside those of a store
NAME_DIGITS, KEY_DIGITS = 32, 16  # of the hash: in names that the store gives, in keys that are given here
NOTES = ("review/", "weekly/", ".told.json")  # what people and reports add: it can be added after a night as well as before


@dataclass(frozen=True)
class Entry:
    """One file: the sha256 of its bytes, their number, and whether only the owner may read it."""

    sha: str
    byte_count: int
    is_private: bool = False


@dataclass(frozen=True)
class Index:
    """Every file by its path in the store, and the folder that `reports/current` stands for, below `reports/`."""

    entries: dict[str, Entry] = field(default_factory=dict)
    current: str = ""

    def dump(self) -> bytes:
        """The same files give the same bytes."""
        files = {path: [one.sha, one.byte_count, *(["private"] if one.is_private else [])] for path, one in sorted(self.entries.items())}
        return json.dumps({"format": FORMAT, "current": self.current, "files": files}, indent=0).encode() + b"\n"

    @property
    def key(self) -> str:
        """The path of the object that holds this index."""
        return f"index/{hashlib.sha256(self.dump()).hexdigest()[:KEY_DIGITS]}.json"


def parse(data: bytes, where: str) -> Index:
    """The index of some bytes. Raises StoreDamaged where they are none, BadUsage where a later version wrote them."""
    try:
        body = json.loads(data)
        require_known(body["format"], where)
        files = {path: Entry(str(row[0]), int(row[1]), "private" in row[2:]) for path, row in body["files"].items()}
        wrong = [path for path in files if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts]
        if wrong or ".." in PurePosixPath(body["current"]).parts:
            raise ValueError
        return Index(files, body["current"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        step = "Restore the object from your backup or an earlier version of it."
        raise StoreDamaged("the store's index on object storage is damaged", where, step) from None


def require_known(found: int, where: str) -> None:
    """Raises BadUsage where a later version of altbenefit wrote this."""
    if found > FORMAT:
        raise BadUsage("a later version of altbenefit wrote this store", where, "Run that version here too.")


def key_of(path: str, entry: Entry) -> str:
    """The path of the object: the file's own where its name is its hash already, else with a folder of the hash before the name."""
    place = PurePosixPath(path)
    if place.stem == entry.sha[:NAME_DIGITS]:
        return path
    folder = place.parent.as_posix() if place.parent != PurePosixPath() else "files"
    return f"{folder}/{entry.sha[:KEY_DIGITS]}/{place.name}"


def pointer_of(index: Index) -> bytes:
    """What readers start from: the publication's tables and pages and the latest week's report by key, and the key of the index."""
    parts = PurePosixPath(index.current).parts
    published = {path.removeprefix(f"reports/{index.current}/"): key_of(path, one) for path, one in below(index, index.current).items()}
    weeks = sorted({PurePosixPath(path).parts[1] for path in index.entries if path.startswith("weekly/20")})
    week = {week: _names(index, f"weekly/{week}/") for week in weeks[-1:]}
    body: dict[str, Any] = {
        "format": FORMAT, "as_of": parts[1] if parts else None, "publication": parts[2] if parts else None,
        "tables": {name.removesuffix(".parquet"): key for name, key in published.items() if name.endswith(".parquet")},
        "pages": {name: key for name, key in published.items() if not name.endswith(".parquet")},
        "weekly": week, "index": index.key,
    }  # fmt: skip
    return json.dumps(body, indent=1).encode() + b"\n"


def below(index: Index, current: str) -> dict[str, Entry]:
    """The files of one publication."""
    return {path: one for path, one in sorted(index.entries.items()) if current and path.startswith(f"reports/{current}/")}


def _names(index: Index, folder: str) -> dict[str, str]:
    return {path.removeprefix(folder): key_of(path, one) for path, one in sorted(index.entries.items()) if path.startswith(folder)}


def changes(before: Index, after: Index) -> frozenset[str]:
    """Paths that came, went or are others than they were."""
    found = {path for path in before.entries.keys() | after.entries.keys() if before.entries.get(path) != after.entries.get(path)}
    return frozenset(found | ({CURRENT} if before.current != after.current else set()))


def together(base: Index, mine: Index, theirs: Index) -> Index | None:
    """Both changes, one after the other; None where they touch the same, or where neither is notes alone."""
    my, their = changes(base, mine), changes(base, theirs)
    if my & their or not any(all(path.startswith(NOTES) for path in one) for one in (my, their)):
        return None
    kept = {path: entry for path, entry in theirs.entries.items() if path not in my}
    added = {path: mine.entries[path] for path in my if path in mine.entries}
    return Index(kept | added, mine.current if CURRENT in my else theirs.current)
