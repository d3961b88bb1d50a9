"""`altbenefit payers`: who the payers are, and who an unknown one may be."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store

STORE = click.option("--store", required=True, type=PLACE, help="The store.")
CONFIG = click.option(
    "--config", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The practice's own configuration; the decision is kept in its payer_aliases.csv.",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def payers() -> None:
    """Payers: list them, see who an unmapped one may be, confirm it or hold the two apart."""


@payers.command("list")
@STORE
@JSON
@on_store()
def list_payers(store: Path, as_json: bool) -> int:
    """Every payer of the last publication, dearest first: its names, who pays for it, and why it is not mapped."""
    from flows.payer_words import known_and_unknown
    from flows.tell import print_rows

    print_rows(known_and_unknown(store), as_json)
    return 0


@payers.command()
@click.argument("unmapped_payer_id", required=False)
@STORE
@JSON
@on_store()
def suggest(unmapped_payer_id: str | None, store: Path, as_json: bool) -> int:
    """Who each unmapped payer may be, and why. With an id: the lines of payers.yaml that would name it."""
    import polars as pl

    from flows.payer_words import suggested, unmapped_row, yaml_lines
    from flows.tell import plain_rows, print_rows

    if unmapped_payer_id is None:
        print_rows(suggested(store), as_json)
        if not as_json:
            click.echo("The lines that payers.yaml would need for one of them: altbenefit payers suggest UNMAPPED_PAYER_ID", err=True)
        return 0
    row = unmapped_row(store, unmapped_payer_id)
    found = suggested(store).filter(pl.col("unmapped_payer_id") == unmapped_payer_id)
    lines = yaml_lines(row, found.get_column("may_be").drop_nulls().to_list())
    if as_json:
        click.echo(json.dumps({"suggestions": plain_rows(found), "own_keys": row["own_keys"], "payers_yaml": lines}))
    else:
        print_rows(found, as_json=False)
        click.echo(f"\n{lines}")
    return 0


def _decision(command: Callable[..., int]) -> Callable[..., int]:
    """What confirm and reject are both told."""
    for told in (
        click.option("--undo", is_flag=True, help="Take the decision back; PAYER_ID may be left out."),
        click.option("--by", help="Who decides; default the user."),
        click.option("--reason", default="", help="Why; kept with the decision."),
        CONFIG, STORE,
        click.argument("payer_id", required=False),
        click.argument("unmapped_payer_id"),
    ):  # fmt: skip
        command = told(command)
    return command


@payers.command()
@_decision
def confirm(unmapped_payer_id: str, payer_id: str | None, store: Path, config: Path, reason: str, by: str | None, undo: bool) -> int:
    """UNMAPPED_PAYER_ID is PAYER_ID of payers.yaml: what it alone sends means that payer from the next audit on."""
    return _decide("confirmed", unmapped_payer_id, payer_id, store=store, config=config, reason=reason, by=by, undo=undo)


@payers.command()
@_decision
def reject(unmapped_payer_id: str, payer_id: str | None, store: Path, config: Path, reason: str, by: str | None, undo: bool) -> int:
    """UNMAPPED_PAYER_ID is another company than PAYER_ID: it is suggested no more."""
    return _decide("rejected", unmapped_payer_id, payer_id, store=store, config=config, reason=reason, by=by, undo=undo)


@on_store()
def _decide(
    decision: str, unmapped_payer_id: str, payer_id: str | None, store: Path, config: Path, reason: str, by: str | None, undo: bool
) -> int:
    from config.confirmed import FILE
    from flows import payer_aliases
    from flows.clock import business_date
    from flows.lock import hold
    from flows.payer_words import require_keys, unmapped_row

    if payer_id is None and not undo:
        raise click.UsageError("Name the payer of payers.yaml that it is, or is not.")
    on, who = business_date(config), by or getpass.getuser()
    with hold(store):
        if undo:
            rows = payer_aliases.take_back(config, unmapped_payer_id, decision, on, who)
        elif decision == "confirmed":
            keys = require_keys(unmapped_row(store, unmapped_payer_id), store)
            rows = payer_aliases.confirm(config, unmapped_payer_id, str(payer_id), keys, reason, on, who)
        else:
            unmapped_row(store, unmapped_payer_id)
            rows = payer_aliases.reject(config, unmapped_payer_id, str(payer_id), reason, on, who)
    word = "taken back" if undo else decision
    for row in rows:
        what = f"{row['kind']} {row['value']} means {row['payer_id']}" if row["kind"] else f"is not {row['payer_id']}"
        click.echo(f"{unmapped_payer_id}: {what}: {word}")
    click.echo(f"Kept in {config / FILE}. It counts from the next audit on (altbenefit audit).")
    return 0
