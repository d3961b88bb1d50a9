"""A run that nobody watches: the dead-man service hears that it starts and how it ends, people hear what to do next.

Nothing here changes what the run did: a notice that cannot be sent is said on stderr and in the log, and that is all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flows.clock import operations_of
from flows.errors import NOTHING_NEW, BadUsage, Failure, StoreLocked, no_panic, of_any
from flows.logs import Record
from flows.notify import notices
from flows.notify.deliver import deliver, ping, start_of
from flows.notify.destinations import Destinations, destinations
from flows.order import Order
from flows.publish import CURRENT
from flows.remote.names import told
from flows.store import write_whole
from flows.summary import Summary

TOLD = ".told.json"  # in the store: which quiet day was told of; made only where somebody is told
HELD_TOO_LONG = 6 * 3600.0  # seconds; a run that holds the store longer hangs, and somebody should look


@dataclass(frozen=True)
class Teller:
    """To whom, and where trouble with that is said."""

    to: Destinations
    say: Callable[[str], None]
    record: Record

    def send(self, notice: notices.Notice) -> None:
        """To every destination."""
        facts = {name: told(value) if isinstance(value, str) else value for name, value in notice.facts.items()}
        self.troubled(deliver(replace(notice, lines=tuple(map(told, notice.lines)), facts=facts), self.to))
        if self.to.is_anyone_told:
            self.record("notice", {"kind": notice.kind, "subject": notice.subject})

    def ping(self, url: str, text: str = "") -> None:
        self.troubled(ping(url, told(text)))

    def troubled(self, troubles: list[str]) -> None:
        for trouble in troubles:
            self.say(f"altbenefit: {trouble}; the run itself is not touched by it")
            self.record("notice_failed", {"trouble": trouble})


def unattended(order: Order, act: Callable[[], Summary], record: Record, say: Callable[[str], None]) -> Summary:
    """Run `act`, tell whoever should know, and return or raise what it did."""
    teller = teller_of(say, record)
    before = _current_folder(order.store)
    record("start", {"as_of": order.as_of.isoformat(), "inbox": told(str(order.inbox)), "store": told(str(order.store))})
    teller.troubled(start_of(teller.to.ping))
    try:
        with no_panic():
            summary = act()
    except Exception as why:
        failure = of_any(why, "audit")
        _tell_failure(order, failure, teller)
        raise
    record("done", {name: value for name, value in summary.to_dict().items() if name != "top"})
    if teller.to.ping:
        teller.ping(teller.to.ping.success, f"{summary.as_of}: exit code {summary.exit_code}, {summary.set_aside} items set aside")
    if teller.to.is_anyone_told:
        try:
            _tell(order, summary, before, teller)
        except Exception as why:  # its text may quote a row
            teller.troubled([f"the notice could not be written ({type(why).__name__})"])
    return summary


def teller_of(say: Callable[[str], None], record: Record) -> Teller:
    """Who is told by this environment; where a destination cannot be meant that is said, and nobody is."""
    try:
        return Teller(destinations(), say, record)
    except BadUsage as wrong:
        teller = Teller(Destinations(), say, record)
        teller.troubled([f"nobody is told of this run: {wrong.cause}"])
        return teller


def _current_folder(store: Path) -> Path | None:
    """The folder of the publication that readers see now."""
    return (store / CURRENT).resolve() if (store / CURRENT).exists() else None


def _tell_failure(order: Order, failure: Failure, teller: Teller) -> None:
    """At once. A held store is no failure while the other run may still be at work: that one tells."""
    facts = {"exit_code": failure.exit_code, "cause": failure.cause, "file": told(failure.file), "next": told(failure.next_step)}
    teller.record("failed", facts)
    if isinstance(failure, StoreLocked) and _held_seconds(order.store) < HELD_TOO_LONG:
        return
    if teller.to.ping:
        teller.ping(teller.to.ping.fail, "\n".join(failure.lines()))
    teller.send(notices.failed(failure, order.as_of.isoformat(), order.store))


def _held_seconds(store: Path) -> float:
    with suppress(OSError):
        return time.time() - (store / ".lock").stat().st_mtime
    return 0.0


def _tell(order: Order, summary: Summary, before: Path | None, teller: Teller) -> None:
    """The digest of a night on which something came; else that nothing did, once a day; else only news."""
    from flows.notify import view

    alerts = view.alerts(order.store, before, operations_of(order.config).alerts.new_pair_amount)
    if summary.exit_code != NOTHING_NEW:
        teller.send(notices.digest(summary, alerts, order.store, view.balance(before)))
        return
    quiet = view.quiet_days(order.store, order.as_of)
    is_quiet = quiet is None or quiet >= operations_of(order.config).alerts.quiet_days
    if is_quiet and _told(order.store) != summary.as_of:
        teller.send(notices.nothing_arrived(summary, quiet, order.store, order.inbox, alerts))
        write_whole(order.store / TOLD, json.dumps({"nothing_arrived": summary.as_of}).encode() + b"\n")
    elif any(alert.is_new for alert in alerts):
        teller.send(notices.digest(summary, alerts, order.store, view.balance(before)))


def _told(store: Path) -> str:
    """The business date of which "nothing arrived" was last told."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return json.loads((store / TOLD).read_bytes())["nothing_arrived"]
    return ""
