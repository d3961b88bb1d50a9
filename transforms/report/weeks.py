"""The last weeks beside one another, by payment and by service date, and how each pair has moved over them."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.findings import dollars
from transforms.report.base_lines import LINES, NOTHING, PAIR, SURPRISE, WEEK, between, distinct, monday, standing, week_of
from transforms.tables.report import ReportPolicy

WEEKS_COLUMNS = (
    "week", "first_day", "line_count", "claim_count", "surprise_balance", "served_line_count", "served_surprise_balance",
)  # fmt: skip


def week_starts(first_day: date, count: int) -> list[date]:
    """Mondays of `count` weeks up to and including the one that begins on `first_day`, oldest first."""
    return [first_day - WEEK * back for back in range(count - 1, -1, -1)]


def weeks(findings: pl.LazyFrame, first_day: date, count: int) -> pl.DataFrame:
    """One row per week, oldest first: lines and surprise balance paid in it, and of treatment in it as far as known.

    A week without lines has a row of zeros. served_*: by service date; recent weeks grow while their claims are still paid.
    """
    starts = week_starts(first_day, count)
    calendar = pl.DataFrame({"first_day": starts, "week": [week_of(day) for day in starts]})
    lines = standing(findings)
    paid = _summed(lines, "payment_date", starts, "")
    served = _summed(lines, "service_date", starts, "served_")
    table = calendar.join(paid, on="first_day", how="left").join(served, on="first_day", how="left")
    counts = ["line_count", "claim_count", "served_line_count"]
    return table.sort("first_day").with_columns(
        pl.col(counts).fill_null(0),
        surprise_balance=dollars("surprise_cents").fill_null(NOTHING),
        served_surprise_balance=dollars("served_surprise_cents").fill_null(NOTHING),
    ).select(WEEKS_COLUMNS)  # fmt: skip


def _summed(lines: pl.LazyFrame, day: str, starts: list[date], prefix: str) -> pl.DataFrame:
    inside = lines.filter(between(day, starts[0], starts[-1] + WEEK) & (pl.col(day) < starts[-1] + WEEK))
    sums = inside.group_by(first_day=pl.col(day).dt.truncate("1w")).agg(
        LINES.alias(f"{prefix}line_count"),
        distinct("claim_id").alias(f"{prefix}claim_count"),
        SURPRISE.alias(f"{prefix}surprise_cents"),
    )
    return sums.collect()


def pair_trends(weekly_trend: pl.LazyFrame, first_day: date, policy: ReportPolicy) -> pl.DataFrame:
    """One row per payer and code seen up to this week: its cents week by week and what they amount to.

    weekly_cents: one number a week, oldest first. trend: new (first seen in the recent weeks), quiet (nothing in them),
    few (too few lines to tell), rising or falling (a week's average in them is more than worsening_pct away from that of the
    weeks before), steady.
    """
    starts = week_starts(first_day, policy.trend_weeks)
    turn = starts[-policy.recent_weeks]
    recent_weeks, earlier_weeks = policy.recent_weeks, policy.trend_weeks - policy.recent_weeks
    week_cents = pl.col("surprise_balance").to_physical().cast(pl.Int64)
    known = weekly_trend.filter(pl.col("week_start") <= first_day).with_columns(cents=week_cents)
    each = [
        pl.when(pl.col("week_start") == start).then(pl.col("cents")).otherwise(0).sum().alias(f"_{at}") for at, start in enumerate(starts)
    ]
    lately, before = pl.col("week_start") >= turn, (pl.col("week_start") >= starts[0]) & (pl.col("week_start") < turn)
    sums = known.group_by(PAIR).agg(
        *each,
        first_week=pl.col("week_start").min(),
        recent_cents=pl.col("cents").filter(lately).sum(),
        earlier_cents=pl.col("cents").filter(before).sum(),
        recent_line_count=pl.col("line_count").filter(lately).sum(),
        earlier_line_count=pl.col("line_count").filter(before).sum(),
    )
    recent_lines, enough = pl.col("recent_line_count"), policy.worsening_line_count
    now, then = pl.col("recent_cents") * earlier_weeks * 100, pl.col("earlier_cents") * recent_weeks
    trend = (
        pl.when((pl.col("first_week") >= turn) & (recent_lines >= enough)).then(pl.lit("new"))
        .when(recent_lines == 0).then(pl.lit("quiet"))
        .when(recent_lines + pl.col("earlier_line_count") < enough * 2).then(pl.lit("few"))
        .when((now > then * (100 + policy.worsening_pct)) & (recent_lines >= enough)).then(pl.lit("rising"))
        .when(now < then * (100 - policy.worsening_pct)).then(pl.lit("falling"))
        .otherwise(pl.lit("steady"))
    )  # fmt: skip
    names = [f"_{at}" for at in range(len(starts))]
    return sums.with_columns(trend=trend, weekly_cents=pl.concat_list(names)).drop(names).collect().sort(PAIR)


def last_week(findings: pl.LazyFrame, explained: pl.LazyFrame, as_of: date) -> date:
    """The Monday of the last week that is over on the business date and that anything was paid in; else of the last one over."""
    over = monday(as_of + WEEK / 7) - WEEK
    days = pl.concat([frame.select("payment_date") for frame in (findings, explained)]).filter(pl.col("payment_date") < over + WEEK)
    newest = days.select(pl.col("payment_date").max()).collect().item()
    return min(over, monday(newest)) if newest else over
