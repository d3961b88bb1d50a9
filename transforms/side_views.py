"""Views beside the ranking: the weekly trend, balances explained otherwise, claims that no longer stand, who sent what."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.findings import UNKNOWN, dollars
from transforms.tables.views import (
    CLAIM_STATES,
    EXPLAINED_OTHERWISE,
    NOT_LIVE,
    PAYMENT_TOTALS,
    RUNS,
    SILENT_PAYERS,
    UNMAPPED_PAYERS,
    WEEKLY_TREND,
)

LEARNING_DAYS = 4  # distinct payment days needed before a payer has a usual gap
YEAR_DAYS = 365


def weekly_trend(priced: pl.DataFrame) -> pl.DataFrame:
    """Contract WEEKLY_TREND over all weeks on file, so that it reaches back beyond the ranking window."""
    lines = priced.filter(pl.col("not_counted_reason").fill_null("outside_window") == "outside_window")
    by_week = lines.with_columns(
        pl.col("submitted_code").fill_null(UNKNOWN),
        week=pl.col("payment_date").dt.strftime("%G-W%V"),
        week_start=pl.col("payment_date").dt.truncate("1w"),
    )
    trend = by_week.group_by("week", "week_start", "payer_id", "submitted_code").agg(
        line_count=pl.len(),
        claim_count=pl.col("claim_id").n_unique(),
        surprise_cents=pl.col("surprise_cents").sum(),
        shortfall_cents=pl.col("shortfall_cents").sum(),
    )
    named = trend.with_columns(surprise_balance=dollars("surprise_cents"), benefit_shortfall=dollars("shortfall_cents"))
    return WEEKLY_TREND.conform(named).sort(WEEKLY_TREND.sort)


def explained_otherwise(decided: pl.DataFrame) -> pl.DataFrame:
    """Contract EXPLAINED_OTHERWISE: live lines with a patient balance that is no downgrade and has a particular cause."""
    lines = decided.filter(pl.col("explanation").is_not_null() & (pl.col("verdict") == "none")).with_columns(
        charge_amount=dollars("charge_cents"), paid_amount=dollars("paid_cents"), patient_responsibility_amount=dollars("pr_cents")
    )
    return EXPLAINED_OTHERWISE.conform(lines).sort(EXPLAINED_OTHERWISE.sort)


def not_live(claims: pl.DataFrame) -> pl.DataFrame:
    """Contract NOT_LIVE from claims with their state."""
    return NOT_LIVE.conform(claims.filter(pl.col("state") != "live")).sort(NOT_LIVE.sort)


def claim_states(claims: pl.DataFrame, patient_sums: pl.DataFrame) -> pl.DataFrame:
    """Contract CLAIM_STATES from claims with their state and the patient's part of each claim (claim_id, patient_cents)."""
    table = (
        claims.join(patient_sums, on="claim_id", how="left")
        .group_by("state")
        .agg(pl.len().alias("claim_count"), pl.col("charge_amount", "paid_amount").sum(), pl.col("patient_cents").fill_null(0).sum())
        .with_columns(patient_responsibility_amount=dollars("patient_cents"))
    )
    return CLAIM_STATES.conform(table).sort(CLAIM_STATES.sort)


def unmapped_payers(payments: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Contract UNMAPPED_PAYERS from mapped payments."""
    counts = claims.group_by("payment_id").agg(claim_count=pl.len())
    strange = payments.filter(~pl.col("is_mapped")).join(counts, on="payment_id", how="left")
    ids = pl.concat_list("payer_ref_2u", "payer_n104")
    table = (
        strange.with_columns(ids=ids)
        .group_by("payer_id")
        .agg(
            payer_names=pl.col("payer_name").drop_nulls().unique().sort(),
            payer_ids=pl.col("ids").list.explode().drop_nulls().unique().sort(),
            tax_ids=pl.col("payer_tax_id").drop_nulls().unique().sort(),
            payment_count=pl.len(),
            claim_count=pl.col("claim_count").fill_null(0).sum(),
            payment_amount=pl.col("payment_amount").sum(),
            first_seen=pl.col("payment_date").min(),
            last_seen=pl.col("payment_date").max(),
        )
    )
    return UNMAPPED_PAYERS.conform(table).sort(UNMAPPED_PAYERS.sort)


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
    """Contract PAYMENT_TOTALS from mapped payments."""
    table = payments.group_by("payer_id").agg(
        payment_count=pl.len(),
        payment_amount=pl.col("payment_amount").sum(),
        unbalanced_count=(~pl.col("is_balanced")).sum(),
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
