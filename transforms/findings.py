"""The findings table: decided and priced lines in their published form, with what counts and why the rest does not."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.tables.contract import MONEY, PERCENT, TOTAL
from transforms.tables.findings import FINDINGS

MOST_CENTS = 999_999_999_999  # that DECIMAL(12,2) holds
UNKNOWN = "unknown"  # stands for a code that no one sent, so that rankings keep every dollar


def dollars(column: str) -> pl.Expr:
    """Whole cents as exact DECIMAL(12,2) dollars."""
    return (pl.col(column).cast(pl.Decimal(38, 2)) / 100).cast(MONEY)


def dollars_that_fit(column: str) -> pl.Expr:
    """The same of a sum that may be too large for that: null where it is."""
    fitting = pl.when(pl.col(column).abs() <= MOST_CENTS).then(pl.col(column))
    return (fitting.cast(pl.Decimal(38, 2)) / 100).cast(MONEY)


def total_dollars(column: str) -> pl.Expr:
    """Whole cents of a sum over all that is on file as exact DECIMAL(18,2) dollars."""
    return (pl.col(column).cast(pl.Decimal(38, 2)) / 100).cast(TOTAL)


def percent_of(column: str) -> pl.Expr:
    """Hundredths of a percent as an exact DECIMAL(5,2) percentage."""
    return (pl.col(column).cast(pl.Decimal(38, 2)) / 100).cast(PERCENT)


def unit_contracted_cents() -> pl.Expr:
    """The contracted fee of one unit: a line charged less lowers what that line can gain, not what the fee is. Null: unknown."""
    whole = pl.when(pl.col("units_paid") > 0).then(pl.col("contracted_cents") // pl.col("units_paid"))
    fee = pl.coalesce("schedule_fee_cents", "observed_fee_cents", whole)
    return pl.when(pl.col("contracted_cents").is_not_null()).then(fee)


def apply_decisions(decided: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """A person's last word on lines up for review: confirmed lines are downgraded, rejected lines are none.

    `decisions` is line_id, decision (confirmed or rejected), the last one per line. A decision on a line that is no longer
    up for review has no effect. Adds review_decision.
    """
    word = decisions.select("line_id", "decision")
    open_line = pl.col("verdict") == "needs_review"
    return (
        decided.join(word, on="line_id", how="left")
        .with_columns(
            review_decision=pl.when(open_line & (pl.col("decision") == "confirmed")).then(pl.lit("confirmed")),
            verdict=pl.when(open_line & (pl.col("decision") == "confirmed")).then(pl.lit("downgraded"))
            .when(open_line & (pl.col("decision") == "rejected")).then(pl.lit("none"))
            .otherwise("verdict"),
        )
        .drop("decision")
    )  # fmt: skip


def window(as_of: date, months: int) -> tuple[pl.Expr, pl.Expr]:
    """First and last day of the ranking window: the `months` before the day after the business date."""
    end = pl.lit(as_of)
    return (end + pl.duration(days=1)).cast(pl.Date).dt.offset_by(f"-{months}mo"), end


def with_counting(priced: pl.DataFrame, as_of: date, months: int, *, exclude_unbalanced: bool) -> pl.DataFrame:
    """Adds counted and not_counted_reason. Counted lines are downgraded, primary, priced and paid inside the window."""
    start, end = window(as_of, months)
    reason = (
        pl.when(pl.col("verdict") == "needs_review").then(pl.lit("needs_review"))
        .when(pl.col("is_after_prior_payer")).then(pl.lit("secondary_payer"))
        .when(pl.col("surprise_cents").is_null()).then(pl.lit("unpriced"))
        .when(~pl.col("payment_date").is_between(start, end)).then(pl.lit("outside_window"))
        .when(pl.lit(exclude_unbalanced) & ~pl.col("is_balanced")).then(pl.lit("unbalanced_payment"))
    )  # fmt: skip
    return priced.with_columns(not_counted_reason=reason).with_columns(counted=pl.col("not_counted_reason").is_null())


def findings_table(counted: pl.DataFrame) -> pl.DataFrame:
    """Contract FINDINGS, from priced lines in cents."""
    is_review = pl.col("verdict") == "needs_review"
    columns = {
        "charge_amount": "charge_cents",
        "paid_amount": "paid_cents",
        "contracted_fee": "contracted_cents",
        "alternate_fee": "alternate_cents",
        "deductible_amount": "pr_deductible_cents",
        "copay_amount": "pr_copay_cents",
        "patient_responsibility_amount": "pr_cents",
        "expected_patient_responsibility_amount": "expected_cents",
        "benefit_shortfall": "shortfall_cents",
        "above_schedule_amount": "above_schedule_cents",
        "provider_absorbed_amount": "absorbed_cents",
        "liability_unclear_amount": "unclear_cents",
        "net_patient_after_cob": "net_cents",
    }
    table = counted.with_columns(
        *(dollars(cents).alias(name) for name, cents in columns.items()),
        candidate_amount=pl.when(is_review).then(dollars("surprise_cents")),
        surprise_balance=pl.when(~is_review).then(dollars("surprise_cents")),
        coverage_pct=percent_of("coverage_bp"),
        alternate_coverage_pct=percent_of("alternate_coverage_bp"),
        unit_cents=unit_contracted_cents(),
        units=pl.col("units_paid").fill_null(1),
    )
    table = table.with_columns(unit_contracted_fee=dollars("unit_cents"))
    return FINDINGS.conform(table).sort(FINDINGS.sort)
