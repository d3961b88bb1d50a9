"""Payer-code pairs by accumulated surprise balance, and payer-alternate pairs by the same dollars."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.fees import exact_median
from transforms.findings import UNKNOWN, dollars, percent_of, window
from transforms.tables.contract import PERCENT
from transforms.tables.rankings import PAYER_ALTERNATE_RANKING, PAYER_CODE_RANKING

# Families by code range: our own labels, broad enough to read at a glance.
CODE_FAMILIES = (
    ("D0100", "D0999", "exams and x-rays"),
    ("D1000", "D1999", "preventive"),
    ("D2140", "D2199", "silver fillings"),
    ("D2330", "D2390", "front white fillings"),
    ("D2391", "D2399", "back white fillings"),
    ("D2400", "D2699", "inlays and onlays"),
    ("D2700", "D2899", "crowns"),
    ("D2900", "D2999", "other restorations"),
    ("D3000", "D3999", "root canals"),
    ("D4000", "D4999", "gums"),
    ("D5000", "D5999", "dentures"),
    ("D6000", "D6199", "implants"),
    ("D6200", "D6999", "bridges"),
    ("D7000", "D7999", "oral surgery"),
    ("D8000", "D8999", "orthodontics"),
    ("D9000", "D9999", "other services"),
)


def code_family(code: str) -> pl.Expr:
    """Our own label for the family a code belongs to."""
    label = pl.lit("other")
    for first, last, name in CODE_FAMILIES:
        label = pl.when(pl.col(code).is_between(pl.lit(first), pl.lit(last))).then(pl.lit(name)).otherwise(label)
    return label


def payer_code_ranking(counted: pl.DataFrame, as_of: date, months: int, small: int) -> pl.DataFrame:
    """Contract PAYER_CODE_RANKING from counted lines in cents; order: surprise, claims, payer, code."""
    lines = counted.with_columns(pl.col("submitted_code").fill_null(UNKNOWN))
    common = (
        lines.drop_nulls("paid_code").group_by("payer_id", "submitted_code", "paid_code").agg(n=pl.len())
        .sort(["n", "paid_code"], descending=[True, False])
        .group_by("payer_id", "submitted_code", maintain_order=True).agg(pl.col("paid_code").first())
    )  # fmt: skip
    ranked = _ranked(lines, "submitted_code", as_of, months, small)
    named = ranked.join(common, on=["payer_id", "submitted_code"], how="left").with_columns(code_family=code_family("submitted_code"))
    return PAYER_CODE_RANKING.conform(named).sort(PAYER_CODE_RANKING.sort)


def payer_alternate_ranking(counted: pl.DataFrame, as_of: date, months: int, small: int) -> pl.DataFrame:
    """Contract PAYER_ALTERNATE_RANKING from counted lines in cents, ordered the same way."""
    lines = counted.with_columns(
        alternate_code=pl.col("paid_code").fill_null(UNKNOWN), submitted_code=pl.col("submitted_code").fill_null(UNKNOWN)
    )
    dragged = (
        lines.group_by("payer_id", "alternate_code", "submitted_code").agg(pl.col("surprise_cents").sum())
        .sort(["surprise_cents", "submitted_code"], descending=[True, False])
        .group_by("payer_id", "alternate_code", maintain_order=True).agg(submitted_codes="submitted_code")
    )  # fmt: skip
    ranked = _ranked(lines, "alternate_code", as_of, months, small).join(dragged, on=["payer_id", "alternate_code"], how="left")
    return PAYER_ALTERNATE_RANKING.conform(ranked).sort(PAYER_ALTERNATE_RANKING.sort)


def _ranked(lines: pl.DataFrame, code: str, as_of: date, months: int, small: int) -> pl.DataFrame:
    """One row per payer and code with totals, medians, shares and rank."""
    by = ["payer_id", code]
    start, end = window(as_of, months)
    units = pl.max_horizontal(pl.col("units_paid").fill_null(1), 1)
    lines = lines.with_columns(unit_alternate=pl.col("alternate_cents") // units, unit_fee=pl.col("contracted_cents") // units)
    totals = lines.group_by(by).agg(
        pl.col("payer_name").drop_nulls().sort().first(),
        line_count=pl.len().cast(pl.Int64),
        claim_count=pl.col("claim_id").n_unique().cast(pl.Int64),
        patient_count=pl.col("patient_id").drop_nulls().n_unique().cast(pl.Int64),
        surprise_cents=pl.col("surprise_cents").sum(),
        shortfall_cents=pl.col("shortfall_cents").sum(),
        absorbed_cents=pl.col("absorbed_cents").sum(),
        lowest_cents=pl.col("unit_alternate").min(),
        highest_cents=pl.col("unit_alternate").max(),
        stated_line_count=pl.col("evidence_tier").is_in([1, 2]).sum().cast(pl.Int64),
        confirmed_line_count=(pl.col("review_decision") == "confirmed").fill_null(False).sum().cast(pl.Int64),
        first_seen=pl.col("payment_date").min(),
        last_seen=pl.col("payment_date").max(),
    )
    for value, name in (("unit_alternate", "median_alternate_cents"), ("unit_fee", "median_fee_cents"), ("coverage_bp", "median_bp")):
        median = exact_median(lines.drop_nulls(value).lazy(), by, value).select(*by, pl.col("median").alias(name)).collect()
        totals = totals.join(median, on=by, how="left")
    ordered = totals.sort(["surprise_cents", "claim_count", "payer_id", code], descending=[True, True, False, False])
    whole = pl.col("surprise_cents").sum()
    return ordered.with_columns(
        rank=pl.int_range(1, pl.len() + 1),
        surprise_balance=dollars("surprise_cents"),
        surprise_share=share(pl.col("surprise_cents"), whole),
        cumulative_share=share(pl.col("surprise_cents").cum_sum(), whole),
        benefit_shortfall=dollars("shortfall_cents"),
        provider_absorbed_amount=dollars("absorbed_cents"),
        median_alternate_fee=dollars("median_alternate_cents"),
        lowest_alternate_fee=dollars("lowest_cents"),
        highest_alternate_fee=dollars("highest_cents"),
        contracted_fee=dollars("median_fee_cents"),
        median_coverage_pct=percent_of("median_bp"),
        is_small=pl.col("claim_count") < small,
        window_start=start,
        window_end=end,
    )


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Percentage with two decimals, rounded half up, by whole numbers; null where the whole is zero."""
    hundredths = pl.when(whole > 0).then((part * 20_000 + whole) // (whole * 2))
    return (hundredths.cast(pl.Decimal(38, 2)) / 100).cast(PERCENT)
