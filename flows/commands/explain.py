"""`altbenefit explain`: one finding, and where it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("line_id")
@click.option("--store", required=True, type=click.Path(path_type=Path), help="The store.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain(line_id: str, store: Path, as_json: bool) -> int:
    """One finding: every signal, every number, and the file and segment it came from."""
    from flows.explaining import explanation

    facts = explanation(store, line_id)
    if as_json:
        click.echo(json.dumps(facts, default=str))
        return 0
    for heading, rows in facts.items():
        click.echo(heading)
        for row in rows:
            click.echo(f"  {row['name']:40} {row['value']}   {row['meaning']}".rstrip())
    return 0
