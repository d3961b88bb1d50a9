"""One table as one sheet: title, totals of the rows shown, headings with their meaning, rows, filter, frozen head, print setup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.report.cells import Formats, height, line_count, look_of, plain_values, put_text, safe
from flows.report.headings import heading, meaning
from transforms.tables.contract import Column, Table

MOST_ROWS = 25_000  # of one sheet: 4 microseconds a cell and nobody reads further; Excel itself ends at 1,048,576
TITLE_ROW, TOTAL_ROW, HEAD_ROW, FIRST_ROW = 0, 1, 2, 3
LETTER = 1
NARROW, WIDE, SAMPLE_ROWS, FILTER_BUTTON = 9, 42, 500, 3
LINKED = "submitted_code"


@dataclass(frozen=True)
class Listing:
    """What a sheet lists: `rows` of `row_count`, in `order`; columns not in `first` follow those that are, and are not printed."""

    name: str
    title: str
    table: Table
    rows: pl.DataFrame
    row_count: int
    order: str
    first: tuple[str, ...]
    links: tuple[str, ...] = ()  # where a click on the code billed leads, row by row; empty: nowhere

    @property
    def columns(self) -> list[Column]:
        """Contract columns that the rows have, the first ones first."""
        held = {column.name: column for column in self.table.columns if column.name in self.rows.columns}
        return [held[name] for name in (*(one for one in self.first if one in held), *(one for one in held if one not in self.first))]

    @property
    def file(self) -> str:
        return f"reports/current/{self.table.name}.parquet"


@dataclass(frozen=True)
class Placed:
    """Where a listing stands in the workbook."""

    sheet: str
    places: dict[str, int]
    height: int
    row_count: int

    def cells(self, column: str, rows: int | None = None) -> str:
        """The cells of a column as a formula or a chart names them; one empty cell where there is no row."""
        from xlsxwriter.utility import xl_range_abs

        place, last = self.places[column], FIRST_ROW + max(min(rows or self.height, self.height), 1) - 1
        return f"'{self.sheet}'!{xl_range_abs(FIRST_ROW, place, last, place)}"


def place(book: Any, looks: Formats, what: Listing) -> Placed:
    """Write the sheet and say where its columns are."""
    sheet, columns = book.get_worksheet_by_name(what.name), what.columns
    placed = Placed(what.name, {column.name: at for at, column in enumerate(columns)}, what.rows.height, what.row_count)
    values = [plain_values(what.rows.get_column(column.name), column) for column in columns]
    widths = _widths(sheet, columns, values)
    put_text(sheet, TITLE_ROW, 0, _title(what), looks, "title")
    _totals(sheet, looks, columns, values, placed)
    _headings(sheet, looks, columns, widths)
    _rows(sheet, looks, columns, values, what.links)
    if not what.rows.height:
        put_text(sheet, FIRST_ROW, 0, "Nothing to list.", looks, "quiet")
    _setup(sheet, what, len(columns))
    return placed


def _title(what: Listing) -> str:
    if what.rows.height < what.row_count:
        return (
            f"{what.title}: the first {what.rows.height:,} of {what.row_count:,} rows, {what.order}. All of them: {what.file} in the store."
        )
    return f"{what.title}: {what.row_count:,} rows, {what.order}."


def _totals(sheet: Any, looks: Formats, columns: list[Column], values: list[list], placed: Placed) -> None:
    """Sums of the rows that a filter leaves, above the headings where they stay in sight."""
    from xlsxwriter.utility import xl_range

    put_text(sheet, TOTAL_ROW, 0, "Sum of the rows shown", looks, "quiet")
    for at, (column, cells) in enumerate(zip(columns, values, strict=True)):
        if at and is_summed(column):
            span = xl_range(FIRST_ROW, at, FIRST_ROW + max(placed.height, 1) - 1, at)
            look = "total_money" if look_of(column) == "money" else "total_count"
            sheet.write_formula(TOTAL_ROW, at, f"=SUBTOTAL(109,{span})", looks[look], rounded_sum(cells))


def is_summed(column: Column) -> bool:
    """Amounts and counts of lines add up; fees, shares, ranks and counts of distinct things do not."""
    is_amount = look_of(column) == "money" and not column.name.endswith("_fee") and column.name != "fee"
    return is_amount or column.name in {"line_count", "lines", "stated_line_count", "confirmed_line_count", "units"}


def rounded_sum(values: Iterable[float | None]) -> float:
    """The sum to the cent of amounts that are whole cents."""
    return sum(round(value * 100) for value in values if value is not None) / 100


def _headings(sheet: Any, looks: Formats, columns: list[Column], widths: list[int]) -> None:
    heads = [(heading(column.name), look_of(column) in {"money", "count", "percent"}) for column in columns]
    put_heads(sheet, HEAD_ROW, looks, heads, widths)
    for at, column in enumerate(columns):
        sheet.write_comment(HEAD_ROW, at, safe(meaning(column)), {"author": "altbenefit", "x_scale": 2.2, "y_scale": 1.3, "font_size": 9})


def put_heads(sheet: Any, row: int, looks: Formats, heads: Sequence[tuple[str, bool]], widths: Sequence[int]) -> None:
    """A row of headings, those of numbers to the right, as high as the longest needs."""
    lines = max((line_count(head, width) for (head, _), width in zip(heads, widths, strict=False)), default=1)
    sheet.set_row(row, height(lines))
    for at, (head, is_number) in enumerate(heads):
        put_text(sheet, row, at, head, looks, "head_right" if is_number else "head")


def _rows(sheet: Any, looks: Formats, columns: list[Column], values: list[list], links: tuple[str, ...]) -> None:
    """Cell by cell, a row at a time: what is written is gone to disk once the next row begins."""
    kinds = [look_of(column) for column in columns]
    linked = [column.name for column in columns].index(LINKED) if links else 0
    for row, cells in enumerate(zip(*values, strict=True), FIRST_ROW):
        for at, value in enumerate(cells):
            if value is None:
                continue
            if isinstance(value, str):
                put_text(sheet, row, at, value, looks)
            else:
                sheet.write_number(row, at, value, looks[kinds[at]])
        if links and links[row - FIRST_ROW]:
            sheet.write_url(row, linked, f"internal:{links[row - FIRST_ROW]}", looks["link"], safe(cells[linked]), "The lines behind it")


def _widths(sheet: Any, columns: list[Column], values: list[list]) -> list[int]:
    """Wide enough for the longest word of the heading and the first rows' texts, within reason."""
    widths = []
    for column, cells in zip(columns, values, strict=True):
        words = max(len(word) for word in heading(column.name).split()) + FILTER_BUTTON
        text = max((len(cell) + 2 for cell in cells[:SAMPLE_ROWS] if isinstance(cell, str)), default=0)
        number = 12 if column.dtype.is_decimal() or look_of(column) == "date" else NARROW
        widths.append(min(max(words, text, number), WIDE))
        sheet.set_column(len(widths) - 1, len(widths) - 1, widths[-1])
    return widths


def _setup(sheet: Any, what: Listing, width: int) -> None:
    last = FIRST_ROW + max(what.rows.height, 1) - 1
    printed = sum(column.name in what.first for column in what.columns)
    sheet.freeze_panes(FIRST_ROW, min(printed, 2))
    sheet.autofilter(HEAD_ROW, 0, last, width - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_corner(last, width - 1)}"})
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last, printed - 1)
    page(sheet, what.name)


def page(sheet: Any, name: str) -> None:
    """Printed across one page, head repeated, pages numbered. Letter; A4 fits as well, for it is the width that is fitted."""
    sheet.set_landscape()
    sheet.set_paper(LETTER)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{name}&RPage &P of &N")


def _corner(row: int, place: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return xl_rowcol_to_cell(row, place)
