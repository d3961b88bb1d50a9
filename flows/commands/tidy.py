"""`altbenefit tidy`: upkeep of a store."""

from __future__ import annotations

import json
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_whole_store

PATH = click.Path(path_type=Path)


@click.command()
@click.option("--store", required=True, type=PLACE, envvar="ALTBENEFIT_STORE", help="The store.")
@click.option("--config", type=PATH, envvar="ALTBENEFIT_CONFIG", help="Folder whose files lie over the shipped configuration.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else there.")
@on_whole_store
def tidy(store: Path, config: Path | None, dry_run: bool, as_json: bool) -> int:
    """Folds small files, removes what is kept no longer (retention in audit.yaml), upgrades the store. Changes no answer.

    Every audit ends with the same, unless audit.yaml says otherwise.
    """
    from flows.commands.quarantine import require_store
    from flows.lock import hold
    from flows.rehearsal import shadow

    require_store(store)
    if dry_run:
        with shadow(store) as copy:
            return _told(copy, config, as_json, "Dry run, nothing was written: ")
    with hold(store):
        return _told(store, config, as_json, "")


def _told(store: Path, config: Path | None, as_json: bool, head: str) -> int:
    from flows import upgrade, upkeep
    from flows.clock import business_date, operations_of
    from flows.manifest import FORMAT, format_of
    from flows.night import settings_of
    from flows.store import read_manifest

    months = settings_of(config).policy.history_retention_months
    found = format_of(store)
    upgraded = upgrade.prepare(store)
    _, done = upkeep.tidy(store, read_manifest(store), operations_of(config).retention, months, business_date(config))
    if as_json:
        click.echo(json.dumps({"format_before": found, "format": FORMAT, **done.to_dict()}))
        return 0
    lines = [*([upgraded] if upgraded else []), *upkeep.in_words(done)]
    click.echo("\n".join(f"{head}{line}" for line in lines or ["nothing to tidy"]))
    return 0
