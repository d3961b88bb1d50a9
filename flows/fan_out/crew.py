"""The workers of an existing Dask cluster, for one run: reached, compared, given work, waited for with an end.

Without Prefect pieces of work go through a client of `distributed`; under Prefect each is a task of the flow, whose
DaskTaskRunner hands it to the same cluster. Either way what travels are paths and names (flows.fan_out.bundle).
"""

from __future__ import annotations

import secrets
import shutil
import time
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flows.errors import BadUsage, Failure, SystemRefused
from flows.fan_out.answer import HERE, SAME_CODE, Answer, reaches
from flows.fan_out.likeness import difference, likeness
from flows.hands import FAN_OUT

CONNECT_SECONDS = 20.0
GONE_SECONDS = 60.0  # a cluster whose workers are all being restarted has some again within these
SILENT_SECONDS = 1800.0  # a chunk takes a worker some ten seconds
LOOK_SECONDS = 1.0
SERVER = "Set PREFECT_API_URL to an address that every worker can reach, or add --no-prefect."
AGAIN = "What was committed stays; run the command again once the cluster is well, or without --dask."


@dataclass(frozen=True)
class Crew:
    """`submit(step, function, order)` gives what has `result(timeout)`; `client` tells which workers there are."""

    client: Any
    submit: Callable[[str, Callable[[Any], Answer], Any], Any]
    scratch: Path
    needed: Mapping[str, str]

    def drop(self, folder: str) -> None:
        """Nobody needs this bundle any more."""
        shutil.rmtree(self.scratch / folder, ignore_errors=True)

    @property
    def threads(self) -> int:
        """How many pieces of work the cluster does at a time, as far as the run has heard."""
        return sum(worker["nthreads"] for worker in workers(self.client).values())


def workers(client: Any) -> Mapping[str, Mapping[str, Any]]:
    """Workers by address, as the client last heard of them."""
    return client.scheduler_info(n_workers=-1).get("workers", {})  # which a client that lost its scheduler does not have


@contextmanager
def crew_of(client: Any, submit: Callable[..., Any], store: Path) -> Iterator[Crew]:
    """A crew with a scratch folder in the store, once it is clear that every worker is alike."""
    _await_one(client)
    require_all_alike(client)
    scratch = (store / FAN_OUT / secrets.token_hex(4)).absolute()
    shutil.rmtree(scratch.parent, ignore_errors=True)  # of runs that died: the caller holds the store
    scratch.mkdir(parents=True, mode=0o700)
    (scratch / HERE).touch()
    try:
        yield Crew(client, submit, scratch, likeness())
    finally:
        shutil.rmtree(scratch.parent, ignore_errors=True)


def _await_one(client: Any) -> None:
    end = time.monotonic() + GONE_SECONDS
    while not workers(client):
        if time.monotonic() > end:
            raise SystemRefused("the Dask cluster has no workers", client.scheduler.address, "Start workers: dask worker tcp://HOST:PORT")
        time.sleep(LOOK_SECONDS)


def require_all_alike(client: Any) -> None:
    """Raises BadUsage for the first worker whose code or libraries are not those of this run. Later ones are asked with their work."""
    for address, found in sorted(client.run(likeness, on_error="return").items()):
        if isinstance(found, OSError):
            continue  # it went away; the scheduler will know soon
        if not isinstance(found, dict):
            raise BadUsage(f"the worker at {address} cannot run altbenefit ({type(found).__name__})", next_step=SAME_CODE)
        if differs := difference(likeness(), found):
            raise BadUsage(f"the worker at {address} has other versions: {differs}", next_step=SAME_CODE)


def require_server(client: Any, url: str) -> None:
    """Raises BadUsage for the first worker that does not reach Prefect's server, to which it reports each task."""
    for address, found in sorted(client.run(reaches, url, on_error="return").items()):
        if found is False:
            raise BadUsage(f"the worker at {address} does not reach Prefect's server", url, SERVER)


def ahead(crew: Crew, step: str, function: Callable[[Any], Answer], orders: Sequence[Any]) -> Iterator[Callable[[], Answer]]:
    """For each order what waits for its answer; no more are under way than keep every worker busy and one waiting for each."""
    pending: deque[Any] = deque()
    waiting = iter(orders)

    def fill() -> None:
        while len(pending) < 2 * max(1, crew.threads):
            order = next(waiting, None)
            if order is None:
                return
            with dask_well():
                pending.append(crew.submit(step, function, order))

    for _ in orders:
        fill()
        yield partial(wait, crew, pending.popleft())


def wait(crew: Crew, future: Any) -> Answer:
    """The answer. Raises SystemRefused where none can come any more, within a bounded time."""
    begun = seen = time.monotonic()
    while True:
        with dask_well(), suppress(TimeoutError):
            return future.result(timeout=LOOK_SECONDS)
        now = time.monotonic()
        seen = now if workers(crew.client) else seen
        if now - seen > GONE_SECONDS:
            raise SystemRefused(f"no worker of the Dask cluster is left after {GONE_SECONDS:.0f} seconds", "", AGAIN)
        if now - begun > SILENT_SECONDS:
            raise SystemRefused(f"the Dask cluster has not answered for {SILENT_SECONDS / 60:.0f} minutes", "", AGAIN)


@contextmanager
def dask_well() -> Iterator[None]:
    """Errors of Dask itself as the failures that they are to a run; cancelled work is no Exception."""
    try:
        yield
    except Failure:
        raise
    except (Exception, CancelledError) as why:
        raise lost(why) from None


def lost(why: BaseException) -> Failure:
    """An error of Dask itself as a failure; its text may quote what was asked of a worker."""
    if type(why).__name__ == "KilledWorker":
        step = "Mostly memory: give each worker 2 GB a thread (dask worker --nthreads 1 --memory-limit 2GB), then run again."
        return SystemRefused("a piece of work ended several workers, one after another", "", step)
    if isinstance(why, ImportError):  # on a worker that joined after the others were asked
        return BadUsage(f"a worker cannot run altbenefit ({type(why).__name__})", next_step=SAME_CODE)
    return SystemRefused(f"the Dask cluster was lost ({type(why).__name__})", "", AGAIN)
