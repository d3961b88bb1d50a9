"""The page's charts, from the same frames as its tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from flows.report import charts, words
from transforms.report.week import Week

MULTIPLES = 8
EIGHTY = 80
WEEKS_WIDTH, WEEKS_HEIGHT = 440, 120


def of(week: Week) -> dict[str, Any]:
    """Every chart by name; an empty one where there is nothing to draw."""
    return {
        "ranking": ranking(week),
        "coverage": coverage(week),
        "multiples": multiples(week),
        "bridge": bridge(week.bridge),
        "window_bridge": bridge(week.window_bridge),
        "weeks": by_week(week),
    }


def ranking(week: Week) -> list[charts.Bar]:
    """The first asks by dollars."""
    return charts.bars([
        (f"{row['payer_name'] or row['payer_id']}: {row['submitted_code']} paid as {row['alternate_code'] or 'unknown'}",
         words.dollars(row["surprise_balance"]), row["surprise_balance"])
        for row in week.asks_first.iter_rows(named=True)
    ])  # fmt: skip


def coverage(week: Week) -> dict[str, Any]:
    """The curve, with marks at the first asks and where four fifths are reached."""
    curve = week.coverage_curve
    enough = curve.filter(pl.col("cumulative_share") >= EIGHTY)["rank"].min()
    marks = [rank for rank in (min(week.policy.top_count, curve.height), enough) if isinstance(rank, int) and rank]
    reached = curve.filter(pl.col("rank").is_in(marks)).select("rank", "cumulative_share", "cumulative_amount").to_dicts()
    return {
        "curve": charts.coverage(curve, marks),
        "reached": reached,
        "count": curve.height,
        "width": charts.CURVE_WIDTH,
        "height": charts.CURVE_HEIGHT,
    }


def multiples(week: Week) -> list[dict[str, Any]]:
    """The weeks of the first asks side by side, each to its own scale."""
    return [
        {
            "label": row["payer_name"] or row["payer_id"], "code": row["submitted_code"], "spark": charts.sparkline(row["weekly_cents"]),
            "cents": row["weekly_cents"], "trend": words.TRENDS[row["trend"]], "state": row["trend"], "most": max(row["weekly_cents"]),
        }
        for row in week.asks_first.head(MULTIPLES).iter_rows(named=True)
    ]  # fmt: skip


def bridge(steps: pl.DataFrame) -> list[charts.Bar]:
    """The steps as a waterfall."""
    say = {
        step: words.dollars(amount) if is_total else words.signed(amount)
        for step, is_total, amount in steps.select("step", "is_total", "amount").iter_rows()
    }
    return charts.waterfall(steps, words.STEPS, say)


def by_week(week: Week) -> dict[str, Any]:
    """Weeks by payment as upright bars; the same by service beside each."""
    paid, served = (week.weeks[name].to_list() for name in ("surprise_balance", "served_surprise_balance"))
    left, right = charts.side_by_side(paid, served, WEEKS_WIDTH, WEEKS_HEIGHT)
    names = [name[5:] for name in week.weeks["week"].to_list()]
    return {"paid": left, "served": right, "names": names, "most": max([*paid, *served], default=Decimal(0))}
