"""Publications as of earlier dates, made after the fact: one for each period of a range, into history, in any number of goes."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flows import gate, publish
from flows.errors import BadUsage, GateFailed
from flows.mart_tables import Mart, tables_of
from flows.order import Order

if TYPE_CHECKING:
    from flows.night import Watch

REASONS_SHOWN = 3


def dates_of(first: date, last: date, every: str) -> tuple[date, ...]:
    """The last days of all periods that end in [first, last): Sundays, month ends, or every day.

    `last` itself has the run's own publication.
    """
    if first > last:
        raise BadUsage(f"the range ends before it begins: {first} is after {last}", next_step="Give --from the earlier date.")
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days))
    return tuple(day for day in days if _ends_period(day, every))


def _ends_period(day: date, every: str) -> bool:
    if every == "day":
        return True
    return day.isoweekday() == 7 if every == "week" else day.day == calendar.monthrange(day.year, day.month)[1]


def publish_earlier(
    order: Order,
    publication_of: Callable[[Order], str],
    judged: Callable[[Order], tuple[dict[str, Mart], gate.Verdict]],
    step: Callable[..., Any],
    watch: Watch,
) -> list[tuple[date, GateFailed]]:
    """One publication for each of the order's earlier dates; readers keep seeing the current one. What is there stays.

    A date that the gate refuses does not keep the others back; those are returned.
    """
    refused = []
    for number, day in enumerate(order.earlier, start=1):
        dated = replace(order, as_of=day)
        publication = publication_of(dated)
        word = "is there already"
        if not (order.store / publish.folder_of(day, publication)).exists():
            frames, verdict = judged(dated)
            try:
                gate.require_pass(verdict, order.store, day)
                step("keep", publish.keep, order.store, day, publication, tables_of(frames), verdict.pages)
                word = "published into history"
            except GateFailed as why:
                refused.append((day, why))
                word = "not published, a check failed"
        watch.line(f"{day}: {word}")
        watch.record("date", {"as_of": day.isoformat(), "outcome": word})
        watch.progress("dates", number, len(order.earlier))
    return refused


def require_all(refused: list[tuple[date, GateFailed]], order: Order) -> None:
    """Raises GateFailed where earlier dates were refused, once everything else is published."""
    if not refused:
        return
    cause = f"{len(refused)} of {len(order.earlier)} earlier dates were not published; the others were, up to {order.as_of}"
    reasons = tuple(f"{day}: {why.reasons[0]}" for day, why in refused[:REASONS_SHOWN])
    raise GateFailed(cause, "Open validation/ in the store, put right what it names, run the same command again.", reasons)
