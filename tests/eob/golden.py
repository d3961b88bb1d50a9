"""A golden pair: an export, and what is read from it as one table that people can check by eye."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.exports import read_export, shipped_rules
from transforms.tables.remittances import Blob, Remittances

FOLDER = Path(__file__).resolve().parents[1] / "golden"


def read_file(path: Path) -> Remittances:
    return read_export(Blob("0" * 64, path.name, path.read_bytes()), shipped_rules())


def table(read: Remittances) -> str:
    """One row per line, then one per fault and warning, as CSV."""
    reason = pl.concat_str(pl.col("group_code").fill_null("?"), pl.lit("-"), "reason_code", pl.lit(" "), pl.col("amount").cast(pl.String))
    reasons = read.adjustments.group_by("line_id").agg(adjustments=reason.str.join("; "))
    claims = read.claims.select(
        "claim_id", "payment_id", "claim_segment", "claim_status_code", "payer_rank", "patient_control_number",
        "payer_claim_control_number", "patient_id", "patient_last_name", "patient_first_name", claim_paid="paid_amount",
        claim_patient="patient_responsibility_amount",
    )  # fmt: skip
    payments = read.payments.select("payment_id", "payer_name", "payer_id", "trace_number", "payment_date", "payment_amount")
    lines = (
        read.service_lines.join(claims, on="claim_id").join(payments, on="payment_id").join(reasons, on="line_id", how="left")
        .sort("line_segment").drop("file_id", "source_file", "line_id", "claim_id", "payment_id", "submitted_qualifier", "paid_qualifier")
        .with_columns(pl.col("remark_codes").list.join(" "))
    )  # fmt: skip
    told = ("scope", "segment", "segment_tag", "reason_code", "reason", "claim_count", "line_count", "charge_amount", "difference_amount")
    faults = read.faults.select(told)
    warnings = read.warnings.select("reason_code", "reason", "segment", "occurrence_count")
    return "\n".join([lines.write_csv(), faults.write_csv(), warnings.write_csv()])
