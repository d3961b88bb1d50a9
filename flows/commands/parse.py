"""`altbenefit parse`: the remittance tables as read."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the tables.")
@click.option("--format", "form", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def parse(paths: tuple[Path, ...], out: Path, form: str, as_json: bool) -> int:
    """The remittance tables exactly as read from files or folders: control numbers and member ids as sent, nothing gated.

    Ends with 0, or 3 where something could not be read (see the table quarantine).
    """
    from flows.inbox import named
    from flows.parsing import parse as run_parse

    parsed = run_parse(named(paths), out, form, date.today())
    facts = asdict(parsed)
    click.echo(json.dumps(facts) if as_json else ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in facts.items()))
    return 3 if parsed.faults else 0
