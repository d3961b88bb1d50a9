"""`altbenefit share`: the de-identified pack for a consultant."""

from __future__ import annotations

import json
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store

USUAL_MINIMUM = 11


@click.command()
@click.option("--store", required=True, type=PLACE, help="The store; what it has published is read.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the pack; new, empty, or an earlier pack.")
@click.option(
    "--min-cell", default=USUAL_MINIMUM, show_default=True, type=click.IntRange(2), help="Fewest patients and claims a shown cell has."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@on_store()
def share(store: Path, out: Path, min_cell: int, as_json: bool) -> int:
    """De-identified pack for a consultant: no lines, no patients, small cells suppressed, no dates finer than the month."""
    from flows.share import write_pack

    pack = write_pack(store, out, min_cell)
    if min_cell < USUAL_MINIMUM:
        click.echo(f"Cells of fewer than {USUAL_MINIMUM} patients are shown: agree on that with whoever answers for privacy.", err=True)
    if as_json:
        click.echo(json.dumps({"folder": str(pack.folder), "min_cell": min_cell, "rows": pack.rows, "suppressed": pack.suppressed}))
        return 0
    for name, count in pack.rows.items():
        click.echo(f"{name}: {count} rows, {pack.suppressed[name]} of them suppressed")
    click.echo(f"The pack: {out} (start with README.txt)")
    return 0
