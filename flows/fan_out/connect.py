"""The way to a Dask cluster that exists already: with a client of its own, or through the task runner of a Prefect flow."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import BadUsage, Failure, SystemRefused
from flows.fan_out.crew import CONNECT_SECONDS, crew_of, require_server
from flows.hands import Hands

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):\d{1,5}")
CLIENT = {"timeout": CONNECT_SECONDS, "set_as_default": False, "name": "altbenefit"}


def require_usable(address: str, with_prefect: bool) -> None:
    """Raises BadUsage where the address is none, or the libraries are not installed. Imports neither."""
    if not ADDRESS.fullmatch(address):
        raise BadUsage("--dask is no address of a Dask scheduler", next_step="Give it as tcp://HOST:PORT, or tls://HOST:PORT.")
    needed = ("distributed", "prefect_dask") if with_prefect else ("distributed",)
    if missing := [name for name in needed if find_spec(name) is None]:
        raise BadUsage(f"--dask needs {' and '.join(missing)}", next_step="Run: pip install -e '.[dask]', or leave out --dask.")


@contextmanager
def by_client(address: str, store: Path) -> Iterator[Hands]:
    """Hands of the cluster's workers, without Prefect. Raises SystemRefused where the scheduler does not answer in time."""
    from distributed import Client

    _quiet()
    with reached(address, lambda: Client(address, **CLIENT)) as client:
        numbers = count(1)

        def submit(step: str, function: Callable[..., Any], order: Any) -> Any:
            # A key of our own: Dask shows it, and would otherwise make it from what the order holds.
            return client.submit(function, order, key=f"altbenefit-{step.replace(' ', '-')}-{client.id[-8:]}-{next(numbers)}", pure=False)

        with crew_of(client, submit, store) as crew:
            yield hands_of(crew, store)


def runner(address: str) -> DaskTaskRunner:
    """The task runner for a flow whose work goes to the cluster. Raises BadUsage without a Prefect server that workers can report to."""
    from prefect.settings import get_current_settings
    from prefect_dask.task_runners import DaskTaskRunner

    if not get_current_settings().api.url:
        step = "Set PREFECT_API_URL to a server that every worker can reach, or add --no-prefect."
        raise BadUsage("--dask under Prefect needs a Prefect server: workers report to it", next_step=step)
    return DaskTaskRunner(address=address, client_kwargs=dict(CLIENT))


@contextmanager
def by_flow(address: str, store: Path) -> Iterator[Hands]:
    """The same for the Prefect flow that calls. With `runner(address)` for a task runner, each piece of work is one of its tasks."""
    require_usable(address, with_prefect=True)
    from prefect.context import FlowRunContext
    from prefect.settings import get_current_settings

    _quiet()
    context = FlowRunContext.get()
    tasks: Any = context.task_runner if context else None
    if type(tasks).__name__ != "DaskTaskRunner":  # a deployment's flow, whose task runner was settled when it was written
        with by_client(address, store) as hands:
            yield hands
        return
    with reached(address, lambda: tasks.client) as client:
        require_server(client, get_current_settings().api.url or "")
        with crew_of(client, _submit_task, store) as crew:
            yield hands_of(crew, store)


def _submit_task(step: str, function: Callable[..., Any], order: Any) -> Any:
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    return task(name=step, cache_policy=NO_CACHE, persist_result=False, log_prints=False)(function).submit(order)


@contextmanager
def reached(address: str, connect: Callable[[], Any]) -> Iterator[Any]:
    """The client; closed at the end, which takes back whatever is still under way."""
    try:
        client = connect()
    except Failure:
        raise
    except Exception as why:
        step = "Start it, or correct --dask; for tls:// set DASK_DISTRIBUTED__COMM__TLS__CA_FILE and its like."
        raise SystemRefused(f"the Dask scheduler cannot be reached ({type(why).__name__})", address, step) from None
    try:
        yield client
    finally:
        client.close(timeout=CONNECT_SECONDS)


def hands_of(crew: Any, store: Path) -> Hands:
    """What a night asks of helpers, done by this crew."""
    from flows.fan_out.reading import reads

    return Hands(reads=partial(reads, crew, store))


def _quiet() -> None:
    """Dask tells of every lost connection with a traceback; the run says it in a line of its own."""
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="distributed")
