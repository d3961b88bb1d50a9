"""An inbox on object storage: every object below the prefix, as a file in the cache. Nothing there is changed, moved or removed."""

from __future__ import annotations

import hashlib
import json
import os
from functools import partial
from pathlib import Path, PurePosixPath

from flows.errors import BadUsage
from flows.remote import exchange, objects
from flows.remote.address import Address
from flows.remote.objects import Object
from flows.store import write_whole

TREE, STATE = "inbox", "state.json"
LONGEST = 200  # bytes of a name that a file system takes without doubt
DIGITS = 12


def bring(at: Address, folder: Path) -> Path:
    """The folder with what lies below the address now; only what is new or changed is fetched. The caller holds the folder.

    Raises BadUsage where nothing is there at all: a mistyped address must not look like a night without mail. An object that
    is replaced while it is fetched is left for the next run.
    """
    found = require_objects(at)
    root, known = folder / TREE, _state(folder)
    root.mkdir(exist_ok=True)
    wanted = {name: one for name, one in zip(local_names([one.path for one in found]), found, strict=True) if not one.path.endswith("/")}
    fresh = [name for name, one in wanted.items() if known.get(name) != [one.etag, one.byte_count] or not (root / name).is_file()]
    for path in [path for path in root.rglob("*") if path.is_file()]:
        if (name := path.relative_to(root).as_posix()) not in wanted or name in fresh:
            path.unlink()
    for name in fresh:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
    exchange.at_once([partial(_bring_one, at, root / name, wanted[name]) for name in fresh])
    state = {name: [one.etag, one.byte_count] for name, one in wanted.items() if (root / name).is_file()}
    write_whole(folder / STATE, json.dumps(state).encode())
    return root


def require_objects(at: Address) -> list[Object]:
    """Every object below the address. Raises BadUsage where there is none."""
    found = list(objects.listed(at))
    if not found:
        step = "Check the address. An inbox that is empty on purpose needs one object below it, such as a folder's mark."
        raise BadUsage("there is no object below this inbox", str(at), step)
    return found


def _bring_one(at: Address, target: Path, one: Object) -> None:
    beside = target.with_name(f".{hashlib.sha256(target.name.encode()).hexdigest()[:DIGITS]}.new")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    if not objects.fetch(at, one.path, beside, one.etag):
        beside.unlink()
        return
    os.utime(beside, (one.written.timestamp(), one.written.timestamp()))  # an object is whole once it is listed: nothing to wait for
    os.replace(beside, target)


def local_names(paths: list[str]) -> list[str]:
    """A file's name for each object: its own path below the inbox, but where no file can have that name beside the others."""
    folders = {parent.as_posix() for path in paths for parent in PurePosixPath(path).parents}
    return [path if _is_plain(path) and path not in folders else _other_name(path) for path in paths]


def _is_plain(path: str) -> bool:
    return all(part not in ("", ".", "..") and "\0" not in part and len(part.encode()) <= LONGEST for part in path.split("/"))


def _other_name(path: str) -> str:
    """Told apart by a hash of the key; the end stays, for what it says of the kind."""
    place = PurePosixPath(path.replace("\0", ""))
    suffix = place.suffix if len(place.suffix) <= DIGITS else ""
    return f"{place.stem[:40]}~{hashlib.sha256(path.encode()).hexdigest()[:DIGITS]}{suffix}"


def _state(folder: Path) -> dict[str, list[object]]:
    """ETag and size of what was fetched, by name; nothing where that is not known."""
    try:
        return dict(json.loads((folder / STATE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}
