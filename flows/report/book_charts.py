"""The workbook's charts, drawn by Excel itself from the cells beside them: first asks, how far asks reach, week by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.report.cells import ACCENT, BAR, INK, LINE, QUIET
from flows.report.sheets import Placed

CURVE_ROWS = 100  # further asks are lost in the line
ROWS = 16  # that a chart covers
RIGHT_PLACE = 3  # the column that the right one of two begins at
HALF_WIDTH, FULL_WIDTH, HEIGHT = 630, 1270, 300
FONT = {"name": "Calibri", "size": 10, "color": INK}
GRID = {"visible": True, "line": {"color": LINE}}
QUIET_FONT = {"name": "Calibri", "size": 9, "color": QUIET}


@dataclass(frozen=True)
class Block:
    """A table on the summary: its first row, how many rows of data, and the last row of it and of the remarks below."""

    first: int
    height: int
    end: int

    def cells(self, column: str) -> str:
        return f"=Summary!${column}${self.first + 1}:${column}${self.first + self.height}"


def insert(sheet: Any, row: int, left: tuple[Any, str] | None, right: tuple[Any, str] | None = None) -> None:
    """One chart across the sheet, or two beside one another; one without data is left out."""
    for place, drawn in ((0, left), (RIGHT_PLACE, right)):
        if drawn:
            sheet.insert_chart(row, place, drawn[0], {"object_position": 2, "description": drawn[1]})


def asked(book: Any, asks: Block) -> tuple[Any, str] | None:
    """Bars: whom to ask first, the most dollars on top."""
    if not asks.height:
        return None
    chart = book.add_chart({"type": "bar"})
    chart.add_series({
        "name": "Left to patients", "categories": asks.cells("A"), "values": asks.cells("B"), "fill": {"color": BAR}, "gap": 45,
        "data_labels": {"value": True, "num_format": "$#,##0", "font": QUIET_FONT},
    })  # fmt: skip
    chart.set_y_axis({"reverse": True, "num_font": FONT, "line": {"color": LINE}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return _finished(chart, "Ask these first: dollars left to patients"), "Bars of the table Ask these first: dollars left to patients."


def covered(book: Any, ranking: Placed) -> tuple[Any, str] | None:
    """A line: the share of all dollars that the first asks reach together."""
    if not ranking.height:
        return None
    chart = book.add_chart({"type": "line"})
    chart.add_series({
        "name": "Share of all dollars", "categories": f"={ranking.cells('rank', CURVE_ROWS)}",
        "values": f"={ranking.cells('cumulative_share', CURVE_ROWS)}", "line": {"color": ACCENT, "width": 2.25},
    })  # fmt: skip
    chart.set_y_axis({"min": 0, "max": 1, "num_format": "0%", "num_font": QUIET_FONT, "major_gridlines": GRID})
    ticks = max(min(ranking.height, CURVE_ROWS) // 10, 1)
    chart.set_x_axis(
        {"name": "Asks, by rank", "name_font": QUIET_FONT, "num_font": QUIET_FONT, "interval_unit": ticks, "interval_tick": ticks}
    )
    return _finished(chart, "How far the first asks reach"), "Line of the column Share with those above on the sheet Ranking."


def weekly(book: Any, weeks: Block) -> tuple[Any, str] | None:
    """Columns by payment date, and the same dollars by service date as a line."""
    if not weeks.height:
        return None
    chart, line = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    chart.add_series(
        {"name": "By payment date", "categories": weeks.cells("A"), "values": weeks.cells("B"), "fill": {"color": BAR}, "gap": 60}
    )
    line.add_series({
        "name": "By service date (recent weeks still grow)", "categories": weeks.cells("A"), "values": weeks.cells("G"),
        "line": {"color": QUIET, "width": 1.5, "dash_type": "dash"},
    })  # fmt: skip
    chart.combine(line)
    chart.set_y_axis({"num_format": "$#,##0", "num_font": QUIET_FONT, "min": 0, "major_gridlines": GRID})
    chart.set_x_axis({"num_font": QUIET_FONT})
    _finished(chart, "Left to patients week by week", FULL_WIDTH)
    chart.set_legend({"position": "bottom", "font": QUIET_FONT})
    return chart, "Columns of the table Week by week: by payment date; the line: by service date."


def _finished(chart: Any, title: str, width: int = HALF_WIDTH) -> Any:
    chart.set_title({"name": title, "name_font": {"name": "Calibri", "size": 12, "color": INK, "bold": True}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_size({"width": width, "height": HEIGHT})
    chart.set_chartarea({"border": {"none": True}})
    return chart
