"""What can stop a command: each failure knows its exit code, its cause, the file concerned and the next step."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

DONE = 0
UNEXPECTED = 1
BAD_USAGE = 2
QUARANTINED = 3
NOTHING_NEW = 4
GATE_FAILED = 5
LOCKED = 75


class Failure(Exception):
    """A failure a person can act on. Its text never holds a value from a claim."""

    exit_code = BAD_USAGE

    def __init__(self, cause: str, file: str = "", next_step: str = "") -> None:
        super().__init__(cause)
        self.cause, self.file, self.next_step = cause, file, next_step

    def lines(self) -> list[str]:
        """At most five lines: cause, file, next step."""
        return [
            f"altbenefit: {self.cause}",
            *([f"  file: {self.file}"] if self.file else []),
            *([f"  next: {self.next_step}"] if self.next_step else []),
        ]


class BadUsage(Failure):
    """Wrong arguments, configuration, key or permissions."""


class StoreLocked(Failure):
    """Another run holds the store."""

    exit_code = LOCKED


class GateFailed(Failure):
    """A control total or a table check failed, so nothing was published. `reasons`: up to three, in plain words."""

    exit_code = GATE_FAILED

    def __init__(self, cause: str, next_step: str, reasons: tuple[str, ...]) -> None:
        super().__init__(cause, next_step=next_step)
        self.reasons = reasons

    def lines(self) -> list[str]:
        head, *rest = super().lines()
        return [head, *(f"  {reason}" for reason in self.reasons), *rest]


class StoreDamaged(Failure):
    """The store does not hold what its manifest names."""

    exit_code = UNEXPECTED


class StoreTooNew(Failure):
    """A newer version of this program wrote the store."""


class SystemRefused(Failure):
    """The disk or the system would not do what a run needs. `errno` says whether that can pass; None where it is not known."""

    exit_code = UNEXPECTED

    def __init__(self, cause: str, file: str = "", next_step: str = "", errno: int | None = None) -> None:
        super().__init__(cause, file, next_step)
        self.errno = errno


def of_system(error: OSError) -> Failure:
    """What the system said, as a failure: a cause, the path and the next step; permissions are a matter of configuration."""
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    cause = os.strerror(error.errno) if error.errno else "the system could not read or write a file"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BadUsage(cause, path, "Give the account that runs the audit permission to write there; the last report stays.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return SystemRefused(cause, path, "Free some space and run the command again; the last report stays.")
    return SystemRefused(cause, path, "Look at the path named, then run the command again; the last report stays.", error.errno)


class StepFailed(Failure):
    """A step died of something nobody foresaw; only the kind of error is told, its text may quote a row."""

    exit_code = UNEXPECTED

    def __init__(self, step: str, kind: str) -> None:
        super().__init__(f"unexpected error ({kind}) in the step: {step}", next_step="Run again with --no-prefect and --debug in private.")


def of_any(error: Exception, step: str) -> Failure:
    """Any error as a failure that may be told: the text of one that nobody foresaw stays unsaid."""
    if isinstance(error, Failure):
        return error
    return of_system(error) if isinstance(error, OSError) else StepFailed(step, type(error).__name__)


SYSTEM_NUMBER = re.compile(r"\(os error (\d+)\)$")


class Panicked(Exception):
    """A library gave up deep inside. Its own words may quote a row, so they are not kept."""


@contextmanager
def no_panic() -> Iterator[None]:
    """Polars' panics are no Exception: every `except Exception` would let them, and what they quote, go by. Here they become one.

    And what the system refused Polars comes as an error of its own, with the number in its words: here it is an OSError again.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise Panicked().with_traceback(error.__traceback__) from None
        number = SYSTEM_NUMBER.search(str(error))
        if number and isinstance(error, Exception) and not getattr(error, "errno", None):
            raise OSError(int(number[1]), os.strerror(int(number[1]))).with_traceback(error.__traceback__) from None
        raise


@contextmanager
def without_words(step: str) -> Iterator[None]:
    """Whatever goes wrong inside is a Failure: Prefect keeps the text of an error, so one that nobody foresaw loses its own."""
    try:
        with no_panic():
            yield
    except Exception as error:
        raise of_any(error, step) from None
