"""`altbenefit doctor`: is everything in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.remote.address import PLACE, Address, Place

if TYPE_CHECKING:
    from flows.check import Check

PATH = click.Path(path_type=Path)


@click.command()
@click.option("--store", type=PLACE, envvar="ALTBENEFIT_STORE", help="The store.")
@click.option("--inbox", type=PLACE, envvar="ALTBENEFIT_INBOX", help="The inbox.")
@click.option("--config", type=PATH, envvar="ALTBENEFIT_CONFIG", help="Folder whose files lie over the shipped configuration.")
@click.option("--send-test", is_flag=True, help="Send one message to each destination: mail, webhook, dead-man ping.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(store: Place | None, inbox: Place | None, config: Path | None, send_test: bool, as_json: bool) -> int:
    """Checks configuration, versions, clock, time zone, schedules, notices, disk, permissions, key and lock; says what to do.

    Ends with 0, or 2 where something is wrong.
    """
    from flows.checkup import checkup

    on_s3 = [place if isinstance(place, Address) else None for place in (store, inbox)]
    of_storage, root = _of_storage(*on_s3) if any(on_s3) else ([], None)
    root = store if isinstance(store, Path) else root
    found = [*checkup(root, inbox if isinstance(inbox, Path) else None, config, send_test), *of_storage]
    click.echo(json.dumps([check.__dict__ for check in found]) if as_json else "\n".join(_words(check) for check in found))
    return 0 if all(check.is_ok for check in found) else 2


def _of_storage(store: Address | None, inbox: Address | None) -> tuple[list[Check], Path | None]:
    """The checks of object storage, and the copy of the store that this machine has."""
    from flows.remote.checkup import checks, copy_of

    return list(checks(store, inbox)), copy_of(store) if store else None


def _words(check: Check) -> str:
    """One line, and below it what to do or to know."""
    if not check.is_ok:
        return f"BAD  {check.name}: {check.fact}\n     next: {check.next_step}"
    return f"ok   {check.name}: {check.fact}" + (f"\n     note: {check.note}" if check.note else "")
