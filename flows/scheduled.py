"""The flows that deployments run: `altbenefit serve` and prefect.yaml name them. Each is a whole unattended run.

Paths come as parameters or from ALTBENEFIT_INBOX, ALTBENEFIT_STORE and ALTBENEFIT_CONFIG. The business date is today where
the practice is, when the run starts and not when it was due: of several overdue runs the first does the work of all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.audit_flow import as_task, told, work_as_tasks
from flows.cli import take_dotenv
from flows.clock import day_of_run
from flows.commands.audit import watch_of
from flows.commands.report import bring_last_week
from flows.errors import LOCKED, BadUsage, Failure, without_words
from flows.lock import hold
from flows.logs import log_to
from flows.order import Order, require_inbox
from flows.remote.address import Place, place
from flows.remote.commands import on_store
from flows.remote.places import at_hand
from flows.unattended import unattended

Result = TypeVar("Result")
ENDS = {0: "Published", 3: "Published, some set aside", 4: "Nothing new"}


@flow(name="altbenefit-nightly", log_prints=False, persist_result=False)
def nightly_audit(inbox: str | None = None, store: str | None = None, config: str | None = None, as_of: str | None = None) -> State:
    """The nightly audit. Its state is named after what it did; a store that another run holds is left to that run."""
    prepare_process()
    return _quietly("audit", lambda: _nightly(_place("inbox", inbox), _place("store", store), _optional("config", config), as_of))


def _nightly(inbox: Place, store: Place, config: Path | None, as_of: str | None) -> State:
    day = date.fromisoformat(as_of) if as_of else day_of_run(config)
    record = log_to(None, str(flow_run.id or ""))

    def act(order: Order) -> Any:
        require_inbox(order.inbox)
        with hold(order.store):
            return work_as_tasks(order, watch_of(quiet=False, record=record), record)

    try:
        with at_hand(inbox, store) as places:
            order = Order(places.inbox, places.store, day, config, dask=os.environ.get("ALTBENEFIT_DASK") or None)
            summary = unattended(order, lambda: places.within(lambda: act(order)), record, say)
    except Failure as why:
        if why.exit_code != LOCKED:
            raise
        return Completed(name="Skipped", message=f"{why.cause}; that run does the work")
    return Completed(name=ENDS[summary.exit_code], message=f"{summary.as_of}: exit code {summary.exit_code}, {summary.published}")


@flow(name="altbenefit-weekly", log_prints=False, persist_result=False)
def weekly_report(store: str | None = None, config: str | None = None) -> State:
    """Every weekly report that is due, each mailed once."""
    prepare_process()
    return _quietly("report", lambda: _weekly(store=_place("store", store), config=_optional("config", config), due=True))


@on_store("weekly/", is_giving=True, more=bring_last_week)
def _weekly(store: Path, config: Path | None, due: bool) -> State:
    from flows.report_flow import tell_prefect
    from flows.weekly import write_due

    written = write_due(store, config, day_of_run(config), log_to(None, str(flow_run.id or "")), say, as_task)
    for summary in written:
        tell_prefect(summary)
    weeks = ", ".join(summary.week for summary in written)
    return Completed(name="Reported" if written else "Nothing due", message=weeks or "every week that is over has its report")


def _quietly(step: str, action: Callable[[], Result]) -> Result:
    """Prefect keeps the text of an error, so one that nobody foresaw loses its own."""
    with without_words(step):
        return action()


def prepare_process() -> None:
    """What the console script does before a command: Prefect starts each run in a process of its own."""
    os.umask(0o027)
    take_dotenv()


def say(text: str) -> None:
    """A line for whoever reads the scheduler's output."""
    sys.stderr.write(f"{text}\n")


def _optional(name: str, given: str | None) -> Path | None:
    value = given or os.environ.get(f"ALTBENEFIT_{name.upper()}")
    return Path(value).expanduser() if value else None


def _place(name: str, given: str | None) -> Place:
    value = given or os.environ.get(f"ALTBENEFIT_{name.upper()}")
    if not value:
        variable = f"ALTBENEFIT_{name.upper()}"
        told("failed", "", {"cause": f"{variable} is not set"})
        raise BadUsage(f"no {name} is named", next_step=f"Set {variable} for the worker, or the deployment's parameter {name}.")
    found = place(value)
    return found.expanduser() if isinstance(found, Path) else found
