"""The published findings as the packet reckons with them: counted lines of the chosen evidence tiers, in cents."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from transforms.adjudicated import cents
from transforms.asks import askable
from transforms.findings import UNKNOWN

IN_CENTS = {
    "contracted_cents": "contracted_fee",
    "alternate_cents": "alternate_fee",
    "schedule_fee_cents": "unit_contracted_fee",
    "co_stated_cents": "provider_absorbed_amount",
    "pr_deductible_cents": "deductible_amount",
    "pr_copay_cents": "copay_amount",
    "surprise_cents": "surprise_balance",
    "shortfall_cents": "benefit_shortfall",
    "absorbed_cents": "provider_absorbed_amount",
    "above_cents": "above_schedule_amount",
    "coverage_bp": "coverage_pct",
    "alternate_coverage_bp": "alternate_coverage_pct",
}

# What a packet reads of FINDINGS: half of its columns, since a large practice has a million lines.
COLUMNS = (
    "claim_id", "patient_id", "payer_id", "payer_name", "payment_date", "submitted_code", "paid_code", "verdict", "evidence_tier",
    "contracted_fee_source", "surprise_basis", "counted", "not_counted_reason", "network", "units", "is_maximum_reached",
    *sorted(set(IN_CENTS.values())),
)  # fmt: skip


def counted_lines(findings: pl.DataFrame) -> pl.DataFrame:
    """Counted lines of FINDINGS with the columns, in cents, that `transforms.asks` reckons with: its results are the same."""
    return findings.filter("counted").with_columns(
        *(cents(column).alias(name) for name, column in IN_CENTS.items()),
        units_paid="units",
        co_service_cents=pl.lit(0, pl.Int64),
        observed_fee_cents=pl.lit(None, pl.Int64),
    )


def packet_lines(findings: pl.DataFrame, tiers: Collection[int]) -> pl.DataFrame:
    """Counted lines of these tiers. Adds alternate_code, borne_by, unit_cents and unit_contracted_cents (null
    where no ask can be reckoned: no alternate code, fee or contracted fee is known) and is_askable."""
    chosen = findings.filter(pl.col("evidence_tier").is_in(list(tiers)))
    lines = counted_lines(chosen).drop(set(IN_CENTS.values())).with_row_index("row")
    reckoned = askable(lines).select("row", "borne_by", "unit_cents", "unit_contracted_cents", is_askable=pl.lit(True))
    return lines.join(reckoned, on="row", how="left", maintain_order="left").with_columns(
        pl.col("is_askable").fill_null(False),
        line_count=pl.lit(1, pl.Int64),
        submitted_code=pl.col("submitted_code").fill_null(UNKNOWN),
        alternate_code=pl.col("paid_code").fill_null(UNKNOWN),
    )
