"""A folder with only those parts of a store that a command reads, made for it and thrown away after it.

Lake and published files are kept in the cache by key, so that the next command fetches only what is new. What a command adds
(a decision, a weekly report) is given back like the work of a run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flows.errors import StoreDamaged
from flows.remote import exchange, files, index
from flows.remote.address import Address
from flows.remote.exchange import Held, Replaced
from flows.remote.index import Index

POOL, VIEWS = "objects", "views"
KEPT = ("lake/", "reports/history/")  # large, never changed, and read again tomorrow
KEPT_SECONDS = 8 * 86_400.0  # what no command read for longer goes
Wanted = Callable[[str], bool]


@dataclass(frozen=True)
class View:
    """The store as it was looked at, and the folder in which parts of it lie."""

    at: Address
    held: Held
    root: Path
    pool: Path

    @property
    def publication(self) -> str:
        """The folder of the current publication, below the store."""
        return f"reports/{self.held.index.current}/"


@contextmanager
def view(at: Address, folder: Path, wanted: Callable[[View], Wanted]) -> Iterator[View]:
    """A folder with every file of the store that is wanted; it is gone when the command ends."""
    (folder / VIEWS).mkdir(exist_ok=True)
    for _ in range(exchange.TRIES):
        with tempfile.TemporaryDirectory(dir=folder / VIEWS) as scratch, suppress(Replaced):
            made = View(at, exchange.look(at), Path(scratch) / "store", folder / POOL)
            if made.held.etag:
                made.root.mkdir()
            bring(made, wanted(made))
            yield made
            _tidy(folder)
            return
    raise exchange.restless(at)


def bring(made: View, is_wanted: Wanted) -> None:
    """Bring what is wanted and not there yet. Small files at the store's top always come."""
    needed = {path: one for path, one in made.held.index.entries.items() if "/" not in path or is_wanted(path)}
    missing = {path: one for path, one in needed.items() if not (made.root / path).exists()}
    kept = {path: one for path, one in missing.items() if path.startswith(KEPT) and not one.is_private}
    fresh = {path: one for path, one in kept.items() if not (made.pool / index.key_of(path, one)).exists()}
    exchange.bring(made.at, made.pool, fresh, is_by_key=True)
    for path, one in kept.items():
        _link(made.pool / index.key_of(path, one), made.root / path, made.at)
    exchange.bring(made.at, made.root, {path: one for path, one in missing.items() if path not in kept})
    if any(path.startswith(made.publication) for path in needed):
        files.point(made.root, made.held.index.current)


def _link(kept: Path, target: Path, at: Address) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(kept, target)
        os.utime(target)  # when it was last read
    except FileNotFoundError:
        raise StoreDamaged("a file vanished from the cache", str(at), "Run the command again.") from None


def give(made: View) -> Held:
    """Publish what the command added or changed, and what it took from a week's report; what it did not have stays as it is."""
    had, have = made.held.index.entries, files.indexed(made.root, Index(), {}).entries
    gone = {path for path in had if path.startswith("weekly/") and path not in have and (made.root / path).parent.exists()}
    mine = Index({path: one for path, one in (had | have).items() if path not in gone}, made.held.index.current)
    return exchange.publish(made.at, made.root, made.held, mine)


def _tidy(folder: Path) -> None:
    """Let go of what nobody read for a week."""
    since = time.time() - KEPT_SECONDS
    for path in [path for path in (folder / POOL).rglob("*") if path.is_file()]:
        with suppress(OSError):
            if path.stat().st_nlink == 1 and path.stat().st_mtime < since:
                path.unlink()
    for left in (folder / VIEWS).iterdir():
        with suppress(OSError):
            if left.stat().st_mtime < since:
                shutil.rmtree(left)
