"""Does the money add up: lines, claims and payments, to the cent."""

from __future__ import annotations

import polars as pl

from transforms.tables.contract import COUNT, MONEY
from transforms.tables.payments import PAYMENTS
from transforms.tables.quarantine import FAULTS
from transforms.tables.remittances import Remittances

NEXT_STEP = "Ask the payer for a corrected remittance, or correct the file and run: altbenefit audit --reprocess "
LINE_REASON = "the line does not balance: charge less its adjustments is not what was paid (SVC02, CAS, SVC03)"
CLAIM_REASON = "the claim does not balance: charge less all adjustments is not what was paid (CLP03, CAS, CLP04)"


def unbalanced(remittances: Remittances) -> pl.DataFrame:
    """FAULTS rows: one per claim that does not balance, with its first fault: a line first, else the claim itself.

    Line: SVC02 - its CAS = SVC03. Claim: CLP03 - claim CAS - line CAS = CLP04. `difference_amount` is the left side less
    the right. That line charges sum to the claim's is not asked: a reader warns of it. Informational amounts (AMT) do
    not count.
    """
    lines = _line_faults(remittances)
    claims = _claim_faults(remittances).join(lines, on="claim_id", how="anti")
    found = pl.concat([lines, claims])
    if found.is_empty():
        return FAULTS.empty()
    counts = remittances.service_lines.group_by("claim_id").agg(line_count=pl.len())
    files = remittances.payments.select("file_id", "source_file").unique()
    whole = remittances.service_lines.select("file_id", "source_file").unique()
    claim = remittances.claims.select("claim_id", "file_id", "claim_segment", "charge_amount")
    return FAULTS.conform(
        found.join(claim, on="claim_id", how="left", maintain_order="left")
        .join(counts, on="claim_id", how="left", maintain_order="left")
        .join(pl.concat([files, whole]).unique(), on="file_id", how="left", maintain_order="left")
        .with_columns(
            pl.lit("claim").alias("scope"),
            pl.lit(1).alias("claim_count"),
            pl.col("line_count").fill_null(0),
            pl.col("source_file").fill_null(""),
            next_step=pl.lit(NEXT_STEP) + pl.col("source_file").fill_null(""),
            difference_amount=_dollars("difference_cents"),
        )
        .sort("file_id", "claim_segment", maintain_order=True)
    )


def without(remittances: Remittances, faults: pl.DataFrame) -> Remittances:
    """The remittances less the claims that `faults` names (scope claim, by file and CLP segment), faults added."""
    named = faults.filter(pl.col("scope") == "claim").select("file_id", "claim_segment").unique()
    if named.is_empty():
        return remittances
    gone = remittances.claims.join(named, on=["file_id", "claim_segment"], how="semi").select("claim_id")
    kept = {
        name: getattr(remittances, name).join(gone, on="claim_id", how="anti", maintain_order="left")
        for name in ("claims", "service_lines", "adjustments")
    }
    return Remittances(**{**vars(remittances), **kept, "faults": pl.concat([remittances.faults, faults])})


def settle_payments(payments: pl.DataFrame, claims: pl.DataFrame, provider_adjustments: pl.DataFrame) -> pl.DataFrame:
    """PAYMENTS rows: whether the amount paid = claims paid - provider adjustments, to the cent, and by how much it is off.

    A positive provider adjustment lowers the payment. Give it all claims of the payment that could be read, also those
    set aside for not balancing: otherwise a payment is off by what was set aside.
    """
    paid = claims.group_by("payment_id").agg(paid=_cents("paid_amount").sum())
    moved = provider_adjustments.group_by("payment_id").agg(moved=_cents("amount").sum())
    settled = (
        payments.join(paid, on="payment_id", how="left", maintain_order="left")
        .join(moved, on="payment_id", how="left", maintain_order="left")
        .with_columns(
            difference=_cents("payment_amount") - pl.col("paid").fill_null(0) + pl.col("moved").fill_null(0),
        )
    )
    return PAYMENTS.conform(settled.with_columns(is_balanced=pl.col("difference") == 0, difference_amount=_dollars("difference")))


def _line_faults(remittances: Remittances) -> pl.DataFrame:
    """The first line of each claim that does not balance."""
    lines = remittances.service_lines
    off = _off("line_id", lines, remittances.adjustments.lazy().filter(pl.col("line_id").is_not_null()))
    return (
        (lines if off.height else lines.clear())
        .select("line_id", "claim_id", "line_segment")
        .join(off, on="line_id", maintain_order="left")
        .unique("claim_id", keep="first", maintain_order=True)
        .select("claim_id", "difference_cents", *_fault("line_segment", "SVC", "line_unbalanced", LINE_REASON))
    )


def _claim_faults(remittances: Remittances) -> pl.DataFrame:
    claims = remittances.claims
    off = _off("claim_id", claims, remittances.adjustments.lazy())
    return (
        (claims if off.height else claims.clear())
        .select("claim_id", "claim_segment")
        .join(off, on="claim_id", maintain_order="left")
        .select("claim_id", "difference_cents", *_fault("claim_segment", "CLP", "claim_unbalanced", CLAIM_REASON))
    )


def _off(key: str, owed: pl.DataFrame, adjustments: pl.LazyFrame) -> pl.DataFrame:
    """By `key`, difference_cents = charge - adjustments - paid, where it is not zero. Owners of adjustments alone may be among them."""
    rows = [
        owed.lazy().select(key, difference_cents=_cents("charge_amount") - _cents("paid_amount")),
        adjustments.select(key, difference_cents=-_cents("amount")),
    ]
    return pl.concat(rows).group_by(key).agg(pl.col("difference_cents").sum()).filter(pl.col("difference_cents") != 0).collect()


def _fault(segment: str, tag: str, reason_code: str, reason: str) -> list[pl.Expr]:
    return [
        pl.col(segment).cast(COUNT).alias("segment"),
        pl.lit(tag).alias("segment_tag"),
        pl.lit(reason_code).alias("reason_code"),
        pl.lit(reason).alias("reason"),
    ]


def _cents(column: str) -> pl.Expr:
    return pl.col(column).to_physical().cast(pl.Int64)


def _dollars(column: str) -> pl.Expr:
    """Cents as dollars; null where they do not fit DECIMAL(12,2)."""
    fits = pl.col(column).abs() <= 999_999_999_999
    return (pl.when(fits).then(pl.col(column)).cast(pl.Decimal(38, 2)) / 100).cast(MONEY)
