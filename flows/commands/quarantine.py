"""`altbenefit quarantine`: what could not be used."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store, on_whole_store

STORE = click.option("--store", required=True, type=PLACE, help="The store.")


@click.group()
def quarantine() -> None:
    """What could not be used and why: list it, look at it, release it, or dismiss it."""


@quarantine.command("list")
@STORE
@click.option("--all", "every", is_flag=True, help="Settled items too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@on_store("quarantine/items/", "quarantine/decisions")
def list_items(store: Path, every: bool, as_json: bool) -> int:
    """Open items, dearest first: file and place, claims and dollars at stake, age, the reason, and what to do."""
    from flows import quarantine as inbox
    from flows.quarantine_words import in_words, total_of
    from flows.store import read_manifest
    from flows.tell import print_rows

    require_store(store)
    found = inbox.listed(store, read_manifest(store), every, date.today())
    if as_json:
        print_rows(found, as_json)
        return 0
    for item in found.iter_rows(named=True):
        click.echo("\n".join(in_words(item)))
    click.echo(total_of(found, store, every), err=True)
    return 0


@quarantine.command()
@click.argument("quarantine_id")
@STORE
@on_store("quarantine/")
def show(quarantine_id: str, store: Path) -> int:
    """One item, whole: every fact, where its bytes are kept, who settled it, and the commands that settle it."""
    import polars as pl

    from flows import kept
    from flows import quarantine as inbox
    from flows.quarantine_words import ways_out
    from flows.store import read_manifest
    from flows.tell import as_words

    require_store(store)
    item = inbox.item(store, read_manifest(store), quarantine_id)
    path = store / kept.path_of(item["file_id"])
    facts = item | {"age_days": (date.today() - item["since"]).days, "bytes": path if path.exists() else "not kept; see the inbox"}
    for name, value in facts.items():
        click.echo(f"{name:18} {as_words(value)}")
    for taken in inbox.notes(store).filter(pl.col("quarantine_id") == quarantine_id).iter_rows(named=True):
        why = f": {as_words(taken['reason'])}" if taken["reason"] else ""
        click.echo(f"{taken['decision']:18} {taken['decided_on']} by {as_words(taken['by'])}{why}")
    for way in ways_out(item, store, is_kept=path.exists()):
        click.echo(way)
    return 0


def _settles(command: Callable[..., int]) -> Callable[..., int]:
    """What release and dismiss are both told."""
    for told in (
        click.option("--by", help="Who decides; default the user."),
        click.option("--reason", default="", help="Why; kept with the decision. No patient data."),
        STORE,
        click.argument("quarantine_id"),
        quarantine.command(),
    ):
        command = told(command)
    return command


@_settles
@click.option("--config", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The audit's configuration, for its layouts.")
@on_whole_store
def release(quarantine_id: str, store: Path, reason: str, by: str | None, config: Path | None) -> int:
    """Use the claim or payment in spite of the fault, from the bytes kept. It counts from the next audit on."""
    from flows import keyfile, retake
    from flows import quarantine as inbox
    from flows.exports import rules_in
    from flows.lock import hold
    from flows.store import read_manifest
    from flows.upgrade import prepare

    require_store(store)
    with hold(store):
        prepare(store)
        manifest = read_manifest(store)
        key = keyfile.read_key(store, manifest)
        count = retake.release(store, manifest, quarantine_id, key or b"", date.today(), rules_in(config))
        inbox.note(store, quarantine_id, inbox.RELEASED, reason, date.today(), by or getpass.getuser())
    click.echo(f"{quarantine_id}: released, {count} claims came in. Run altbenefit audit to publish.")
    return 0


@_settles
@on_whole_store
def dismiss(quarantine_id: str, store: Path, reason: str, by: str | None) -> int:
    """Settle an item without using it; a dismissal survives reruns."""
    from flows import quarantine as inbox
    from flows.lock import hold
    from flows.store import commit, read_manifest
    from flows.upgrade import prepare

    require_store(store)
    with hold(store):
        prepare(store)
        manifest = read_manifest(store)
        inbox.item(store, manifest, quarantine_id)
        commit(store, manifest, inbox.with_status(store, manifest, quarantine_id, inbox.DISMISSED))
        inbox.note(store, quarantine_id, inbox.DISMISSED, reason, date.today(), by or getpass.getuser())
    click.echo(f"{quarantine_id}: dismissed.")
    return 0


def require_store(store: Path) -> None:
    """A command that settles something never makes a store."""
    from flows.errors import BadUsage

    if not store.is_dir():
        raise BadUsage("there is no store here", str(store), "Check the path given as --store.")
