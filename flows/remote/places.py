"""Store and inbox of a run at hand: folders as they are, or copies of what lies on object storage, given back at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from flows.errors import BadUsage, Failure, GateFailed
from flows.remote import names
from flows.remote.address import Address, Place

Result = TypeVar("Result")
NOWHERE = Path(os.devnull)  # a place that could not be brought
KEY_FILE = "ALTBENEFIT_KEY_FILE"


@dataclass(frozen=True)
class Places:
    """Folders that a run works on. `fault`: why they could not be brought; the run's own act tells it."""

    inbox: Path
    store: Path
    at: Address | None = None
    folder: Path = NOWHERE
    fault: Failure | None = None
    arriving: Address | None = None

    def within(self, act: Callable[[], Result]) -> Result:
        """What `act` returns, once what it did to the store can be seen by all. A gate's page is given as well."""
        if self.fault:
            raise self.fault
        try:
            result = act()
        except GateFailed:
            self.give()
            raise
        self.give()
        return result

    def named(self, files: Iterable[Place]) -> tuple[Path, ...]:
        """Files that a person named; an object of the inbox is its copy."""
        return tuple(one if isinstance(one, Path) else self._copy_of(one) for one in files)

    def _copy_of(self, one: Address) -> Path:
        start = f"{self.arriving}/" if self.arriving else ""
        if not start or not str(one).startswith(start):
            raise BadUsage("this object is not in the inbox", str(one), "Name an object below --inbox, or a file of this machine.")
        return self.inbox / str(one).removeprefix(start)

    def give(self) -> None:
        """Publish what the copy holds; nothing where the store is a folder or nothing changed."""
        if self.at is None:
            return
        from flows.remote import copy, exchange

        before = copy.kept(self.at, self.folder)
        after = copy.give(before)
        if after.held.etag != before.held.etag:
            try:
                exchange.sweep(self.at, after.held)
            except Failure as why:  # published is published; what is left over costs a little room
                click.echo(f"altbenefit: objects that nothing names were not removed: {why.cause}", err=True)


@contextmanager
def at_hand(inbox: Place, store: Place, is_giving: bool = True) -> Iterator[Places]:
    """Folders for both, held for as long as the run lasts; what the run added after `within` (a note) is given at the end.

    Folders are passed on as they are. A fault is kept for `within`, so that whoever is told of failures hears of it.
    """
    with ExitStack() as stack:
        try:
            where = inbox if isinstance(inbox, Address) else None
            found = Places(_inbox(inbox, stack), *_store(store, stack, is_giving), arriving=where)
        except Failure as why:
            found = Places(NOWHERE / "inbox", NOWHERE, fault=why)
            names.show(found.inbox, str(inbox))
            names.show(NOWHERE, str(store))
        yield found
        if is_giving and not found.fault:
            found.give()


def _store(store: Place, stack: ExitStack, is_giving: bool) -> tuple[Path, Address | None, Path]:
    if isinstance(store, Path):
        return store, None, NOWHERE
    if is_giving:
        require_key_file(store)
    from flows.remote import cache, copy

    folder = cache.folder_of(store, "store")
    names.show(folder / copy.TREE, str(store))
    stack.enter_context(cache.alone(folder, store))
    return copy.bring(store, folder).root, store if is_giving else None, folder


def _inbox(inbox: Place, stack: ExitStack) -> Path:
    if isinstance(inbox, Path):
        return inbox
    from flows.remote import cache
    from flows.remote import inbox as arriving

    folder = cache.folder_of(inbox, "inbox")
    names.show(folder / arriving.TREE, str(inbox))
    stack.enter_context(cache.alone(folder, inbox))
    return arriving.bring(inbox, folder)


def require_key_file(store: Address) -> None:
    """Raises BadUsage where the key would have to lie in the bucket, beside the tokens it makes, or in a cache that may be lost."""
    if not os.environ.get(KEY_FILE):
        step = f"Set {KEY_FILE} to a file that is kept and backed up; the first run makes it."
        raise BadUsage("a store on object storage keeps its key elsewhere", str(store), step)
