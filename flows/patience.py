"""Waiting for a fault that can pass, such as a network share that is being mounted again; never for one that cannot."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Result = TypeVar("Result")

# A share that went away, a connection that broke, a machine that is starting. A full disk or a missing permission stays.
PASSING = frozenset({
    errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN, errno.ENETDOWN, errno.ENETUNREACH, errno.ENETRESET, errno.ECONNABORTED,
    errno.ECONNRESET, errno.ECONNREFUSED, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN, errno.EREMOTEIO,
})  # fmt: skip
SHARE_WAITS = (5.0, 30.0, 120.0)  # seconds; a file server that restarts is back within these
NET_WAITS = (2.0, 15.0, 60.0)


def patiently(
    action: Callable[[], Result],
    can_pass: Callable[[Exception], bool],
    waits: Sequence[float] = NET_WAITS,
    tell: Callable[[Exception, float], None] = lambda why, seconds: None,
) -> Result:
    """What `action` returns, tried again after each wait while its fault can pass; the last fault is raised."""
    for seconds in waits:
        try:
            return action()
        except Exception as why:
            if not can_pass(why):
                raise
            tell(why, seconds)
        time.sleep(seconds)
    return action()


def on_share(action: Callable[[], Result], record: Callable[[str, Mapping[str, Any]], None] | None = None) -> Result:
    """A whole run, which can be begun again at any point, once more after a fault of the disk or share that can pass."""

    def tell(why: Exception, seconds: float) -> None:
        if record:
            record("waiting", {"cause": _cause(why), "seconds": seconds})

    return patiently(action, _may_pass, SHARE_WAITS, tell)


def _may_pass(why: Exception) -> bool:
    return (why.errno if isinstance(why, OSError) else getattr(why, "errno", None)) in PASSING


def _cause(why: Exception) -> str:
    """The system's word for it; the text of another error may quote a row."""
    number = why.errno if isinstance(why, OSError) else getattr(why, "errno", None)
    return os.strerror(number) if number else type(why).__name__
