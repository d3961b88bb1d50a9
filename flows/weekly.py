"""The weekly report unattended: every week that is over and has no report yet, each mailed once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flows.clock import day_of_run
from flows.errors import BadUsage, no_panic, of_any
from flows.logs import Record
from flows.notify.deliver import send_whole
from flows.notify.destinations import Mailbox, report_box
from flows.notify.notices import failed
from flows.patience import NET_WAITS
from flows.report import run as reports
from flows.report.mail import message
from flows.store import write_whole
from flows.unattended import Teller, teller_of

SENT = ".sent.json"  # in STORE/weekly: the last week that was mailed
MOST_WEEKS = 13  # after a longer outage the older weeks stay in the trend; a quarter of reports is enough to read
WEEK = re.compile(r"\d{4}-W\d{2}")
Step = Callable[..., Any]


def due_weeks(store: Path, as_of: date, is_mailed: bool) -> list[str | None]:
    """ISO weeks that are over on the business date and later than the newest report there, oldest first.

    Where reports are mailed, the last one is named again until it was. A store without a report is due one, of the week that the
    report chooses itself: None.
    """
    last = _iso_week(as_of - timedelta(days=7))
    there = sorted(path.name for path in (store / reports.WEEKLY).glob("*") if WEEK.fullmatch(path.name) and path.name <= last)
    if not there:
        return [None]
    weeks = [_iso_week(as_of - timedelta(days=7 * ago)) for ago in range(MOST_WEEKS, 0, -1)]
    missed = [week for week in weeks if week > there[-1]]
    unsent = [there[-1]] if is_mailed and there[-1] > sent(store) and there[-1] in weeks[-1:] else []
    return [*unsent, *missed]


def _iso_week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def sent(store: Path) -> str:
    """The last week whose report was mailed; nothing where none was."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((store / reports.WEEKLY / SENT).read_bytes())["week"])
    return ""


def write_due(
    store: Path, config: Path | None, as_of: date, record: Record, say: Callable[[str], None], step: Step = reports.plainly
) -> list[reports.ReportSummary]:
    """Write every report that is due and mail those not mailed yet. A failure is told at once and raised."""
    teller = teller_of(say, record)
    try:
        known = min(as_of, reports.sources.current(store).as_of)  # a week that is not published yet waits for the audit
        with no_panic():
            return [_one(store, config, week, teller, step) for week in due_weeks(store, known, teller.to.mail is not None)]
    except Exception as why:
        failure = of_any(why, "report")
        record("failed", {"exit_code": failure.exit_code, "cause": failure.cause})
        teller.send(failed(failure, as_of.isoformat(), store, "weekly report"))
        raise


def run_due(store: Path, config: Path | None, no_prefect: bool, record: Record, say: Callable[[str], None]) -> list[reports.ReportSummary]:
    """`write_due` for today, as a Prefect flow of this process unless asked not to."""
    today = day_of_run(config)
    if no_prefect:
        return write_due(store, config, today, record, say)
    from flows.commands.audit import PREFECT_QUIETLY

    for name, value in PREFECT_QUIETLY.items():
        os.environ.setdefault(name, value)
    from flows.report_flow import due_under_prefect

    return due_under_prefect(lambda step: write_due(store, config, today, record, say, step))


def _one(store: Path, config: Path | None, week: str | None, teller: Teller, step: Step) -> reports.ReportSummary:
    order = reports.ReportOrder(store, config, week)
    summary = reports.write_report(order, step)
    teller.record("report", {"week": summary.week, "folder": summary.folder, "publication": summary.publication})
    try:
        box = report_box(teller.to.mail)
    except BadUsage as wrong:
        teller.troubled([wrong.cause])
        box = None
    if box and summary.week > sent(store):
        _mail(order, summary, box, teller)
    return summary


def _mail(order: reports.ReportOrder, summary: reports.ReportSummary, box: Mailbox, teller: Teller) -> None:
    """Mail one report, with page and workbook unless ALTBENEFIT_REPORT_ATTACH is no; only what went out is marked as sent."""
    folder = Path(summary.folder)
    attached = [] if os.environ.get("ALTBENEFIT_REPORT_ATTACH", "yes") == "no" else [folder / reports.PAGE, folder / reports.WORKBOOK]
    letter = message(reports.gather(order), box.sender, list(box.recipients), attached)
    troubles = send_whole(letter, box, NET_WAITS)
    teller.troubled(troubles)
    if not troubles:
        write_whole(order.store / reports.WEEKLY / SENT, json.dumps({"week": summary.week}).encode() + b"\n")
        teller.record("notice", {"kind": "report", "week": summary.week})
