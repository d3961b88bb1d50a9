"""What a worker answers: where the outcome lies, or why there is none. An answer never raises, so Dask keeps no error of ours."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.errors import BAD_USAGE, BadUsage, Failure, SystemRefused, without_words
from flows.fan_out.bundle import Bundle
from flows.fan_out.likeness import difference

HERE = "here"  # a file of the scratch that the run wrote: a worker that cannot see it sees another store
REACH_SECONDS = 5.0
SAME_CODE = "Install the same version and lock file there, then restart the worker."
SAME_STORE = "Mount the share that holds the store at the same path on every machine, for the same account."


@dataclass(frozen=True)
class Fault:
    """A Failure on its way from a worker."""

    cause: str
    file: str
    next_step: str
    exit_code: int
    errno: int | None


@dataclass(frozen=True)
class Answer:
    """The bundle written, or the fault; and on which machine."""

    host: str
    bundle: Bundle
    fault: Fault | None = None


def answered(needed: Mapping[str, str], scratch: Path, step: str, action: Callable[[], Bundle]) -> Answer:
    """Do it, where this worker is like the run that asks and sees the same store; whatever goes wrong comes back as a Fault."""
    host = socket.gethostname()
    try:
        with without_words(step):
            require_alike(needed)
            if not (scratch / HERE).exists():
                raise BadUsage("the worker does not see the run's store", str(scratch), SAME_STORE)
            return Answer(host, action())
    except Failure as why:
        return Answer(host, Bundle(), Fault(why.cause, why.file, why.next_step, why.exit_code, getattr(why, "errno", None)))


def reaches(url: str) -> bool:
    """Whether this machine reaches Prefect's server."""
    import httpx

    try:
        return httpx.get(f"{url.rstrip('/')}/health", timeout=REACH_SECONDS).is_success
    except httpx.HTTPError:
        return False


def require_alike(needed: Mapping[str, str]) -> None:
    """Raises BadUsage where this machine has another version of the code or of a library that the result depends on."""
    if differs := difference(needed):
        raise BadUsage(f"the worker has other versions: {differs}", next_step=SAME_CODE)


def require(answer: Answer) -> Bundle:
    """The bundle. Raises the Failure that the worker met, with its machine."""
    why = answer.fault
    if why is None:
        return answer.bundle
    cause = f"{why.cause} (worker on {answer.host})"
    if why.exit_code == BAD_USAGE:
        raise BadUsage(cause, why.file, why.next_step)
    raise SystemRefused(cause, why.file, why.next_step, why.errno)
