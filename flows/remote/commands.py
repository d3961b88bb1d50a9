"""Commands that read a store, or add a note to it, where `--store` is an address: they get a folder with what they need."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flows.errors import Failure
from flows.remote import names
from flows.remote.address import Address, Place
from flows.remote.places import NOWHERE

if TYPE_CHECKING:
    from flows.remote.view import View, Wanted

Result = TypeVar("Result")
More = Callable[["View", dict[str, Any]], None]


def on_store(
    *folders: str, is_giving: bool = False, is_told_at_once: bool = False, more: More | None = None
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """For a command whose `store` may be an address: the current publication and these folders are brought for it.

    With `is_giving` what the command adds is published, and what it says is said once that is done. `more` brings what can only
    be known from what was brought.
    """

    def wrap(command: Callable[..., Result]) -> Callable[..., Result]:
        @functools.wraps(command)
        def run(*args: Any, store: Place, **given: Any) -> Result:
            if isinstance(store, Path):
                return command(*args, store=store, **given)
            saying = _at_once() if is_told_at_once else _afterwards()
            with saying, ExitStack() as stack:
                with _telling(store, given):
                    made = stack.enter_context(_view(store, folders))
                    if more and made.held.etag:
                        more(made, given)
                code = command(*args, store=made.root, **given)
                if is_giving:
                    with _telling(store, given):
                        _give(made)
                return code

        return run

    return wrap


def on_whole_store(command: Callable[..., Result]) -> Callable[..., Result]:
    """For a command that settles something in the lake: it works on the whole store, as a night does."""

    @functools.wraps(command)
    def run(*args: Any, store: Place, **given: Any) -> Result:
        if isinstance(store, Path):
            return command(*args, store=store, **given)
        from flows.remote.places import at_hand

        with _afterwards(), at_hand(NOWHERE, store, is_giving=not given.get("dry_run")) as places:
            return places.within(lambda: command(*args, store=places.store, **given))

    return run


@contextmanager
def _telling(store: Address, given: dict[str, Any]) -> Iterator[None]:
    """Whoever hears of a failed report hears too that object storage kept one that is due from being written."""
    try:
        yield
    except Failure as why:
        if given.get("due"):
            from flows.logs import silent
            from flows.notify.notices import failed
            from flows.unattended import teller_of

            names.show(NOWHERE, str(store))
            teller = teller_of(lambda text: click.echo(text, err=True), silent)
            teller.send(failed(why, f"{datetime.now(UTC):%Y-%m-%d}", NOWHERE, "weekly report"))
        raise


@contextmanager
def _view(store: Address, folders: tuple[str, ...]) -> Iterator[View]:
    from flows.remote import cache
    from flows.remote.view import view

    def wanted(made: View) -> Wanted:
        return lambda path: path.startswith((*folders, made.publication))

    with view(store, cache.folder_of(store, "view"), wanted) as made:
        names.show(made.root, str(store))
        yield made


def _give(made: View) -> None:
    """Publish, and from then on name what was added by its object."""
    from flows.remote.index import changes, key_of
    from flows.remote.view import give

    held = give(made)
    for path in changes(made.held.index, held.index) & held.index.entries.keys():
        names.show(made.root / path, made.at.url(key_of(path, held.index.entries[path])))


@contextmanager
def _afterwards() -> Iterator[None]:
    """Keep what is said until all is done, and name addresses in it instead of paths of the cache. Of a failure only warnings stay."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            yield
    finally:
        click.echo(names.told(err.getvalue()), nl=False, err=True)
    click.echo(names.told(out.getvalue()), nl=False)


@contextmanager
def _at_once() -> Iterator[None]:
    yield
