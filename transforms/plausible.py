"""Amounts that no dental remittance holds. Each fits its column, but their sums would not, and would stop a night."""

from __future__ import annotations

import polars as pl

from transforms.tables.contract import MONEY
from transforms.tables.quarantine import FAULTS
from transforms.tables.remittances import Remittances

CLAIM_CENTS = 999_999_999  # all amounts of one claim together, signs aside: ten million dollars
PAYMENT_CENTS = 99_999_999_999  # a payment and its provider adjustments: a billion dollars
REASON = "the amounts are larger than any dental remittance holds"
NEXT_STEP = "Ask the payer whether the amounts are meant; if so, ask for the file in parts."


def implausible_claims(read: Remittances) -> pl.DataFrame:
    """FAULTS rows, one per claim whose amounts together are beyond reason. `charge_amount` stays empty."""
    weights = [
        _weights(read.claims, "claim_id", "charge_amount", "paid_amount", "patient_responsibility_amount"),
        _weights(read.service_lines, "claim_id", "charge_amount", "paid_amount", "allowed_amount"),
        _weights(read.adjustments, "claim_id", "amount"),
    ]
    heavy = _heavier(weights, "claim_id", CLAIM_CENTS)
    if heavy.is_empty():
        return FAULTS.empty()
    lines = read.service_lines.group_by("claim_id").agg(line_count=pl.len())
    rows = (
        read.claims.join(heavy, on="claim_id", how="semi")
        .join(read.payments.select("payment_id", "source_file"), on="payment_id", how="left")
        .join(lines, on="claim_id", how="left")
        .with_columns(scope=pl.lit("claim"), segment="claim_segment", segment_tag=pl.lit("CLP"), claim_count=pl.lit(1))
    )
    return _faults(rows)


def implausible_payments(read: Remittances) -> pl.DataFrame:
    """FAULTS rows, one per payment that is, with its provider adjustments, beyond reason; with all its claims."""
    weights = [_weights(read.payments, "payment_id", "payment_amount"), _weights(read.provider_adjustments, "payment_id", "amount")]
    heavy = _heavier(weights, "payment_id", PAYMENT_CENTS)
    if heavy.is_empty():
        return FAULTS.empty()
    lines = read.service_lines.group_by("claim_id").agg(line_count=pl.len())
    claims = read.claims.join(lines, on="claim_id", how="left").group_by("payment_id")
    rows = (
        read.payments.join(heavy, on="payment_id", how="semi")
        .join(claims.agg(claim_count=pl.len(), line_count=pl.col("line_count").sum()), on="payment_id", how="left")
        .with_columns(scope=pl.lit("set"), segment="payment_segment", segment_tag=pl.lit("ST"), claim_segment=pl.lit(None, pl.Int64))
    )
    return _faults(rows)


def without_implausible_charges(faults: pl.DataFrame) -> pl.DataFrame:
    """The faults, their charges left empty where they are beyond reason."""
    is_plausible = _cents("charge_amount").abs() <= PAYMENT_CENTS
    return faults.with_columns(charge_amount=pl.when(is_plausible).then("charge_amount"))


def _faults(rows: pl.DataFrame) -> pl.DataFrame:
    return FAULTS.conform(
        rows.with_columns(
            pl.col("claim_count", "line_count").fill_null(0),
            reason_code=pl.lit("amounts_implausible"), reason=pl.lit(REASON), next_step=pl.lit(NEXT_STEP),
            charge_amount=pl.lit(None, MONEY), difference_amount=pl.lit(None, MONEY),
        )
    )  # fmt: skip


def _heavier(weights: list[pl.LazyFrame], owner: str, cents: int) -> pl.DataFrame:
    """The owners whose rows together weigh more."""
    return pl.concat(weights).group_by(owner).agg(pl.col("weight").sum()).filter(pl.col("weight") > cents).collect()


def _weights(rows: pl.DataFrame, owner: str, *amounts: str) -> pl.LazyFrame:
    """Per row its owner and its amounts together, in cents, signs aside."""
    return rows.lazy().select(owner, weight=pl.sum_horizontal(_cents(name).abs().fill_null(0) for name in amounts))


def _cents(column: str) -> pl.Expr:
    return pl.col(column).to_physical().cast(pl.Int64)
