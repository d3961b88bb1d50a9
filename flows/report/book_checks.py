"""The workbook's own control totals: each sum is a formula over the sheet, beside what is published, with OK or DIFFERS by formula."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from flows.report.book_lists import TABLES
from flows.report.cells import Formats, put_text, put_value
from flows.report.sheets import Listing, Placed, page, put_heads
from transforms.report.base_lines import cents
from transforms.report.week import Week

NAME = "Checks"
HEADS = ("Check", "Sheet", "Sum of the sheet", "Not on the sheet", "Published", "Difference", "Result")
WIDTHS = (34, 17, 18, 18, 18, 14, 12)
FIRST_CHECK_ROW = 4
LEAKS, FOUND = "surprise_balance", "Findings"


@dataclass(frozen=True)
class Check:
    """A sum the workbook makes of a sheet (`shown`, exactly), what a limit of rows left off it, and the total as published."""

    title: str
    sheet: str
    formula: str
    shown: Decimal
    left_off: Decimal
    published: Decimal
    is_money: bool = True

    @property
    def gap(self) -> Decimal:
        return self.shown + self.left_off - self.published


def checks(week: Week, lists: dict[str, Listing], placed: dict[str, Placed], headline_cell: str) -> list[Check]:
    """Headline = ranking = alternate ranking = counted findings, their lines, and each list against its mart."""
    total, count = week.headline.surprise_balance, Decimal(week.headline.line_count)
    counted = f'{placed[FOUND].cells("counted")},"yes"'
    found = (lists[FOUND].rows.filter("counted"), week.marts[TABLES[FOUND]].filter("counted"))
    both = {name: (lists[name].rows, week.marts[TABLES[name]]) for name in ("Ranking", "Alternate codes")}
    money = [Check(f"{name} = headline", name, _sum(placed[name], LEAKS), *_parts(*pair, LEAKS), total) for name, pair in both.items()]
    lines = [
        Check(f"{name}, lines", name, _sum(placed[name], "line_count"), *_parts(*pair, "line_count"), count, False)
        for name, pair in both.items()
    ]
    return [
        Check("Headline on the summary", "Summary", headline_cell, total, Decimal(0), total),
        *money,
        Check("Counted findings = headline", FOUND, f"SUMIFS({placed[FOUND].cells(LEAKS)},{counted})", *_parts(*found, LEAKS), total),
        *lines,
        Check("Counted findings, lines", FOUND, f"COUNTIF({counted})", *_heights(*found), count, False),
        *_against_marts(week, lists, placed),
    ]


def _against_marts(week: Week, lists: dict[str, Listing], placed: dict[str, Placed]) -> list[Check]:
    """One money column of each list that is not summed above, against the whole published table."""
    sums = {
        ("Asks", "patient_saving"): "Relief to patients over all asks",
        ("Agreed fees", "lost_since_amount"): "Lost since fees were agreed",
        (FOUND, "charge_amount"): "Charges of all findings",
        ("Review", "candidate_amount"): "Surprise if all were confirmed",
        ("Explained", "patient_responsibility_amount"): "Balances explained otherwise",
        ("Quarantine", "charge_amount"): "Charges set aside",
    }
    found = []
    for (sheet, column), title in sums.items():
        whole = week.marts[TABLES[sheet]]
        whole = whole.filter(pl.col("verdict") == "needs_review") if sheet == "Review" else whole
        shown, left_off = _parts(lists[sheet].rows, whole, column)
        found.append(Check(title, sheet, _sum(placed[sheet], column), shown, left_off, shown + left_off))
    return found


def _parts(rows: pl.DataFrame, whole: pl.LazyFrame, column: str) -> tuple[Decimal, Decimal]:
    """The exact sum of a column over the rows on the sheet, and over those that are not."""
    shown = total_of(rows.lazy(), column)
    return shown, total_of(whole, column) - shown


def _heights(rows: pl.DataFrame, whole: pl.LazyFrame) -> tuple[Decimal, Decimal]:
    return Decimal(rows.height), Decimal(whole.select(pl.len()).collect().item() - rows.height)


def total_of(rows: pl.LazyFrame, column: str) -> Decimal:
    """The exact sum of a column, dollars where it holds money; empty cells count as nothing."""
    scale = 2 if rows.collect_schema()[column].is_decimal() else 0
    return Decimal(rows.select(cents(column).sum()).collect().item() or 0).scaleb(-scale)


def write(book: Any, looks: Formats, every: list[Check], last_day: str) -> None:
    """The sheet: one row a check, and one cell that says whether all agree."""
    sheet = book.get_worksheet_by_name(NAME)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    put_text(sheet, 0, 0, f"Do the sheets agree with what was published on {last_day}?", looks, "title")
    results = f"G{FIRST_CHECK_ROW + 1}:G{FIRST_CHECK_ROW + len(every)}"
    outcome = "All checks: DIFFERS" if any(check.gap for check in every) else "All checks: OK"
    formula = f'=IF(COUNTIF({results},"OK")=ROWS({results}),"All checks: OK","All checks: DIFFERS")'
    sheet.write_formula(1, 0, formula, looks["good"], outcome)
    put_heads(sheet, FIRST_CHECK_ROW - 1, looks, [(head, 2 <= at < 6) for at, head in enumerate(HEADS)], WIDTHS)
    for row, check in enumerate(every, FIRST_CHECK_ROW):
        _line(sheet, looks, row, check)
    differs = {"type": "text", "criteria": "containing", "value": "DIFFERS", "format": looks["bad"]}
    sheet.conditional_format(f"A2:G{FIRST_CHECK_ROW + len(every)}", differs)
    row = FIRST_CHECK_ROW + len(every) + 1
    for at, note in enumerate(NOTES):
        put_text(sheet, row + at, 0, note, looks, "quiet")
    sheet.freeze_panes(FIRST_CHECK_ROW, 1)
    sheet.autofilter(FIRST_CHECK_ROW - 1, 0, FIRST_CHECK_ROW + len(every) - 1, len(HEADS) - 1)
    page(sheet, NAME)


NOTES = (
    "Sum of the sheet: a formula over the sheet's own cells; change one, and the result says DIFFERS.",
    "Not on the sheet: what a sheet's limit of rows left off, as published; the title of that sheet says where it is.",
    "Published: the total of the whole table in reports/current, written as a number.",
)


def _line(sheet: Any, looks: Formats, row: int, check: Check) -> None:
    look = "money" if check.is_money else "count"
    put_text(sheet, row, 0, check.title, looks)
    put_text(sheet, row, 1, check.sheet, looks)
    sheet.write_formula(row, 2, f"=ROUND({check.formula},2)", looks[look], float(check.shown))
    put_value(sheet, row, 3, check.left_off, looks, look)
    put_value(sheet, row, 4, check.published, looks, look)
    gap = f"ROUND(C{row + 1}+D{row + 1}-E{row + 1},2)"
    sheet.write_formula(row, 5, f"={gap}", looks[look], float(check.gap))
    sheet.write_formula(row, 6, f'=IF({gap}=0,"OK","DIFFERS")', looks["good"], "DIFFERS" if check.gap else "OK")


def _sum(placed: Placed, column: str) -> str:
    return f"SUM({placed.cells(column)})"
