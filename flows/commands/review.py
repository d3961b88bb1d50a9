"""`altbenefit review`: findings that need a person."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store

STORE = click.option("--store", required=True, type=PLACE, help="The store.")


@click.group()
def review() -> None:
    """Findings that need a person: list them, confirm or reject them, take a decision back."""


@review.command("list")
@STORE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@on_store()
def list_findings(store: Path, as_json: bool) -> int:
    """What waits for a decision, dearest first."""
    from flows.published import review_queue
    from flows.tell import print_rows

    print_rows(review_queue(store), as_json)
    return 0


def _decision(command: Callable[..., int]) -> Callable[..., int]:
    """What confirm and reject are both told."""
    for told in (
        click.option("--undo", is_flag=True, help="Take an earlier decision back."),
        click.option("--by", help="Who decides; default the user."),
        click.option("--reason", default="", help="Why; kept with the decision. No patient data."),
        STORE,
        click.argument("line_id"),
    ):
        command = told(command)
    return command


@on_store("review/", is_giving=True)
def _decide(line_id: str, store: Path, decision: str, reason: str, undo: bool, by: str | None) -> int:
    from flows import review as decisions
    from flows.lock import hold
    from flows.published import require_line

    require_line(store, line_id)
    with hold(store):
        decisions.decide(store, line_id, "undone" if undo else decision, reason, date.today(), by or getpass.getuser())
    word = "decision taken back" if undo else decision
    click.echo(f"{line_id}: {word}. It counts from the next audit on (altbenefit audit).")
    return 0


@review.command()
@_decision
def confirm(line_id: str, store: Path, reason: str, by: str | None, undo: bool) -> int:
    """It is a downgrade: it becomes a counted finding."""
    return _decide(line_id, store=store, decision="confirmed", reason=reason, undo=undo, by=by)


@review.command()
@_decision
def reject(line_id: str, store: Path, reason: str, by: str | None, undo: bool) -> int:
    """It is no downgrade: it leaves the queue."""
    return _decide(line_id, store=store, decision="rejected", reason=reason, undo=undo, by=by)
