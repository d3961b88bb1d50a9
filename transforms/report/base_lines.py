"""Counted and standing lines with their money in cents, and calendar weeks: what every frame of the report starts from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from transforms.findings import UNKNOWN
from transforms.tables.contract import MONEY

Marts = Mapping[str, pl.LazyFrame]
WEEK = timedelta(days=7)
NOTHING = pl.lit(0, MONEY)
LINES = pl.len().cast(pl.Int64)
SURPRISE = pl.col("surprise_cents").sum()
PAIR = ["payer_id", "submitted_code"]
MONEY_COLUMNS = {
    "surprise_cents": "surprise_balance",
    "shortfall_cents": "benefit_shortfall",
    "absorbed_cents": "provider_absorbed_amount",
    "stated_cents": "patient_responsibility_amount",
    "expected_cents": "expected_patient_responsibility_amount",
}


def cents(column: str) -> pl.Expr:
    """A DECIMAL(12,2) column as whole cents, exactly."""
    return pl.col(column).to_physical().cast(pl.Int64)


def distinct(column: str) -> pl.Expr:
    """How many different values a group has; null is none."""
    return pl.col(column).drop_nulls().n_unique().cast(pl.Int64)


def in_cents(findings: pl.LazyFrame) -> pl.LazyFrame:
    """Findings with their money in cents beside it and no null code, so that no dollar falls out of a group."""
    return findings.with_columns(
        *(cents(source).alias(name) for name, source in MONEY_COLUMNS.items()), pl.col("submitted_code").fill_null(UNKNOWN)
    )


def counted(findings: pl.LazyFrame) -> pl.LazyFrame:
    """Lines of the ranking: their surprise balance sums to the headline."""
    return in_cents(findings).filter("counted")


def standing(findings: pl.LazyFrame) -> pl.LazyFrame:
    """Lines that count, or would but for their payment date: what weeks are compared by. As in weekly_trend."""
    return in_cents(findings).filter(pl.col("not_counted_reason").fill_null("outside_window") == "outside_window")


def first_day_of(week: str) -> date:
    """The Monday of an ISO week such as 2026-W26. Raises ValueError for a week that no calendar has."""
    year, mark, number = week.partition("-W")
    if not (mark and len(year) == 4 and len(number) == 2 and (year + number).isdigit()):
        raise ValueError(week)
    return date.fromisocalendar(int(year), int(number), 1)


def week_of(day: date) -> str:
    """The ISO week of a day, such as 2026-W26."""
    year, number, _ = day.isocalendar()
    return f"{year:04d}-W{number:02d}"


def monday(day: date) -> date:
    """The first day of the ISO week that a day is in."""
    return day - timedelta(days=day.weekday())


def between(column: str, first: date, last: date) -> pl.Expr:
    """Is the date within these days, both included?"""
    return pl.col(column).is_between(pl.lit(first), pl.lit(last))
