"""What is not in the total and why: explained otherwise, waiting for a person, unusable; and how fresh each payer is."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.findings import dollars
from transforms.report.base_lines import LINES, WEEK, Marts, cents, distinct, in_cents

OPEN = "open"
NEXT_STEPS = {  # reasons of findings.not_counted_reason that a person can do something about, or may ask about
    "unpriced": "Add the contracted fee (fee_schedules/) or the coverage (coverage/); the line is priced on the next run.",
    "secondary_payer": "Nothing: the first payer's line counts, this one shows what the next payer did.",
    "outside_window": "Nothing: paid before the ranking window began.",
    "unbalanced_payment": "Look at the payment: its total is not that of its claims.",
}
DIFFERS = "It differs by file: altbenefit quarantine list --store DIR"


def explained(marts: Marts, window_start: date, first_day: date) -> pl.DataFrame:
    """One row per explanation: lines paid in the window whose balance something other than a downgrade explains, and the week's."""
    in_week = (pl.col("payment_date") >= first_day) & (pl.col("payment_date") < first_day + WEEK)
    lines = (
        marts["explained_otherwise"]
        .filter(pl.col("payment_date") >= window_start)
        .with_columns(cents=cents("patient_responsibility_amount"))
    )
    sums = lines.group_by("explanation").agg(
        line_count=LINES, claim_count=distinct("claim_id"),
        payer_count=distinct("payer_id"), cents=pl.col("cents").sum(), week_cents=pl.col("cents").filter(in_week).sum(),
    )  # fmt: skip
    table = sums.with_columns(patient_responsibility_amount=dollars("cents"), week_amount=dollars("week_cents")).drop("week_cents")
    return table.collect().sort(["cents", "explanation"], descending=[True, False]).drop("cents")


def explained_lines(marts: Marts, window_start: date, count: int) -> pl.DataFrame:
    """The dearest lines of each explanation, at most `count` in all: where each number above comes from."""
    lines = (
        marts["explained_otherwise"]
        .filter(pl.col("payment_date") >= window_start)
        .with_columns(cents=cents("patient_responsibility_amount"))
    )
    dearest = lines.select("line_id", "explanation", "cents").collect().sort(["cents", "line_id"], descending=[True, False])
    each = max(count // max(dearest["explanation"].n_unique(), 1), 1)
    kept = dearest.filter(pl.int_range(pl.len()).over("explanation") < each)
    found = lines.join(kept.lazy().select("line_id"), on="line_id", how="semi").collect()
    return found.sort(["explanation", "cents", "line_id"], descending=[False, True, False]).drop("cents")


def review(findings: pl.LazyFrame, count: int) -> pl.DataFrame:
    """Findings that wait for a person, dearest first, at most `count`."""
    waiting = findings.filter(pl.col("verdict") == "needs_review")
    ids = (
        waiting.select("line_id", "candidate_amount")
        .collect()
        .sort(["candidate_amount", "line_id"], descending=[True, False], nulls_last=True)
    )
    kept = ids.head(count).with_row_index("place")
    return waiting.join(kept.lazy().select("line_id", "place"), on="line_id", how="inner").collect().sort("place").drop("place")


def review_totals(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row per evidence tier (null: signals incomplete or at odds): lines that wait, and their dollars if confirmed."""
    waiting = in_cents(findings).filter(pl.col("verdict") == "needs_review").with_columns(candidate=cents("candidate_amount"))
    sums = waiting.group_by("evidence_tier").agg(
        line_count=LINES,
        unpriced_count=pl.col("candidate").is_null().sum().cast(pl.Int64),
        cents=pl.col("candidate").sum(),
    )
    return sums.with_columns(candidate_amount=dollars("cents")).drop("cents").collect().sort("evidence_tier", nulls_last=True)


def unusable(quarantine: pl.LazyFrame) -> pl.DataFrame:
    """One row per reason that open quarantine items have: how many, how much, since when, what to do; dearest first."""
    waiting = quarantine.filter(pl.col("status") == OPEN)
    step = pl.when(pl.col("next_step").n_unique() == 1).then(pl.col("next_step").first()).otherwise(pl.lit(DIFFERS))
    sums = waiting.group_by("reason_code").agg(
        reason=pl.col("reason").sort().first(), next_step=step, item_count=LINES, claim_count=pl.col("claim_count").sum(),
        cents=cents("charge_amount").sum(), unread_count=pl.col("charge_amount").is_null().sum().cast(pl.Int64),
        since=pl.col("since").min(),
    )  # fmt: skip
    table = sums.with_columns(charge_amount=dollars("cents")).collect()
    return table.sort(["cents", "reason_code"], descending=[True, False]).drop("cents")


def set_aside_items(quarantine: pl.LazyFrame, count: int) -> pl.DataFrame:
    """Open items, dearest first, at most `count`: file, segment, reason, next step."""
    waiting = quarantine.filter(pl.col("status") == OPEN).collect()
    return waiting.sort(["charge_amount", "quarantine_id"], descending=[True, False], nulls_last=True).head(count)


def not_counted(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row per reason why a downgraded line is not in the total: lines, charges, next step."""
    apart = findings.filter(pl.col("not_counted_reason").is_not_null() & (pl.col("not_counted_reason") != "needs_review"))
    sums = apart.group_by("not_counted_reason").agg(line_count=LINES, claim_count=distinct("claim_id"), cents=cents("charge_amount").sum())
    step = pl.col("not_counted_reason").replace_strict(NEXT_STEPS, default="See docs/billing-manager.md.", return_dtype=pl.String)
    table = sums.with_columns(charge_amount=dollars("cents"), next_step=step).collect()
    return table.sort(["cents", "not_counted_reason"], descending=[True, False]).drop("cents")


def unpriced(findings: pl.LazyFrame, count: int) -> pl.DataFrame:
    """One row per payer and code whose lines cannot be priced: what to put on file, most charges first."""
    lines = in_cents(findings).filter(pl.col("not_counted_reason") == "unpriced").with_columns(cents=cents("charge_amount"))
    sums = lines.group_by("payer_id", "submitted_code").agg(
        payer_name=pl.col("payer_name").drop_nulls().sort().first(), line_count=LINES, cents=pl.col("cents").sum()
    )
    ordered = sums.with_columns(charge_amount=dollars("cents")).collect()
    return ordered.sort(["cents", "payer_id", "submitted_code"], descending=[True, False, False]).head(count).drop("cents")


def freshness(marts: Marts, as_of: date) -> pl.DataFrame:
    """One row per payer: its last payment, how many days ago, and whether it has been silent for longer than it ever was.

    usual_gap_days null: not silent, so no gap is held against it. Silent payers first, then the longest ago.
    """
    silent = marts["silent_payers"].select("payer_id", "usual_gap_days", is_silent=pl.lit(True))
    payments = marts["payment_totals"].select("payer_id", "payer_name", "payment_count", "payment_amount", "last_payment_date")
    unmapped = marts["unmapped_payers"].select("payer_id", is_unmapped=pl.lit(True))
    table = payments.join(silent, on="payer_id", how="left").join(unmapped, on="payer_id", how="left").with_columns(
        pl.col("is_silent", "is_unmapped").fill_null(False), silent_days=(pl.lit(as_of) - pl.col("last_payment_date")).dt.total_days()
    )  # fmt: skip
    order = ["is_silent", "silent_days", "payer_id"]
    return table.collect().sort(order, descending=[True, True, False], nulls_last=True)
