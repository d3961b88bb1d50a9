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
@click.option("--format", "form", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True, help="Form of the tables.")
@click.option("--config", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder whose layouts lie over the defaults.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def parse(paths: tuple[Path, ...], out: Path, form: str, config: Path | None, as_json: bool) -> int:
    """The remittance tables exactly as read from files or folders: control numbers and member ids as sent, nothing gated.

    Ends with 0, or 3 where something could not be read. What and why is in the table quarantine; what was read with a warning,
    such as an unknown column or a total that its lines do not come to, is in the table warnings. Both are printed as well.
    """
    from flows.exports import rules_in
    from flows.inbox import named
    from flows.parsed import said
    from flows.parsing import parse as run_parse

    parsed = run_parse(named(paths), out, form, date.today(), rules_in(config))
    for line in said(out, form):
        click.echo(line, err=True)
    facts = asdict(parsed)
    click.echo(json.dumps(facts) if as_json else ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in facts.items()))
    return 3 if parsed.faults else 0
