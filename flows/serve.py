"""`altbenefit serve`: the schedules of audit.yaml as Prefect deployments, run one at a time by this process.

No two runs overlap: this process starts one at a time, and the store's lock keeps out runs from elsewhere. Prefect's own
concurrency slots are not used, because a slot that a killed run left taken would keep every later night out.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from config.operations import Schedules
from flows.clock import odd_night, operations_of
from flows.commands.audit import PREFECT_QUIETLY
from flows.errors import BadUsage, SystemRefused
from flows.order import require_inbox
from flows.remote.address import Place

HOST = "127.0.0.1"
SERVER_SECONDS = 120.0


def serve(inbox: Place, store: Place, config: Path | None, port: int) -> None:
    """Run the schedules until stopped. Without PREFECT_API_URL this starts a Prefect server of its own on loopback, and ends it."""
    schedules = operations_of(config).schedules
    require_arrivals(inbox)
    require_steady(schedules)
    for name, value in PREFECT_QUIETLY.items():
        if "LOGGING" not in name:  # the log of a service is its output
            os.environ.setdefault(name, value)
    with _server(port) as url:
        os.environ["PREFECT_API_URL"] = url
        from prefect import serve as serve_deployments

        parameters = parameters_of(inbox, store, config)
        deployments = deployments_of(schedules, parameters)
        click.echo(told(schedules, parameters, url))
        warnings.filterwarnings("ignore", message="coroutine 'Runner.astop'")  # Prefect's own, whenever it is asked to stop
        serve_deployments(*deployments, pause_on_shutdown=False, print_starting_message=False, limit=1)


def require_arrivals(inbox: Place) -> None:
    """Raises a Failure at once where the inbox is no folder, or cannot be listed on object storage."""
    if isinstance(inbox, Path):
        require_inbox(inbox)
        return
    from flows.remote.inbox import require_objects

    require_objects(inbox)


def parameters_of(inbox: Place, store: Place, config: Path | None) -> dict[str, str | None]:
    """Paths and addresses as a process elsewhere understands them."""
    places = {"inbox": inbox, "store": store, "config": config}
    return {name: str(one.absolute()) if isinstance(one, Path) else str(one) if one else None for name, one in places.items()}


def deployments_of(schedules: Schedules, parameters: dict[str, str | None]) -> list[Any]:
    """The two deployments, each on its schedule in the practice's time zone."""
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.scheduled import nightly_audit, weekly_report

    weekly = {name: value for name, value in parameters.items() if name != "inbox"}
    night, week = (Cron(cron, timezone=schedules.time_zone) for cron in (schedules.nightly_cron, schedules.weekly_cron))
    options: dict[str, Any] = {"entrypoint_type": EntrypointType.MODULE_PATH, "tags": ["altbenefit"]}
    return [
        nightly_audit.to_deployment("nightly", schedule=night, parameters=dict(parameters), **options),
        weekly_report.to_deployment("weekly", schedule=week, parameters=weekly, **options),
    ]


def require_steady(schedules: Schedules, today: date | None = None) -> None:
    """Raises BadUsage for a time of day that some night does not have, or has twice: that night would go without, or run twice."""
    zone = ZoneInfo(schedules.time_zone)
    first = today or datetime.now(UTC).date()
    for name, hour, minute in times_of(schedules):
        day = odd_night(zone, hour, minute, first)
        if day:
            cause = f"schedules.{name}: {hour:02d}:{minute:02d} in {schedules.time_zone} does not come exactly once on {day}"
            raise BadUsage(cause, "audit.yaml", "Choose a time that every night has once, such as 04:00; 02:00 to 03:00 is the usual gap.")


def times_of(schedules: Schedules) -> tuple[tuple[str, int, int], ...]:
    """(key of audit.yaml, hour, minute) of each schedule."""
    return (
        ("nightly", schedules.nightly_hour, schedules.nightly_minute),
        ("weekly", schedules.weekly_hour, schedules.weekly_minute),
    )


def told(schedules: Schedules, parameters: dict[str, str | None], url: str) -> str:
    """What runs when, for whoever starts the service."""
    from config.operations import WEEKDAYS

    zone, day = schedules.time_zone, WEEKDAYS[schedules.weekly_weekday]
    return "\n".join([
        f"Nightly audit  {schedules.nightly_hour:02d}:{schedules.nightly_minute:02d} {zone}, of {parameters['inbox']}",
        f"Weekly report  {day} {schedules.weekly_hour:02d}:{schedules.weekly_minute:02d} {zone}, of {parameters['store']}",
        f"Prefect        {url}",
        "Stop with Ctrl-C or SIGTERM. To run the audit now: prefect deployment run altbenefit-nightly/nightly",
    ])  # fmt: skip


@contextmanager
def _server(port: int) -> Iterator[str]:
    """The address of the Prefect API: the one named in the environment, else that of a server which lives as long as this does."""
    named = os.environ.get("PREFECT_API_URL")
    if named:
        yield named
        return
    _require_free(port)
    words = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://{HOST}:{port}/api"
    try:
        _await(f"{url}/health", server)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


def _require_free(port: int) -> None:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
        except OSError:
            step = "Name another as --port, or set PREFECT_API_URL if a Prefect server listens there already."
            raise BadUsage(f"port {port} is taken", next_step=step) from None


def _await(url: str, server: subprocess.Popen) -> None:
    """Wait until the server answers."""
    import httpx

    until = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemRefused("the Prefect server did not start", next_step="Run: prefect server start, and read what it says.")
