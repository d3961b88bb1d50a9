"""Why the total moved: an exact split of the change, so that the steps sum to the cent.

The week. Last week as first published, plus what was restated since and what arrived late, is last week as known now.
From there to this week, with n lines and s cents in each payer-code pair i, N and S in all, 0 before and 1 now:

    volume  (N1 - N0) * S0 / N0                       more or fewer lines, at last week's average
    fee     sum over pairs in both of s1 - n1 * s0/n0   the same pair at another amount a line: fee, coverage, charge
    mix     what remains                              other pairs than last week, dearer or cheaper ones

volume and each pair's fee step are rounded half up to the cent; mix takes the rest, rounding included. Where last week had
no line all is volume.

The window. The total as first published, plus lines paid since, plus late arrivals, plus restated lines, less what left
the window, is the total now. Every line is in exactly one step.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.findings import dollars
from transforms.report.base_lines import LINES, PAIR, SURPRISE, WEEK, Marts, counted, standing

STEP_SCHEMA = {"step": pl.String, "is_total": pl.Boolean, "cents": pl.Int64, "line_count": pl.Int64}


def bridge(marts: Marts, before: Marts | None, first_day: date) -> pl.DataFrame:
    """One row per step from last week to this: step, is_total, amount, line_count.

    line_count: lines behind a total, lines more or fewer for a change; null for mix and fee. Without an earlier publication
    that holds all of last week it begins with last week as known now.
    """
    this, last = (_week(marts["findings"], day) for day in (first_day, first_day - WEEK))
    old_total = (int(last["cents"].sum()), last.height)
    head: list[tuple] = []
    if before is not None:
        first = _week(before["findings"], first_day - WEEK)
        changed = _changes(first, last, _known_files(before))
        steps = {name: changed.filter(pl.col("step") == name) for name in ("restated", "late")}
        head = [
            ("last_week_published", True, int(first["cents"].sum()), first.height),
            *((name, False, int(rows["change_cents"].sum()), int(rows["change_lines"].sum())) for name, rows in steps.items()),
        ]
    volume, fee, mix = _effects(last, this)
    rows = [
        *head,
        ("last_week_now", True, *old_total),
        ("volume", False, volume, this.height - last.height),
        ("mix", False, mix, None),
        ("fee", False, fee, None),
        ("this_week", True, int(this["cents"].sum()), this.height),
    ]
    return _table(rows)


def window_bridge(marts: Marts, before: Marts | None, before_as_of: date | None, window_start: date) -> pl.DataFrame:
    """The same for the total of the ranking window; no row without an earlier publication."""
    if before is None or before_as_of is None:
        return _table([])
    sides = _sides(before, marts)
    is_new = pl.col("payment_date_new") > before_as_of
    is_old = pl.col("payment_date") < window_start
    step = (
        pl.when(is_new.fill_null(False)).then(pl.lit("paid_since"))
        .when(is_old.fill_null(False)).then(pl.lit("left_window"))
        .when(pl.col("cents").is_null() & ~pl.col("source_file_new").is_in(_known_files(before).implode())).then(pl.lit("late"))
        .otherwise(pl.lit("restated"))
    )  # fmt: skip
    found = sides.with_columns(step=step).group_by("step").agg(
        cents=(pl.col("cents_new").fill_null(0) - pl.col("cents").fill_null(0)).sum(),
        lines=pl.col("cents_new").is_not_null().sum().cast(pl.Int64) - pl.col("cents").is_not_null().sum().cast(pl.Int64),
    )  # fmt: skip
    steps = {name: (cents, lines) for name, cents, lines in found.collect(engine="streaming").iter_rows()}
    first, last = (_total(side["findings"]) for side in (before, marts))
    moves = [(name, False, *steps.get(name, (0, 0))) for name in ("paid_since", "restated", "late", "left_window")]
    return _table([("published_before", True, *first), *moves, ("published_now", True, *last)])


def _sides(before: Marts, now: Marts) -> pl.LazyFrame:
    """Every counted line of the two publications, one row, with what it was and what it is."""
    old, new = (
        counted(marts["findings"]).select("line_id", "source_file", "payment_date", cents="surprise_cents") for marts in (before, now)
    )
    return (
        old.drop("source_file").join(new, on="line_id", how="full", suffix="_new", coalesce=True).rename({"source_file": "source_file_new"})
    )


def _total(findings: pl.LazyFrame) -> tuple[int, int]:
    return counted(findings).select(SURPRISE.alias("cents"), LINES.alias("lines")).collect().row(0)


def restated_lines(marts: Marts, before: Marts | None, first_day: date) -> pl.DataFrame:
    """One row per line of last week that was restated or arrived late, most moved first: before and now in dollars.

    null: the line was not there before, or does not count any more.
    """
    empty = {"step": pl.String, "line_id": pl.String, "claim_id": pl.String, "source_file": pl.String, "line_segment": pl.Int64,
             "payer_id": pl.String, "submitted_code": pl.String, "old_cents": pl.Int64, "cents": pl.Int64}  # fmt: skip
    found = pl.DataFrame(schema=empty)
    if before is not None:
        day = first_day - WEEK
        found = _changes(_week(before["findings"], day), _week(marts["findings"], day), _known_files(before))
    table = found.select(*empty).with_columns(old_balance=dollars("old_cents"), new_balance=dollars("cents")).drop("old_cents", "cents")
    by = (pl.col("new_balance").fill_null(0) - pl.col("old_balance").fill_null(0)).abs()
    return table.sort(by, pl.col("line_id"), descending=[True, False])


def _week(findings: pl.LazyFrame, first_day: date) -> pl.DataFrame:
    inside = (pl.col("payment_date") >= first_day) & (pl.col("payment_date") < first_day + WEEK)
    return _lines(standing(findings).filter(inside))


def _lines(lines: pl.LazyFrame) -> pl.DataFrame:
    where = ("line_id", "claim_id", "source_file", "line_segment", "payment_date")
    return lines.select(*where, *PAIR, cents="surprise_cents").collect()


def _known_files(before: Marts) -> pl.Series:
    return before["files"].select("source_file").collect()["source_file"].unique()


def _changes(old: pl.DataFrame, new: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Lines that are not as they were: late where their file had not come by then, else restated."""
    sides = old.join(new, on="line_id", how="full", suffix="_new", coalesce=True)
    both = ["claim_id", "source_file", "line_segment", *PAIR]
    changes = sides.with_columns(*(pl.coalesce(name, f"{name}_new").alias(name) for name in both)).select(
        "line_id", *both,
        old_cents="cents", cents="cents_new",
        change_cents=pl.col("cents_new").fill_null(0) - pl.col("cents").fill_null(0),
        change_lines=pl.col("cents_new").is_not_null().cast(pl.Int64) - pl.col("cents").is_not_null().cast(pl.Int64),
    )  # fmt: skip
    is_late = pl.col("old_cents").is_null() & ~pl.col("source_file").is_in(known.implode())
    moved = changes.filter((pl.col("change_cents") != 0) | (pl.col("change_lines") != 0))
    return moved.with_columns(step=pl.when(is_late).then(pl.lit("late")).otherwise(pl.lit("restated")))


def _effects(last: pl.DataFrame, this: pl.DataFrame) -> tuple[int, int, int]:
    """volume, fee and mix in cents; they sum to the change exactly."""
    total = int(this["cents"].sum()) - int(last["cents"].sum())
    if last.is_empty():
        return total, 0, 0
    volume = _half_up((this.height - last.height) * int(last["cents"].sum()), last.height)
    old, new = (frame.group_by(PAIR).agg(n=LINES, cents=pl.col("cents").sum()) for frame in (last, this))
    fee = sum(
        _half_up(cents * old_n - n * old_cents, old_n)
        for n, cents, old_n, old_cents in new.join(old, on=PAIR, suffix="_old").select("n", "cents", "n_old", "cents_old").iter_rows()
    )
    return volume, fee, total - volume - fee


def _half_up(part: int, whole: int) -> int:
    """part / whole as a whole number, halves away from zero."""
    sign = -1 if part < 0 else 1
    return sign * ((abs(part) * 2 + whole) // (whole * 2))


def _table(rows: list[tuple]) -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=STEP_SCHEMA, orient="row")
    return table.with_columns(amount=dollars("cents")).select("step", "is_total", "amount", "line_count")
