"""`altbenefit doctor`: is everything in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.check import Check

PATH = click.Path(path_type=Path)


@click.command()
@click.option("--store", type=PATH, envvar="ALTBENEFIT_STORE", help="The store.")
@click.option("--inbox", type=PATH, envvar="ALTBENEFIT_INBOX", help="The inbox.")
@click.option("--config", type=PATH, envvar="ALTBENEFIT_CONFIG", help="Folder whose files lie over the shipped configuration.")
@click.option("--send-test", is_flag=True, help="Send one message to each destination: mail, webhook, dead-man ping.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(store: Path | None, inbox: Path | None, config: Path | None, send_test: bool, as_json: bool) -> int:
    """Checks configuration, versions, clock, time zone, schedules, notices, disk, permissions, key and lock; says what to do.

    Ends with 0, or 2 where something is wrong.
    """
    from flows.checkup import checkup

    found = checkup(store, inbox, config, send_test)
    click.echo(json.dumps([check.__dict__ for check in found]) if as_json else "\n".join(_words(check) for check in found))
    return 0 if all(check.is_ok for check in found) else 2


def _words(check: Check) -> str:
    """One line, and below it what to do or to know."""
    if not check.is_ok:
        return f"BAD  {check.name}: {check.fact}\n     next: {check.next_step}"
    return f"ok   {check.name}: {check.fact}" + (f"\n     note: {check.note}" if check.note else "")
