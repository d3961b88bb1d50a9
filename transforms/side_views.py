"""Views beside the ranking: the weekly trend, balances explained otherwise, claims that no longer stand, who sent what."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.findings import UNKNOWN, dollars, dollars_that_fit, total_dollars
from transforms.tables.views import (
    CLAIM_STATES,
    EXPLAINED_OTHERWISE,
    NOT_LIVE,
    PAYMENT_TOTALS,
    RUNS,
    SILENT_PAYERS,
    WEEKLY_TREND,
)

LEARNING_DAYS = 4  # distinct payment days needed before a payer has a usual gap
YEAR_DAYS = 365
WEEKLY = ["week", "week_start", "payer_id", "submitted_code"]


def trend_weeks(priced: pl.DataFrame) -> pl.DataFrame:
    """Per ISO week of payment, payer and submitted code: counts and cents of downgraded lines; additive.

    All weeks on file, so that the trend reaches back beyond the ranking window.
    """
    lines = priced.filter(pl.col("not_counted_reason").fill_null("outside_window") == "outside_window")
    by_week = lines.with_columns(
        pl.col("submitted_code").fill_null(UNKNOWN),
        week=pl.col("payment_date").dt.strftime("%G-W%V"),
        week_start=pl.col("payment_date").dt.truncate("1w"),
    )
    return by_week.group_by(WEEKLY).agg(
        line_count=pl.len().cast(pl.Int64),
        claim_count=pl.col("claim_id").n_unique().cast(pl.Int64),
        surprise_cents=pl.col("surprise_cents").sum(),
        shortfall_cents=pl.col("shortfall_cents").sum(),
    )


def weekly_trend(weeks: pl.DataFrame) -> pl.DataFrame:
    """Contract WEEKLY_TREND from trend_weeks; parts one below the other are summed here."""
    trend = weeks.group_by(WEEKLY).agg(pl.col("line_count", "claim_count", "surprise_cents", "shortfall_cents").sum())
    named = trend.with_columns(surprise_balance=dollars("surprise_cents"), benefit_shortfall=dollars("shortfall_cents"))
    return WEEKLY_TREND.conform(named).sort(WEEKLY_TREND.sort)


def explained_otherwise(decided: pl.DataFrame) -> pl.DataFrame:
    """Contract EXPLAINED_OTHERWISE: live lines with a patient balance that is no downgrade and has a particular cause."""
    lines = decided.filter(pl.col("explanation").is_not_null() & (pl.col("verdict") == "none")).with_columns(
        charge_amount=dollars("charge_cents"), paid_amount=dollars("paid_cents"), patient_responsibility_amount=dollars("pr_cents")
    )
    return EXPLAINED_OTHERWISE.conform(lines).sort(EXPLAINED_OTHERWISE.sort)


def not_live(claims: pl.DataFrame) -> pl.DataFrame:
    """Contract NOT_LIVE from claims to net with their state."""
    gone = claims.filter(pl.col("state") != "live").with_columns(paid_amount=dollars("paid_cents"))
    return NOT_LIVE.conform(gone).sort(NOT_LIVE.sort)


def claim_state_sums(claims: pl.DataFrame, patient_sums: pl.DataFrame) -> pl.DataFrame:
    """Per state: claim_count and cents of claims to net, with the patient's part of each (claim_id, patient_cents); additive."""
    known = claims.join(patient_sums, on="claim_id", how="left")
    return known.group_by("state").agg(
        pl.len().cast(pl.Int64).alias("claim_count"), pl.col("charge_cents", "paid_cents").sum(), pl.col("patient_cents").fill_null(0).sum()
    )


def claim_states(sums: pl.DataFrame) -> pl.DataFrame:
    """Contract CLAIM_STATES from claim_state_sums; parts one below the other are summed here."""
    amounts = {"charge_amount": "charge_cents", "paid_amount": "paid_cents", "patient_responsibility_amount": "patient_cents"}
    whole = sums.group_by("state").agg(pl.col("claim_count", *amounts.values()).sum())
    table = whole.with_columns(
        *(dollars_that_fit(source).alias(name) for name, source in amounts.items()),
        *(total_dollars(source).alias(name.replace("_amount", "_total_amount")) for name, source in amounts.items()),
    )
    return CLAIM_STATES.conform(table).sort(CLAIM_STATES.sort)


def silent_payers(payments: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Contract SILENT_PAYERS: payers whose silence up to the business date is longer than any gap of the year before."""
    days = payments.select("payer_id", "payment_date").unique().sort("payer_id", "payment_date")
    last = pl.col("payment_date").max().over("payer_id")
    year = days.filter(pl.col("payment_date") >= last.dt.offset_by(f"-{YEAR_DAYS}d"))
    gaps = year.with_columns(gap=pl.col("payment_date").diff().over("payer_id").dt.total_days())
    learned = gaps.group_by("payer_id").agg(
        last_payment_date=pl.col("payment_date").max(), usual_gap_days=pl.col("gap").max(), payment_day_count=pl.len()
    )
    silence = (pl.lit(as_of) - pl.col("last_payment_date")).dt.total_days()
    names = payments.group_by("payer_id").agg(pl.col("payer_name").drop_nulls().sort().first())
    silent = (
        learned.with_columns(silent_days=silence)
        .filter((pl.col("payment_day_count") >= LEARNING_DAYS) & (pl.col("silent_days") > pl.col("usual_gap_days")))
        .join(names, on="payer_id", how="left")
    )
    return SILENT_PAYERS.conform(silent).sort(SILENT_PAYERS.sort)


def payment_totals(payments: pl.DataFrame) -> pl.DataFrame:
    """Contract PAYMENT_TOTALS from payments by day (month.payment_days)."""
    table = payments.group_by("payer_id").agg(
        payment_count=pl.col("payment_count").sum(),
        payment_amount=pl.col("payment_amount").sum(),
        unbalanced_count=pl.col("unbalanced_count").sum(),
        difference_amount=pl.col("difference_amount").sum(),
        payer_name=pl.col("payer_name").drop_nulls().sort().first(),
        last_payment_date=pl.col("payment_date").max(),
    )
    return PAYMENT_TOTALS.conform(table).sort(PAYMENT_TOTALS.sort)


def runs(files: pl.DataFrame) -> pl.DataFrame:
    """Contract RUNS, derived from the files, so that a killed and resumed night leaves the same rows."""
    counts = [column.name for column in RUNS.columns if column.name.startswith("claim_") or column.name == "line_count"]
    amounts = [column.name for column in RUNS.columns if column.name.endswith("_amount")]
    table = files.group_by("loaded_on").agg(
        *(pl.col(name).sum() for name in (*counts, *amounts)),
        file_count=pl.len(),
        quarantined_file_count=(pl.col("status") == "quarantined").sum(),
        duplicate_file_count=(pl.col("status") == "duplicate").sum(),
    )
    parts = ("loaded", "duplicate", "quarantined")
    in_claims = pl.col("claim_count") == pl.sum_horizontal(f"claim_{part}_count" for part in parts)
    in_dollars = pl.col("charge_amount") == sum((pl.col(f"{part}_charge_amount") for part in parts[1:]), pl.col("loaded_charge_amount"))
    return RUNS.conform(table.with_columns(is_conserved=in_claims & in_dollars)).sort(RUNS.sort)
