"""The week as a workbook: real numbers and dates, filters, native charts, sums that check themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flows.report import book_checks, book_lists, book_method, book_summary, sheets
from flows.report.cells import formats
from transforms.report.week import Week

SHEETS = (
    book_summary.NAME, "Ranking", "Alternate codes", "Asks", "Agreed fees", "Findings", "Review", "Explained", "Quarantine",
    book_method.NAME, book_checks.NAME,
)  # fmt: skip


def write(week: Week, path: Path) -> None:
    """Write the workbook. The same week gives the same bytes.

    Patients are tokens, as in the marts. Rows stream to temporary files beside `path`, so memory does not grow with them.
    """
    import xlsxwriter

    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as book:
        made_on = datetime(week.as_of.year, week.as_of.month, week.as_of.day)
        book.set_properties({"title": f"Weekly leakage report {week.week}", "author": "altbenefit", "created": made_on})
        for name in SHEETS:
            book.add_worksheet(name)
        looks = formats(book)
        lists = book_lists.lists(week)
        placed = {name: sheets.place(book, looks, what) for name, what in lists.items()}
        book_summary.write(book, looks, week, placed)
        book_method.write(book, looks, week, lists)
        every = book_checks.checks(week, lists, placed, book_summary.HEADLINE_CELL)
        book_checks.write(book, looks, every, week.as_of.isoformat())
