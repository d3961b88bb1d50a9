"""`altbenefit packet`: the negotiation packet for one payer."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store

if TYPE_CHECKING:
    from flows.packet.write import Written


@click.command()
@click.option("--store", required=True, type=PLACE, help="The store; what it has published is read.")
@click.option("--config", type=click.Path(path_type=Path), help="Your configuration folder: increases and market_fees/.")
@click.option("--payer", "payer_id", required=True, help="The payer's id, as in payers.yaml and the ranking.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the packet; new, empty, or an earlier packet. Default: packet-PAYER here."
)
@click.option("--increase", default="15", show_default=True, help="What to ask for every code: a percentage, or parity.")
@click.option(
    "--ask",
    "asked",
    multiple=True,
    metavar="CODE=VALUE",
    help="What to ask for one code: D2150=152.00, D2150=15%, D2150=parity. May be repeated.",
)
@click.option(
    "--asked",
    "asked_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The same for many: a CSV of procedure_code,asked.",
)
@click.option("--tiers", default="1,2", show_default=True, help="Evidence tiers to rest on.")
@click.option(
    "--name-comparators", "is_named", is_flag=True, help="Name the other payers whose fees are compared; they are masked otherwise."
)
@click.option("--no-comparators", is_flag=True, help="Leave other payers' fees out.")
@click.option("--paper", default="letter", show_default=True, type=click.Choice(["letter", "a4"]), help="Paper of PDF, print and DOCX.")
@click.option(
    "--date",
    "letter_date",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Date of the letter. Default: the day the figures end on.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@on_store()
def packet(
    store: Path, config: Path | None, payer_id: str, out: Path | None, increase: str, asked: tuple[str, ...], asked_file: Path | None,
    tiers: str, is_named: bool, no_comparators: bool, paper: str, letter_date: datetime | None, as_json: bool,
) -> int:  # fmt: skip
    """Negotiation packet for one payer: letter and evidence as HTML, PDF and DOCX, without patient identifiers."""
    from flows.packet.wishes import general_wish, own_wishes
    from flows.packet.write import Order, write_packet

    day = letter_date.date() if letter_date else None
    wishes = general_wish(increase), own_wishes(asked, asked_file)
    order = Order(store, config, payer_id, out, _tiers(tiers), *wishes, is_named, not no_comparators, paper, day)
    written = write_packet(order)
    if as_json:
        click.echo(json.dumps(_facts(written)))
    else:
        _tell(written)
    if written.pdf_missing:
        click.echo(f"altbenefit: {written.pdf_missing}", err=True)
    return 0


def _tiers(text: str) -> tuple[int, ...]:
    from flows.errors import BadUsage

    found = sorted({part.strip() for part in text.split(",")})
    if not found or any(part not in {"1", "2", "3", "4"} for part in found):
        raise BadUsage(f"--tiers {text!r} are not evidence tiers", next_step="Write tiers of 1 to 4, such as 1,2.")
    return tuple(int(part) for part in found)


def _tell(written: Written) -> None:
    from flows.packet.blocks import cents, dollars

    totals, asks = written.figures.totals or {}, written.figures.asks
    click.echo(f"{written.facts.payer_name}: {totals['patient_count']:,} patients were left with {cents(totals['surprise_cents'])}.")
    for row in asks.iter_rows(named=True):
        is_patients = row["borne_by"] == "patient"
        worth = f"relief {dollars(row['patient_saving'])}" if is_patients else f"to the practice {dollars(row['practice_gain'])}"
        fees = f"{dollars(row['current_fee'])} today, ask {dollars(row['asked_fee'])}"
        click.echo(f"  {row['alternate_code']}: {fees}: {worth}, cost to the plan {dollars(row['plan_cost'])}")
    click.echo(f"To send:     {written.folder / 'send'} (read it first; blanks are in [brackets])")
    click.echo(f"To keep:     {written.folder / 'keep/notes.txt'} ({len(written.notes)} notes on where the evidence is thin)")


def _facts(written: Written) -> dict[str, object]:
    from decimal import Decimal

    from flows.tell import plain_rows

    totals = dict(written.figures.totals or {})
    counts = {name: totals[name] for name in ("line_count", "claim_count", "patient_count")}
    in_cents = [name for name in totals if name.endswith("_cents")]
    money = {f"{name.removesuffix('_cents')}_amount": str(Decimal(totals[name]).scaleb(-2)) for name in in_cents}
    return {
        "folder": str(written.folder), "files": list(written.files), "payer_id": written.facts.payer_id, **counts, **money,
        "asks": plain_rows(written.figures.asks), "ranks": plain_rows(written.figures.ranks),
        "notes": list(written.notes), "has_pdf": written.pdf_missing is None,
    }  # fmt: skip
