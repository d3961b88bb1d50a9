"""How likely a payer is to downgrade a procedure, and what it then leaves to the patient: for a warning before the visit.

The chance of the next line is (k + ½) / (n + 1): half a line of either kind is added to what was seen, so that three of three
reads 87.5 %, not certain. Of six synthetic practices, trained on nine months and held against the next three, it was the best
of the plain choices (docs/decisions/0007-predictions.md). The range beside it is Wilson's at 95 %, which stays inside 0 to 100 and is
honest for few lines. Both are whole numbers until the last rounding.
"""

from __future__ import annotations

from datetime import date
from math import isqrt

import polars as pl

from transforms.fees import exact_median
from transforms.findings import dollars, percent_of, window
from transforms.ranking import share
from transforms.tables.policy import AuditPolicy
from transforms.tables.predicted import PREDICTED_DOWNGRADES

KEY = ["payer_id", "submitted_code"]
COUNTED_BY = [*KEY, "verdict", "paid_code", "surprise_cents"]
Z_HUNDREDTHS = 196  # 1.96 standard deviations: 95 %


def heard_lines(decided: pl.DataFrame) -> pl.DataFrame:
    """Of every live line: heard_count and has_alternate (the rules can downgrade the code) by day, payer and code; additive.

    Bundled and denied lines say nothing about downgrades, later payers nothing about this one's.
    """
    # A payer's name is the same on nearly all of its lines, so names are compared once a group and not once a line.
    named = _telling(decided).group_by("payment_date", *KEY, "payer_name").agg(
        heard_count=pl.len().cast(pl.Int64), has_alternate=pl.col("has_alternate").fill_null(False).any()
    )  # fmt: skip
    return heard_of(named)


def heard_of(heard: pl.DataFrame) -> pl.DataFrame:
    """heard_lines of several parts as one."""
    return heard.group_by("payment_date", *KEY).agg(
        pl.col("heard_count").sum(), pl.col("has_alternate").any(), pl.col("payer_name").drop_nulls().min()
    )  # fmt: skip


def _telling(lines: pl.DataFrame) -> pl.DataFrame:
    silent = pl.col("is_whole_claim") | pl.col("is_after_prior_payer") | pl.col("is_bundle") | pl.col("is_denied")
    return lines.filter(pl.col("submitted_code").is_not_null() & ~silent)


def prediction_counts(heard: pl.DataFrame, priced: pl.DataFrame, as_of: date, months: int) -> pl.DataFrame:
    """Lines in the window by payer, code, verdict, alternate code and surprise: additive, so parts of a lake can be summed.

    Columns: payer_id, submitted_code, verdict, paid_code and surprise_cents (null unless downgraded), line_count,
    has_alternate, payer_name. `heard` is of heard_lines, `priced` the lines flagged, with a person's decisions.
    """
    inside = pl.col("payment_date").is_between(*window(as_of, months))
    is_down = pl.col("verdict") == "downgraded"
    flagged = (
        _telling(priced.filter(inside))
        .with_columns(pl.when(is_down).then(name).alias(name) for name in ("paid_code", "surprise_cents"))
        .group_by(COUNTED_BY)
        .agg(
            line_count=pl.len().cast(pl.Int64), has_alternate=pl.col("has_alternate").fill_null(False).any(),
            payer_name=pl.col("payer_name").drop_nulls().min(),
        )
    )  # fmt: skip
    every = heard.filter(inside).group_by(KEY).agg(
        pl.col("heard_count").sum(), pl.col("has_alternate").any(), pl.col("payer_name").drop_nulls().min()
    )  # fmt: skip
    taken = flagged.group_by(KEY).agg(flagged_count=pl.col("line_count").sum())
    plain = every.join(taken, on=KEY, how="left").with_columns(
        line_count=pl.col("heard_count") - pl.col("flagged_count").fill_null(0),
        verdict=pl.lit("none"), paid_code=pl.lit(None, pl.String), surprise_cents=pl.lit(None, pl.Int64),
    )  # fmt: skip
    return pl.concat([flagged, plain.filter(pl.col("line_count") > 0).select(flagged.columns)])


def predicted_downgrades(counts: pl.DataFrame, policy: AuditPolicy, as_of: date) -> pl.DataFrame:
    """Contract PREDICTED_DOWNGRADES from the counts of the whole window (parts of it one below the other are summed here)."""
    number, verdict = pl.col("line_count"), pl.col("verdict")
    is_down = verdict == "downgraded"
    totals = counts.group_by(KEY).agg(
        pl.col("payer_name").drop_nulls().min(),
        pl.col("has_alternate").any(),
        eligible_line_count=number.filter(verdict != "needs_review").sum(),
        downgraded_line_count=number.filter(is_down).sum(),
        review_line_count=number.filter(verdict == "needs_review").sum(),
        priced_line_count=number.filter(is_down & pl.col("surprise_cents").is_not_null()).sum(),
    )
    open_to_it = totals.filter(pl.col("has_alternate") | (pl.col("downgraded_line_count") > 0))
    table = _with_chance(open_to_it).join(_alternates(counts), on=KEY, how="left").join(_surprises(counts), on=KEY, how="left")
    start, end = window(as_of, policy.ranking_window_months)
    is_small = pl.col("eligible_line_count") < policy.prediction_minimum_lines
    is_likely = pl.col("low_bp") >= policy.substitution_low_pct * 100
    return PREDICTED_DOWNGRADES.conform(
        table.with_columns(
            downgraded_share=share(pl.col("downgraded_line_count"), pl.col("eligible_line_count")),
            probability_pct=percent_of("chance_bp"),
            probability_low_pct=percent_of("low_bp"),
            probability_high_pct=percent_of("high_bp"),
            typical_surprise_balance=dollars("median"),
            low_surprise_balance=dollars("low_cents"),
            high_surprise_balance=dollars("high_cents"),
            is_small=is_small,
            is_substitution=~is_small & is_likely & pl.col("paid_code").is_not_null(),
            window_start=start,
            window_end=end,
        )
    ).sort(PREDICTED_DOWNGRADES.sort)


def wilson(found: int, seen: int) -> tuple[int, int]:
    """The 95 % range of a share of which `found` of `seen` were observed, in hundredths of a percent, rounded outwards.

    Nothing seen gives the whole range. Source: E. B. Wilson, 1927; by whole numbers, so the same on every machine.
    """
    if seen == 0:
        return 0, 10_000
    # (2k + z² ± z √(z² + 4k(n - k)/n)) / 2(n + z²), every term times 10,000 n; z² is 3.8416.
    z_squared = Z_HUNDREDTHS**2
    middle = (20_000 * found + z_squared) * seen
    root = isqrt(z_squared * seen * (z_squared * seen + 40_000 * found * (seen - found))) + 1
    whole = 2 * (10_000 * seen + z_squared) * seen
    low = max(0, (middle - root) * 10_000 // whole) if found else 0
    high = min(10_000, -(-(middle + root) * 10_000 // whole)) if found < seen else 10_000
    return low, high


def _with_chance(totals: pl.DataFrame) -> pl.DataFrame:
    """Adds chance_bp and the range low_bp, high_bp; each distinct pair of counts is worked out once."""
    pair = ["downgraded_line_count", "eligible_line_count"]
    seen = totals.select(pair).unique().sort(pair)
    ranges = [wilson(found, of) for found, of in seen.iter_rows()]
    bounds = seen.with_columns(
        low_bp=pl.Series([low for low, _ in ranges], dtype=pl.Int64), high_bp=pl.Series([high for _, high in ranges], dtype=pl.Int64)
    )
    found, of = pl.col(pair[0]), pl.col(pair[1])
    chance = ((2 * found + 1) * 10_000 + of + 1) // ((of + 1) * 2)
    return totals.join(bounds, on=pair, how="left").with_columns(chance_bp=chance)


def _alternates(counts: pl.DataFrame) -> pl.DataFrame:
    """The alternate code most often paid; of equals the first by code."""
    known = counts.filter(pl.col("paid_code").is_not_null()).group_by(*KEY, "paid_code").agg(pl.col("line_count").sum())
    ordered = known.sort(["line_count", "paid_code"], descending=[True, False])
    return ordered.group_by(KEY, maintain_order=True).agg(pl.col("paid_code").first())


def _surprises(counts: pl.DataFrame) -> pl.DataFrame:
    """median, low_cents and high_cents of downgraded lines: the quartiles are values that occurred, so no one has to guess."""
    priced = counts.filter(pl.col("surprise_cents").is_not_null()).group_by(*KEY, "surprise_cents").agg(pl.col("line_count").sum())
    each = priced.select(*KEY, "surprise_cents", pl.int_ranges("line_count").alias("each")).explode("each").lazy()
    medians = exact_median(each, KEY, "surprise_cents").select(*KEY, "median").collect()
    upto, total = pl.col("line_count").cum_sum().over(KEY), pl.col("line_count").sum().over(KEY)
    placed = priced.sort(*KEY, "surprise_cents").with_columns(upto=upto, total=total)
    quartiles = placed.group_by(KEY).agg(
        low_cents=pl.col("surprise_cents").filter(pl.col("upto") * 4 >= pl.col("total")).min(),
        high_cents=pl.col("surprise_cents").filter(pl.col("upto") * 4 >= pl.col("total") * 3).min(),
    )
    return medians.join(quartiles, on=KEY)
