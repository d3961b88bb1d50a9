"""`altbenefit doctor`: is everything in place."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--store", type=click.Path(path_type=Path), help="The store.")
@click.option("--inbox", type=click.Path(path_type=Path), help="The inbox.")
@click.option("--config", type=click.Path(path_type=Path), help="Folder whose files lie over the shipped configuration.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(store: Path | None, inbox: Path | None, config: Path | None, as_json: bool) -> int:
    """Checks configuration, disk, permissions, clock, key file and lock; says what to do. Ends with 0, or 2 where something is wrong."""
    from flows.checkup import checkup

    found = checkup(store, inbox, config)
    if as_json:
        click.echo(json.dumps([check.__dict__ for check in found]))
    else:
        for check in found:
            click.echo(
                f"{'ok  ' if check.is_ok else 'BAD '} {check.name}: {check.fact}"
                + ("" if check.is_ok else f"\n     next: {check.next_step}")
            )
    return 0 if all(check.is_ok for check in found) else 2
