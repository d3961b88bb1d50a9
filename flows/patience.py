"""Waiting for a fault that can pass, such as a network share that is being mounted again; never for one that cannot."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

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
