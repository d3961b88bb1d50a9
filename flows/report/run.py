"""The weekly report of a store: what is published, as a page, a workbook and an e-mail, in one folder that is replaced whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from config.load import ConfigError
from config.report import load_report
from flows.errors import BadUsage
from flows.predictions import predictions_of, write_predictions
from flows.report import mail, page, sources, workbook
from flows.report.swap import replace_folder
from transforms.report.week import Week, build_week, choose_week

WEEKLY = "weekly"
PAGE, WORKBOOK, MAIL_HTML, MAIL_TEXT = "report.html", "report.xlsx", "email.html", "email.txt"
Step = Callable[..., Any]


@dataclass(frozen=True)
class ReportOrder:
    """What a report was asked for: paths and a week only."""

    store: Path
    config: Path | None = None
    week: str | None = None
    out: Path | None = None


@dataclass(frozen=True)
class ReportSummary:
    """What was written, in counts and dollars; safe to print and to log."""

    week: str
    as_of: str
    folder: str
    publication: str
    surprise_balance: str
    week_surprise_balance: str
    change_amount: str
    counted_lines: int
    review_lines: int
    set_aside: int
    files: dict[str, int]
    headline: str
    top: list[dict[str, str]]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def plainly(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """A step without Prefect: the call itself."""
    return function(*args)


def write_report(order: ReportOrder, step: Step = plainly) -> ReportSummary:
    """Build the week from the published set and write its folder. The same publication, configuration and week give the same bytes.

    Raises BadUsage where nothing is published, the week is none, or the folder holds something else.
    """
    week = step("gather the week", gather, order)
    folder = order.out or order.store / WEEKLY / week.week
    require_own_folder(folder)
    step("write the report", replace_folder, folder, lambda beside: fill(week, beside, order.store))
    return summarise(week, folder)


def gather(order: ReportOrder) -> Week:
    """Every frame and figure of the week."""
    try:
        policy = load_report(order.config)
    except ConfigError as why:
        raise BadUsage(str(why)) from None
    now = sources.current(order.store)
    first_day = _first_day(now, order.week)
    return build_week(now, sources.holding_last_week(order.store, first_day, now), first_day, policy)


def _first_day(now: sources.Publication, asked: str | None) -> date:
    try:
        first_day = choose_week(now.marts, now.as_of, asked)
    except ValueError:
        raise BadUsage("the week asked for is no ISO week", next_step="Give it as 2026-W26: the year, W and two digits.") from None
    if first_day > now.as_of:
        raise BadUsage(f"the week asked for begins after {now.as_of}, the business date of what is published",
                       next_step="Run the audit for a later date first, or leave --week out.")  # fmt: skip
    return first_day


def fill(week: Week, folder: Path, store: Path) -> None:
    """Write the files of a week, and beside them what the front desk may warn of before a visit."""
    text, html = mail.render(week)
    (folder / PAGE).write_bytes(page.render(week))
    workbook.write(week, folder / WORKBOOK)
    (folder / MAIL_HTML).write_text(html, encoding="utf-8")
    (folder / MAIL_TEXT).write_text(text, encoding="utf-8")
    write_predictions(predictions_of(store / week.publication), folder)


def require_own_folder(folder: Path) -> None:
    """Raises BadUsage where the folder holds anything but an earlier report, which would be lost."""
    if folder.exists() and not folder.is_dir():
        raise BadUsage("the report needs a folder, and there is a file of that name", str(folder), "Name another folder as --out.")
    if folder.exists() and any(folder.iterdir()) and not (folder / PAGE).exists():
        raise BadUsage("the folder holds something that is no earlier report", str(folder), "Name an empty or new folder as --out.")


def summarise(week: Week, folder: Path) -> ReportSummary:
    """The report in numbers."""
    top = week.asks_first.select("place", "payer_id", "submitted_code", "claim_count", "surprise_balance")
    head = week.headline
    return ReportSummary(
        week=week.week, as_of=week.as_of.isoformat(), folder=str(folder), publication=week.publication,
        surprise_balance=str(head.surprise_balance), week_surprise_balance=str(head.week_surprise_balance),
        change_amount=str(head.change_amount), counted_lines=head.line_count, review_lines=int(week.review_totals["line_count"].sum()),
        set_aside=week.trust.waiting_count, files={path.name: path.stat().st_size for path in sorted(folder.iterdir())},
        headline=page.headline_sentence(week),
        top=[{name: str(value) for name, value in row.items()} for row in top.iter_rows(named=True)],
    )  # fmt: skip
