"""The workbook's method: how it was reckoned, the words it uses, and what every column of every sheet means; one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.report.cells import Formats, height, line_count, put_text
from flows.report.headings import heading, unit_of
from flows.report.sheets import FIRST_ROW, HEAD_ROW, MOST_ROWS, Listing, page, put_heads
from transforms.report.week import Week

NAME = "Method"
HEADS = ("Where", "Word or column", "Meaning", "Unit", "An empty cell says", "Name in Parquet")
WIDTHS = (17, 30, 90, 15, 36, 36)
BOOK = (
    ("Rows", f"A sheet takes {MOST_ROWS:,} rows. Where there are more, its title says how many and in which Parquet file all of them are."),
    ("Amounts", "US dollars, exact to the cent. Percentages are Excel's own: 80% is 0.8."),
    ("Text", "Whatever a payer sent stays text, also where it looks like a formula."),
    ("Print", "Lists print their first columns, those that matter most; the others are on the screen."),
    ("Sum of the rows shown", "Above the headings; it follows the filter. The Checks sheet sums all rows."),
)  # fmt: skip


def write(book: Any, looks: Formats, week: Week, lists: dict[str, Listing]) -> None:
    """Method, words, then the columns sheet by sheet."""
    sheet = book.get_worksheet_by_name(NAME)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    put_text(sheet, 0, 0, "How this was reckoned, what the words mean, and every column of this workbook", looks, "title")
    put_heads(sheet, HEAD_ROW, looks, [(head, False) for head in HEADS], WIDTHS)
    row = HEAD_ROW
    for row, cells in enumerate(entries(week, lists), FIRST_ROW):
        sheet.set_row(row, height(max(map(line_count, cells, WIDTHS))))
        for at, text in enumerate(cells):
            put_text(sheet, row, at, text, looks, "wrapped")
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.autofilter(HEAD_ROW, 0, row, len(HEADS) - 1)
    sheet.repeat_rows(HEAD_ROW)
    page(sheet, NAME)


def entries(week: Week, lists: dict[str, Listing]) -> Iterator[tuple[str, ...]]:
    """Rows of the table, each as its cells' texts."""
    for term in week.policy.method:
        yield "Method", term.term, term.meaning
    for name, meaning in BOOK:
        yield "This workbook", name, meaning
    for term in week.policy.terms:
        yield "Words", term.term, term.meaning
    for what in lists.values():
        for column in what.columns:
            told = f"{column.meaning[:1].upper()}{column.meaning[1:]}"
            yield what.name, heading(column.name), told, unit_of(column), column.null or "Never empty", column.name
