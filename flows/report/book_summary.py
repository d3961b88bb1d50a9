"""The workbook's first sheet: the headline, whom to ask first, the weeks, how far to trust it, and the charts of all that."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flows.report import book_charts
from flows.report.book_charts import Block
from flows.report.book_facts import Fact, happened, trusted
from flows.report.cells import Formats, put_text, put_value
from flows.report.sheets import Placed, page, put_heads
from transforms.report.week import Week

NAME = "Summary"
HEADLINE_ROW = 4
HEADLINE_CELL = f"Summary!$B${HEADLINE_ROW + 1}"
WIDTHS = (58, 16, 15, 12, 12, 14, 15, 16, 18)
ASKED = {
    "surprise_balance": "money", "running_share": "percent", "claim_count": "count", "patient_count": "count",
    "median_alternate_fee": "money", "contracted_fee": "money", "asked_fee": "money", "asked_saving": "money",
}  # fmt: skip
BY_WEEK = {
    "week": "text", "surprise_balance": "money", "line_count": "count", "first_day": "date", "claim_count": "count",
    "served_line_count": "count", "served_surprise_balance": "money",
}  # fmt: skip


def write(book: Any, looks: Formats, week: Week, placed: dict[str, Placed]) -> None:
    """The sheet, from the top down."""
    sheet = book.get_worksheet_by_name(NAME)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    put_text(sheet, 0, 0, f"Weekly leakage report, {week.week}", looks, "title")
    put_text(sheet, 1, 0, period(week), looks, "quiet")
    row = _facts(sheet, looks, HEADLINE_ROW - 1, "What happened", happened(week))
    asks = _asks(sheet, looks, row + 2, week)
    book_charts.insert(sheet, asks.end + 2, book_charts.asked(book, asks), book_charts.covered(book, placed["Ranking"]))
    weeks = _weeks(sheet, looks, asks.end + 3 + book_charts.ROWS, week)
    book_charts.insert(sheet, weeks.end + 2, book_charts.weekly(book, weeks))
    row = _facts(sheet, looks, weeks.end + 3 + book_charts.ROWS, "How far to trust it", trusted(week))
    _sheets(book, sheet, looks, row + 2, placed)
    sheet.freeze_panes(1, 0)
    page(sheet, NAME)
    sheet.set_h_pagebreaks([asks.end + 3 + book_charts.ROWS])


def period(week: Week) -> str:
    """What days the figures are of."""
    return (
        f"The week: payments dated {week.first_day} to {week.last_day}. "
        f"The total: payments dated {week.window_start} to {week.window_end}. Business date {week.as_of}."
    )


def _facts(sheet: Any, looks: Formats, row: int, title: str, facts: Sequence[Fact]) -> int:
    """Label, value and remark, one a row, under a title; returns the last row written."""
    _section(sheet, looks, row, title)
    for at, (label, value, look, remark) in enumerate(facts, row + 1):
        put_text(sheet, at, 0, label, looks)
        if value is None:
            put_text(sheet, at, 1, "unknown", looks, "quiet")
        put_value(sheet, at, 1, value, looks, look)
        put_text(sheet, at, 2, remark, looks, "quiet")
    return row + len(facts)


def _section(sheet: Any, looks: Formats, row: int, title: str) -> None:
    for at in range(len(WIDTHS)):
        put_text(sheet, row, at, title if not at else "", looks, "section")


def _asks(sheet: Any, looks: Formats, row: int, week: Week) -> Block:
    """The first asks, as the page has them, each with the ask suggested."""
    _section(sheet, looks, row, "Ask these first")
    heads = ("Payer: billed, paid as", "Left to patients", "With those above", "Claims", "Patients", "Alternate fee, median",
             "Contracted fee, median", "Fee to ask for the code paid", "Worth, all codes paid so")  # fmt: skip
    put_heads(sheet, row + 1, looks, [(head, at > 0) for at, head in enumerate(heads)], WIDTHS)
    running, total = Decimal(0), week.headline.surprise_balance
    for at, pair in enumerate(week.asks_first.iter_rows(named=True), row + 2):
        running += pair["surprise_balance"]
        values = pair | {"running_share": 100 * running / total if total else None}
        put_text(sheet, at, 0, pair_name(pair), looks)
        for place, (name, look) in enumerate(ASKED.items(), 1):
            put_value(sheet, at, place, values[name], looks, look)
    end = row + 1 + week.asks_first.height
    said = remarks(week)
    for at, remark in enumerate(said, end + 1):
        put_text(sheet, at, 0, remark, looks, "quiet")
    return Block(row + 2, week.asks_first.height, end + len(said))


def remarks(week: Week) -> list[str]:
    """What the table of first asks cannot say in its cells."""
    few, first = week.too_few_claims.height, week.asks_first
    said = [] if first.height else ["No payer and procedure rests on enough claims."]
    if few:
        said.append(f"{few} more with as many dollars, but too few claims to argue from: Ranking, column Few claims.")
    if first["asked_fee"].null_count():
        said.append("No fee to ask for: the contracted fee or the alternate code is unknown. Put the fee into fee_schedules/.")
    return said


def pair_name(pair: dict[str, Any]) -> str:
    """A payer and procedure as a reader says it."""
    return f"{pair['payer_name'] or pair['payer_id']}: {pair['submitted_code']} paid as {pair['alternate_code'] or 'unknown'}"


def _weeks(sheet: Any, looks: Formats, row: int, week: Week) -> Block:
    """The last weeks by payment date, and by service date beside it."""
    _section(sheet, looks, row, "Left to patients week by week")
    heads = ("Week", "By payment date", "Lines paid", "From", "Claims", "Lines served", "By service date")
    put_heads(sheet, row + 1, looks, [(head, at not in {0, 3}) for at, head in enumerate(heads)], WIDTHS)
    for at, cells in enumerate(week.weeks.select(list(BY_WEEK)).iter_rows(), row + 2):
        for place, (value, look) in enumerate(zip(cells, BY_WEEK.values(), strict=True)):
            put_value(sheet, at, place, value, looks, look)
    return Block(row + 2, week.weeks.height, row + 1 + week.weeks.height)


def _sheets(book: Any, sheet: Any, looks: Formats, row: int, placed: dict[str, Placed]) -> None:
    """A way to every sheet, with its rows."""
    _section(sheet, looks, row, "In this workbook")
    others = [one.get_name() for one in book.worksheets() if one.get_name() != NAME]
    for at, name in enumerate(others, row + 1):
        sheet.write_url(at, 0, f"internal:'{name}'!A1", looks["link"], name)
        if name in placed:
            put_value(sheet, at, 1, placed[name].row_count, looks, "count")
            put_text(sheet, at, 2, "rows", looks, "quiet")
