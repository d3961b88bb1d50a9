"""What `doctor` looks at on object storage: is it reached, is every object there that the index names. Nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from flows.check import Check
from flows.errors import Failure
from flows.remote import cache, copy, exchange, index, objects
from flows.remote.address import Address
from flows.remote.places import KEY_FILE


def checks(store: Address | None, inbox: Address | None) -> Iterator[Check]:
    """For the places that are addresses."""
    if inbox:
        yield from _told("inbox", lambda: _inbox(inbox))
    if store:
        yield from _told("object storage", lambda: _store(store))
        fact = f"{KEY_FILE} is {'' if os.environ.get(KEY_FILE) else 'not '}set"
        yield Check("key", bool(os.environ.get(KEY_FILE)), fact, "Set it to a file that is kept and backed up; the bucket never holds it.")


def copy_of(store: Address) -> Path | None:
    """This machine's copy, as the last run left it; None where there is none yet."""
    try:
        root = cache.folder_of(store, "store") / copy.TREE
    except Failure:
        return None
    return root if root.exists() else None


def _told(name: str, look: Callable[[], Check]) -> Iterator[Check]:
    try:
        yield look()
    except Failure as why:
        yield Check(name, False, f"{why.cause} ({why.file})", why.next_step)


def _inbox(inbox: Address) -> Check:
    count = sum(1 for one in objects.listed(inbox) if not one.path.endswith("/"))
    return Check("inbox", True, f"{inbox} can be listed: {count:,} objects")


def _store(store: Address) -> Check:
    held = exchange.look(store)
    if held.etag is None:
        return Check("object storage", True, f"{store} is reached; no store is there yet")
    named = {index.key_of(path, one): one.byte_count for path, one in held.index.entries.items()}
    found = {one.path: one.byte_count for one in objects.listed(store)}
    missing = [key for key, size in named.items() if found.get(key) != size]
    fact = f"{store}: {len(named):,} objects, " + (f"{len(missing):,} missing or cut" if missing else "all there")
    step = "Restore them from your backup or their earlier versions, or remove the store's prefix and audit the inbox anew."
    return Check("object storage", not missing, fact, step)
