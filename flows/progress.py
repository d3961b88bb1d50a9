"""How far a run is, for people: a line that replaces itself on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

QUIET_SECONDS = 30.0  # between two lines where nobody watches
UNITS = {"bytes": (1e6, "MB"), "dates": (1.0, "dates")}


def progress(now: Callable[[], float] = time.monotonic) -> Callable[[str, int, int], None]:
    """Told of (what, done, total), writes how much is done and about how long the rest takes to stderr."""
    is_watched = sys.stderr.isatty()
    began: dict[str, float] = {"run": now()}
    last = began["run"]

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        at = now()
        start = began.setdefault(what, last)  # the first report of a kind began when the one before it ended
        is_due = is_watched or at - began.get("told", began["run"]) >= QUIET_SECONDS or (done >= total and "told" in began)
        last = at
        if not is_due:
            return
        began["told"] = at
        text = f"{words(what, done, total)}{eta(done, total, at - start)}"
        click.echo(f"\r{text:<60}" if is_watched else text, err=True, nl=not is_watched or done >= total)

    return tell


def words(what: str, done: int, total: int) -> str:
    """Such as ` 40 % of 120.0 MB` or `  8 % of 36 dates`."""
    size, unit = UNITS[what]
    return f"{done * 100 // max(total, 1):3d} % of {total / size:.{1 if size > 1 else 0}f} {unit}"


def eta(done: int, total: int, seconds: float) -> str:
    """About how long the rest takes, at the pace so far; nothing while there is no pace, or no rest."""
    if done <= 0 or done >= total:
        return ""
    left = seconds * (total - done) / done
    return f", about {left / 60:.0f} min left" if left >= 90 else f", about {max(left, 1):.0f} s left"
