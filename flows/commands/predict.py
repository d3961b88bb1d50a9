"""`altbenefit predict`: what a payer is likely to downgrade, to warn a patient before the visit."""

from __future__ import annotations

import json
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store


@click.command()
@click.option("--store", required=True, type=PLACE, help="The store; what it has published is read.")
@click.option("--payer", "payers", multiple=True, help="Only this payer's id. May be repeated.")
@click.option("--code", "codes", multiple=True, help="Only this procedure, such as D2392. May be repeated.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write predicted_downgrades.csv and open_dental_substitutions.csv here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@on_store()
def predict(store: Path, payers: tuple[str, ...], codes: tuple[str, ...], out: Path | None, as_json: bool) -> int:
    """Before the visit: how likely a payer is to downgrade a procedure, and what that usually leaves to the patient."""
    from flows.predictions import predictions, write_predictions
    from flows.tell import plain_rows, print_rows

    found = predictions(store, payers, codes)
    written = write_predictions(found, out) if out else []
    if as_json:
        click.echo(json.dumps({"predictions": plain_rows(found), "files": [str(path) for path in written]}))
        return 0
    shown = {
        "payer": "payer_id", "code": "submitted_code", "paid_as": "paid_code", "chance_pct": "probability_pct",
        "at_least": "probability_low_pct", "at_most": "probability_high_pct", "usually": "typical_surprise_balance",
        "from": "low_surprise_balance", "to": "high_surprise_balance", "downgraded": "downgraded_line_count",
        "of_lines": "eligible_line_count", "few": "is_small",
    }  # fmt: skip
    print_rows(found.select(**shown), as_json=False)
    for path in written:
        click.echo(f"Written: {path}")
    return 0
