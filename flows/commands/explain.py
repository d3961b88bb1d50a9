"""`altbenefit explain`: one finding, and where it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store


@click.command()
@click.argument("line_id")
@click.option("--store", required=True, type=PLACE, help="The store.")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration that lies over the shipped one, for the rule's source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@on_store("lake/claims/", "lake/payments/", "lake/adjustments/", "review/")
def explain(line_id: str, store: Path, config: Path | None, as_json: bool) -> int:
    """One finding: every signal, every number, and the file and segment it came from."""
    from flows.explaining import explanation

    facts = explanation(store, line_id, config)
    if as_json:
        click.echo(json.dumps(facts, default=str))
        return 0
    width = max(len(row["value"]) for rows in facts.values() for row in rows if len(row["value"]) < 24)
    for heading, rows in facts.items():
        click.echo(heading)
        for row in rows:
            click.echo(f"  {row['name']:28} {row['value']:>{width}}  {row['how']}".rstrip())
    return 0
