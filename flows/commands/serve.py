"""`altbenefit serve`: the schedules as a service."""

from __future__ import annotations

from pathlib import Path

import click

from flows.remote.address import PLACE, Place

PATH = click.Path(path_type=Path)


@click.command()
@click.option("--inbox", required=True, type=PLACE, envvar="ALTBENEFIT_INBOX", help="Folder that new exports arrive in; never changed.")
@click.option("--store", required=True, type=PLACE, envvar="ALTBENEFIT_STORE", help="Folder for the lake, the reports and the quarantine.")
@click.option("--config", type=PATH, envvar="ALTBENEFIT_CONFIG", help="Folder whose files lie over the shipped configuration.")
@click.option("--port", default=4200, show_default=True, type=click.IntRange(1, 65535), help="Port of the Prefect server it starts.")
def serve(inbox: Place, store: Place, config: Path | None, port: int) -> int:
    """Run the nightly audit and the weekly report on the schedules of audit.yaml, until stopped.

    Without PREFECT_API_URL a Prefect server on this machine is started and stopped with it. One run at a time; runs that
    came due while this was down are done once.
    """
    from flows.serve import serve as run_schedules

    run_schedules(inbox, store, config, port)
    return 0
