"""The nightly audit as a Prefect flow: one task a step, artifacts without patient data, nothing persisted.

Without PREFECT_API_URL Prefect starts a server of its own for the run. Frames pass between tasks in memory: results are
neither cached nor stored, and the flow's parameters are paths and dates.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event

from flows.errors import Failure, without_words
from flows.hands import Hands
from flows.logs import Record
from flows.night import Watch, work
from flows.order import Order
from flows.patience import on_share
from flows.summary import Summary


def as_task(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """One step as a Prefect task. The text of an unexpected error may quote a row, so Prefect only learns its kind."""

    # Without parameters: Prefect would walk through every frame in search of futures.
    @task(name=name, cache_policy=NO_CACHE, persist_result=False, log_prints=False)
    def quietly() -> Any:
        with without_words(name):
            return function(*args)

    return quietly()


# What a run is watched by is no parameter of the flow, and must not travel to a worker with it.
WATCHED: ContextVar[tuple[Watch, Record | None]] = ContextVar("watched")


@flow(name="altbenefit-audit", log_prints=False, persist_result=False, validate_parameters=False)
def altbenefit_audit(
    inbox: str, store: str, as_of: str, config: str | None, strict: bool, reprocess: list[str], earlier: list[str], limit: int | None,
    dask: str | None,
) -> Summary:  # fmt: skip
    """The nightly audit; `run_under_prefect` calls it."""
    # Prefect sends a flow to workers with all that it names: one function, by its name.
    return _audited(inbox, store, as_of, config, strict, reprocess, earlier, limit, dask)


def _audited(
    inbox: str, store: str, as_of: str, config: str | None, strict: bool, reprocess: list[str], earlier: list[str], limit: int | None,
    dask: str | None,
) -> Summary:  # fmt: skip
    given = Order(
        Path(inbox), Path(store), date.fromisoformat(as_of), Path(config) if config else None, strict,
        tuple(map(Path, reprocess)), earlier=tuple(map(date.fromisoformat, earlier)), limit=limit, dask=dask,
    )  # fmt: skip
    return work_as_tasks(given, *WATCHED.get())


def run_under_prefect(order: Order, watch: Watch, record: Record | None = None) -> Summary:
    """Run the audit as a flow of this process; the caller holds the store."""
    WATCHED.set((watch, record))
    return altbenefit_audit.with_options(task_runner=_runner(order))(
        str(order.inbox), str(order.store), order.as_of.isoformat(), str(order.config) if order.config else None, order.is_strict,
        [str(path) for path in order.reprocess], [day.isoformat() for day in order.earlier], order.limit, order.dask,
    )  # fmt: skip


def work_as_tasks(order: Order, watch: Watch, record: Record | None = None) -> Summary:
    """The work of a night, its steps as tasks of the flow that calls, and its page in Prefect; the caller holds the store."""
    try:
        with without_words("audit"), _hands(order) as hands:
            summary = on_share(lambda: work(order, step=as_task, watch=watch, hands=hands), record)
    except Failure as why:
        told("failed", order.as_of.isoformat(), {"exit_code": why.exit_code, "cause": why.cause})
        raise
    tell_prefect(summary)
    return summary


def _runner(order: Order) -> Any:
    """The task runner of an order's flow; None is Prefect's own."""
    if not order.dask:
        return None
    from flows.fan_out.connect import runner

    return runner(order.dask)


def _hands(order: Order) -> AbstractContextManager[Hands | None]:
    """The workers of the cluster that the order names; None is this machine alone."""
    if not order.dask:
        return nullcontext(None)
    from flows.fan_out.connect import by_flow

    return by_flow(order.dask, order.store)


def tell_prefect(summary: Summary) -> None:
    """A summary and the ten costliest pairs, for Prefect's page of the run; counts, codes and dollars only."""
    create_markdown_artifact(key="altbenefit-summary", markdown=markdown(summary), description="What the nightly audit did")
    create_table_artifact(key="altbenefit-top-ten", table=summary.top, description="Payer and code pairs that cost patients most")
    facts = {"exit_code": summary.exit_code, "set_aside": summary.set_aside, "files": sum(summary.files.values())}
    told("done", summary.as_of, facts | {"is_new_publication": summary.is_new_publication})


def told(outcome: str, as_of: str, facts: dict[str, Any]) -> None:
    """An event for Prefect's automations: altbenefit.audit.done or altbenefit.audit.failed, with counts."""
    emit_event(f"altbenefit.audit.{outcome}", resource={"prefect.resource.id": "altbenefit.audit"}, payload={"as_of": as_of, **facts})


def markdown(summary: Summary) -> str:
    """The summary for people."""
    rows = {
        "files": ", ".join(f"{count} {status}" for status, count in summary.files.items()) or "nothing new",
        "claims": ", ".join(f"{count} {status}" for status, count in summary.claims.items()),
        "set aside": str(summary.set_aside),
        "surprise balance": f"${Decimal(summary.surprise_balance):,} on {summary.counted_lines:,} lines",
        "for a person": f"{summary.review_lines} lines",
        "published": summary.published,
    }
    return "\n".join([f"# Audit of {summary.as_of}", "", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])
