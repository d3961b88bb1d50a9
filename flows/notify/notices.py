"""What is said about a run: a subject, fewer than twenty lines, and what to do next. Counts, codes and dollars only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.errors import GATE_FAILED, LOCKED, QUARANTINED, Failure
from flows.notify.alerts import Alert
from flows.summary import Summary

MOST_LINES = 19
MOST_OF_A_KIND = 2
ALERTS = {"new_pair": "new pairs", "agreed_fee_unpaid": "agreed fees", "silent_payer": "silent payers"}
LINE_LENGTH = 250
SUBJECT_LENGTH = 120
CODES = {GATE_FAILED: "gate_stopped", LOCKED: "locked"}  # failures with a kind of their own


@dataclass(frozen=True)
class Notice:
    """One message. kind: digest, failure, gate_stopped, locked, nothing_arrived or test."""

    kind: str
    as_of: str
    subject: str
    lines: tuple[str, ...]
    alerts: tuple[Alert, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The subject in one short printable line."""
        return _one_line(self.subject, SUBJECT_LENGTH)

    @property
    def text(self) -> str:
        """The lines, each short and printable: a payer's name must not steer a mail reader."""
        return "".join(f"{_one_line(line, LINE_LENGTH)}\n" for line in self.lines[:MOST_LINES])

    def to_dict(self) -> dict[str, Any]:
        """As a webhook gets it."""
        alerts = [{"kind": alert.kind, "text": alert.text, "is_new": alert.is_new} for alert in self.alerts]
        words = {"text": f"{self.headline}\n{self.text}", "kind": self.kind, "as_of": self.as_of, "subject": self.headline}
        return words | {"lines": self.text.splitlines(), "alerts": alerts, "facts": self.facts}


def _one_line(text: str, length: int) -> str:
    whole = "".join(letter if letter.isprintable() else "?" for letter in text.replace("\n", " "))
    return whole if len(whole) <= length else f"{whole[: length - 1]}…"


def digest(summary: Summary, alerts: Sequence[Alert], store: Path, balance_before: Decimal | None) -> Notice:
    """A night that published: what came in, what it costs patients, what to do next."""
    new = [alert for alert in alerts if alert.is_new]
    word = "ATTENTION" if new or summary.exit_code == QUARANTINED else "OK"
    balance = Decimal(summary.surprise_balance)
    subject = f"altbenefit {word}: {summary.as_of}, ${balance:,} surprise balance"
    subject += f", {len(new)} new alerts" if len(new) > 1 else ", 1 new alert" if new else ""
    subject += f", {summary.set_aside} set aside" if summary.set_aside else ""
    lines = [
        f"Files: {_counts(summary.files) or 'nothing new'}. Claims: {_counts(summary.claims)}.",
        f"Patients were left with ${balance:,} on {summary.counted_lines:,} lines nobody warned them of{_change(balance, balance_before)}.",
        *_alert_lines(alerts),
        "",
        "Do next:",
        *(f"- {step}" for step in _next_steps(summary, store)),
        "",
        f"Published: {store / 'reports/current'}",
    ]
    return Notice("digest", summary.as_of, subject, tuple(lines), tuple(alerts), summary.to_dict())


def _counts(numbers: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in numbers.items())


def _change(balance: Decimal, before: Decimal | None) -> str:
    if before is None or before == balance:
        return ""
    return f" (${abs(balance - before):,} {'more' if balance > before else 'less'} than at the last publication)"


def _alert_lines(alerts: Sequence[Alert]) -> list[str]:
    """New ones first, a few of each kind; what does not fit is counted."""
    lines = []
    for kind, words in ALERTS.items():
        ordered = sorted((alert for alert in alerts if alert.kind == kind), key=lambda alert: not alert.is_new)
        lines += [f"{'NEW ' if alert.is_new else ''}{alert.text}" for alert in ordered[:MOST_OF_A_KIND]]
        if len(ordered) > MOST_OF_A_KIND:
            lines[-1] += f" And {len(ordered) - MOST_OF_A_KIND} more {words}."
    return ["", *lines] if lines else []


def _next_steps(summary: Summary, store: Path) -> list[str]:
    steps = []
    if summary.set_aside:
        steps.append(f"{summary.set_aside} items are set aside: altbenefit quarantine list --store {store}")
    if summary.review_lines:
        steps.append(f"{summary.review_lines:,} lines need a person: altbenefit review list --store {store}")
    if summary.warnings:
        steps.append(f"{len(summary.warnings)} checks warn: open reports/current/validation.html in the store")
    return steps or ["nothing"]


def failed(failure: Failure, as_of: str, store: Path, what_ran: str = "nightly audit") -> Notice:
    """A run that did not publish: cause, file, next step, as on stderr."""
    kind = CODES.get(failure.exit_code, "failure")
    what = {"gate_stopped": "STOPPED by a check", "locked": "SKIPPED, the store is held"}.get(kind, "FAILED")
    lines = [
        f"The {what_ran} of {as_of} did not end well.",
        *failure.lines()[:5],
        "",
        f"Exit code {failure.exit_code}. The last good report stays: {store / 'reports/current'}",
    ]
    facts = {"exit_code": failure.exit_code, "cause": failure.cause, "file": failure.file, "next": failure.next_step}
    return Notice(kind, as_of, f"altbenefit {what}: {as_of}, {failure.cause}", tuple(lines), facts=facts)


def nothing_arrived(summary: Summary, days: int | None, store: Path, inbox: Path, alerts: Sequence[Alert]) -> Notice:
    """No new file for as long as the practice wants to know of. `days`: since the last one, None where there never was one."""
    since = "since this store was made" if days is None else f"for {days} day{'' if days == 1 else 's'}"
    lines = [
        f"No new file {since}; {summary.already_known:,} known files lie in {inbox}.",
        *([f"{summary.still_arriving} files are still arriving and wait for the next run."] if summary.still_arriving else []),
        *_alert_lines([alert for alert in alerts if alert.kind == "silent_payer"]),
        "",
        "Do next:",
        "- See at the clearinghouse whether there is nothing to fetch, and whether the fetch ran.",
        "- Is this usual, as on Sundays? Then raise alerts.quiet_days in audit.yaml.",
        "",
        f"The last report stays: {store / 'reports/current'}",
    ]
    facts = {"days": days, "already_known": summary.already_known, "still_arriving": summary.still_arriving}
    return Notice("nothing_arrived", summary.as_of, f"altbenefit NOTHING ARRIVED: {summary.as_of}, no new file {since}", tuple(lines),
                  facts=facts)  # fmt: skip


def trial(as_of: str) -> Notice:
    """What `doctor --send-test` sends."""
    return Notice(
        "test",
        as_of,
        "altbenefit TEST: this is what a notice looks like",
        ("Somebody ran: altbenefit doctor --send-test.", "Do next: nothing."),
    )
