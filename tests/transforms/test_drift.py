"""A week against the 13 before it, on either side of each bound."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from transforms.drift import DRIFT_SCHEMA, finding_days, line_days, weekly_drift
from transforms.tables.contract import MONEY
from transforms.tables.findings import FINDINGS

SUNDAY = date(2026, 6, 28)  # the last day of 2026-W26
MONDAY = date(2026, 6, 22)
USUAL = [{"a": 30, "b": 20}] * 13


def lines_of(weeks: list[dict[str, int]]) -> pl.DataFrame:
    """Lines by payer, week by week; the last week is W26."""
    rows = [
        (payer, MONDAY - timedelta(weeks=len(weeks) - 1 - at) + timedelta(days=number % 7))
        for at, week in enumerate(weeks)
        for payer, count in week.items()
        for number in range(count)
    ]
    return pl.DataFrame(rows, schema={"payer_id": pl.String, "payment_date": pl.Date}, orient="row")


def findings_of(counts: list[int]) -> pl.DataFrame:
    """Downgraded findings, week by week; the last week is W26."""
    rows = [("downgraded", MONDAY - timedelta(weeks=len(counts) - 1 - at)) for at, count in enumerate(counts) for _ in range(count)]
    frame = pl.DataFrame(rows, schema={"verdict": pl.String, "payment_date": pl.Date}, orient="row")
    return frame if rows else FINDINGS.empty().select("verdict", "payment_date")


def files_of(dollars: list[int], read: int = 10_000) -> pl.DataFrame:
    """Charges read and set aside by week of the run; the last week is W26."""
    rows = [(MONDAY - timedelta(weeks=len(dollars) - 1 - at), Decimal(read), Decimal(amount)) for at, amount in enumerate(dollars)]
    return pl.DataFrame(rows, schema={"loaded_on": pl.Date, "charge_amount": MONEY, "quarantined_charge_amount": MONEY}, orient="row")


def unusual(lines: pl.DataFrame, findings: pl.DataFrame | None = None, files: pl.DataFrame | None = None, as_of: date = SUNDAY) -> set[str]:
    drift = weekly_drift(
        line_days(lines), finding_days(findings_of([]) if findings is None else findings), files_of([]) if files is None else files, as_of
    )
    assert drift.schema == DRIFT_SCHEMA
    return {f"{measure} {subject}".strip() for measure, subject in drift.filter("is_unusual").select("measure", "subject").iter_rows()}


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        ({"a": 30, "b": 20}, set()),
        ({"a": 15, "b": 10}, set()),  # half is not under half
        ({"a": 14, "b": 10}, {"line_count"}),
        ({"a": 60, "b": 40}, set()),
        ({"a": 61, "b": 40}, {"line_count"}),
        ({}, {"line_count"}),
        ({"a": 40, "b": 10}, set()),  # 80 %, usually 60 %: twenty points are not more than twenty
        ({"a": 41, "b": 9}, {"payer_mix a", "payer_mix b"}),
        ({"a": 30, "c": 20}, {"payer_mix b", "payer_mix c"}),
        ({"a": 19}, {"line_count"}),  # too few lines to speak of a mix
    ],
)
def test_lines_and_payers(week: dict[str, int], expected: set[str]) -> None:
    assert unusual(lines_of([*USUAL, week])) == expected


def test_what_was_seen_before_is_not_unusual() -> None:
    """One earlier week as thin as this one: far from the usual, and yet no warning."""
    assert unusual(lines_of([*USUAL[:-1], {"a": 6, "b": 4}, {"a": 6, "b": 4}])) == set()


@pytest.mark.parametrize(("count", "expected"), [(7, set()), (8, {"line_count"}), (13, {"line_count"})])
def test_nothing_is_usual_before_eight_weeks(count: int, expected: set[str]) -> None:
    assert unusual(lines_of([*USUAL[:count], {"a": 6, "b": 4}])) == expected


def test_only_thirteen_weeks_look_back() -> None:
    assert unusual(lines_of([{"a": 1}, *USUAL, {"a": 6, "b": 4}])) == {"line_count"}


@pytest.mark.parametrize(("as_of", "expected"), [(SUNDAY, {"line_count"}), (SUNDAY - timedelta(days=1), set())])
def test_a_week_is_judged_when_it_is_over(as_of: date, expected: set[str]) -> None:
    assert unusual(lines_of([*USUAL, *USUAL[:1], {"a": 6, "b": 4}]), as_of=as_of) == expected


@pytest.mark.parametrize(("count", "expected"), [(10, set()), (11, {"downgrade_share"}), (2, {"downgrade_share"}), (3, set())])
def test_downgrades_double_or_under_half(count: int, expected: set[str]) -> None:
    """Five of fifty lines were downgraded each week: more than ten or fewer than two and a half are far."""
    assert unusual(lines_of([*USUAL, USUAL[0]]), findings_of([*[5] * 13, count])) == expected


@pytest.mark.parametrize(
    ("dollars", "expected"),
    [
        ([*[100] * 13, 200], set()),
        ([*[100] * 13, 201], {"set_aside"}),
        ([*[100] * 12, 300, 300], set()),
        ([*[0] * 13, 100], set()),  # one per cent of the charges read
        ([*[0] * 13, 101], {"set_aside"}),
        ([*[100] * 7, 5_000], set()),
    ],
)
def test_dollars_set_aside(dollars: list[int], expected: set[str]) -> None:
    assert unusual(lines_of([*USUAL, USUAL[0]]), files=files_of(dollars)) == expected


def test_words_say_what_was_expected() -> None:
    drift = weekly_drift(
        line_days(lines_of([*USUAL, {"a": 6, "b": 4}])), finding_days(findings_of([5] * 14)), files_of([*[100] * 13, 5_000]), SUNDAY
    )
    words = dict(drift.filter(pl.col("subject") != "b").select("measure", "words").iter_rows())
    assert words == {
        "line_count": "2026-W26: 10 service lines; the 13 weeks before had 50 to 50, usually 50",
        "payer_mix": "2026-W26: payer a sent 60.0 % of the lines; 60.0 % over the 13 weeks before, by the week 60.0 % to 60.0 %",
        "downgrade_share": "2026-W26: 50.0 % of the lines were downgraded; 10.0 % over the 13 weeks before, by the week 10.0 % to 10.0 %",
        "set_aside": "2026-W26: $5,000.00 of charges set aside; the 13 weeks before had at most $100.00 a week",
    }


def test_nothing_on_file_is_nothing_to_judge() -> None:
    assert weekly_drift(line_days(lines_of([])), finding_days(findings_of([])), files_of([]), SUNDAY).height == 0


def test_too_few_lines_are_neither_usual_nor_unusual() -> None:
    drift = weekly_drift(line_days(lines_of([{"a": 3}] * 13 + [{"b": 9}])), finding_days(findings_of([1] * 14)), files_of([]), SUNDAY)
    assert drift.height == 4
    assert drift["is_unusual"].null_count() == 4
