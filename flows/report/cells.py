"""What goes into a cell of the workbook: exact numbers, real dates, and text that stays text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from transforms.tables.contract import DATE, FLAG, TEXTS, Column

LINE_POINTS, MOST_POINTS = 15.0, 409.0  # height of one line of text; Excel's limit for a row
MOST_CHARACTERS = 32_767  # Excel's limit for a cell
CUT = " … [cut: longer than a cell may be]"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
RICH = "<r>"  # the library takes text between <r> and </r> for its own markup and would write it into the file as it is
EXCEL_EPOCH = date(1899, 12, 30)
DAYS_TO_1970 = (date(1970, 1, 1) - EXCEL_EPOCH).days
INK, QUIET, ACCENT, BAR, TINT, LINE = "#1d2a35", "#55626f", "#17626b", "#1f6f78", "#dcecee", "#c3ccd3"  # as templates/look.css.j2
Formats = dict[str, Any]

HEAD = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": TINT, "bottom": 1, "bottom_color": ACCENT}
LOOKS = {
    "text": {"indent": 1},
    "guarded": {"indent": 1, "quote_prefix": True},  # stays text even where somebody edits the cell and leaves it again
    "wrapped": {"text_wrap": True, "valign": "top", "indent": 1},
    "money": {"num_format": "#,##0.00"},
    "dollars": {"num_format": "$#,##0.00", "bold": True, "font_size": 12},
    "percent": {"num_format": "0.00%"},
    "count": {"num_format": "#,##0"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left", "indent": 1},
    "head": HEAD | {"align": "left", "indent": 1},
    "head_right": HEAD | {"align": "right"},
    "title": {"bold": True, "font_size": 14},
    "section": {"bold": True, "font_size": 12, "font_color": ACCENT, "bottom": 1, "bottom_color": LINE},
    "quiet": {"font_color": QUIET, "indent": 1},
    "link": {"font_color": ACCENT, "underline": 1, "indent": 1},
    "total_money": {"num_format": "#,##0.00", "font_color": QUIET},
    "total_count": {"num_format": "#,##0", "font_color": QUIET},
    "good": {"bold": True, "align": "left", "indent": 1, "font_color": "#1c6b3c"},
    "bad": {"bold": True, "font_color": "#ffffff", "bg_color": "#a4262c"},
}


def formats(book: Any) -> Formats:
    """The looks of the workbook's cells by name."""
    plain = {"font_name": "Calibri", "font_size": 11, "font_color": INK}
    return {name: book.add_format(plain | look) for name, look in LOOKS.items()}


def safe(text: str) -> str:
    """The text as a cell can hold it: cut, and said so, where it is too long."""
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - len(CUT)] + CUT
    return f" {text}"[:MOST_CHARACTERS] if text.startswith(RICH) else text


def look_of(column: Column) -> str:
    """Which look a column's cells have."""
    if column.dtype.is_decimal():
        return "percent" if column.unit == "percent" else "money"
    if column.dtype == DATE:
        return "date"
    return "count" if column.dtype.is_integer() else "text"


def plain_values(values: pl.Series, column: Column) -> list[Any]:
    """A column as the workbook takes it: numbers, day numbers or text; None stays empty.

    A workbook knows no decimals. Whole cents divided by 100 are the nearest double, which Excel shows and sums to the cent.
    """
    if isinstance(values.dtype, pl.Decimal):
        parts = 10**values.dtype.scale * (100 if column.unit == "percent" else 1)
        return [None if whole is None else whole / parts for whole in values.to_physical().to_list()]
    if column.dtype == DATE:
        return (values.cast(pl.Int32) + DAYS_TO_1970).to_list()
    if column.dtype == TEXTS:
        return values.list.join(", ").to_list()
    if column.dtype == FLAG:
        return [None if flag is None else "yes" if flag else "no" for flag in values.to_list()]
    return values.to_list()


def line_count(text: str, width: int) -> int:
    """Lines that a wrapped text takes in a column of this many characters: programs do not measure it when they open a workbook."""
    lines, room = 1, width - 1
    for word in text.split():
        if len(word) > room and room < width - 1:
            lines, room = lines + 1, width - 1
        room -= len(word) + 1
    return lines


def height(lines: int) -> float:
    """Height of a row of so many lines."""
    return min(lines * LINE_POINTS, MOST_POINTS)


def put_text(sheet: Any, row: int, place: int, text: str, looks: Formats, look: str = "text") -> None:
    """Write a text, never a formula, a number or a link, whatever it begins with."""
    guarded = look == "text" and text.startswith(STARTS_A_FORMULA)
    sheet.write_string(row, place, safe(text), looks["guarded" if guarded else look])


def put_value(sheet: Any, row: int, place: int, value: Any, looks: Formats, look: str) -> None:
    """Write one value in its look; None leaves the cell empty."""
    if value is None:
        return
    if isinstance(value, str):
        put_text(sheet, row, place, value, looks, look)
    elif isinstance(value, date):
        sheet.write_number(row, place, (value - EXCEL_EPOCH).days, looks[look])
    else:
        number = value / 100 if look == "percent" and isinstance(value, Decimal) else value
        sheet.write_number(row, place, float(number) if isinstance(number, Decimal) else number, looks[look])
