"""Whether the lake still holds together: small frames of differences that must be zero, for the gate before publication."""

from __future__ import annotations

import polars as pl

from transforms.month import Lake
from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.claims import CLAIMS
from transforms.tables.contract import Table
from transforms.tables.files import FILES
from transforms.tables.payments import PAYMENTS
from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.tables.quarantine import QUARANTINE
from transforms.tables.service_lines import SERVICE_LINES

TABLES = (FILES, PAYMENTS, CLAIMS, SERVICE_LINES, ADJUSTMENTS, PROVIDER_ADJUSTMENTS, QUARANTINE)
PARENTS = (("claims", "payments", "payment_id"), ("service_lines", "claims", "claim_id"), ("adjustments", "claims", "claim_id"),
           ("provider_adjustments", "payments", "payment_id"))  # fmt: skip


def lake_evidence(lake: Lake) -> dict[str, pl.DataFrame]:
    """Every frame below by the name under which the gate's laws ask for it. Nothing in them names a claim or a person."""
    return {
        "lake_payments": payment_balances(lake),
        "lake_files": file_accounts(lake),
        "lake_keys": repeated_keys(lake),
        "lake_parents": orphans(lake),
        "lake_totals": lake_totals(lake),
    }


def payment_balances(lake: Lake) -> pl.DataFrame:
    """One row per payment: is_balanced, gap_cents = payment - (claims paid - provider adjustments), stated_gap_cents on file."""
    paid = lake.claims.group_by("payment_id").agg(paid_cents=_cents("paid_amount").sum())
    moved = lake.provider_adjustments.group_by("payment_id").agg(moved_cents=_cents("amount").sum())
    rows = lake.payments.join(paid, on="payment_id", how="left").join(moved, on="payment_id", how="left")
    return rows.select(
        "is_balanced",
        gap_cents=_cents("payment_amount") - pl.col("paid_cents").fill_null(0) + pl.col("moved_cents").fill_null(0),
        stated_gap_cents=_cents("difference_amount"),
    ).collect(engine="streaming")


def file_accounts(lake: Lake) -> pl.DataFrame:
    """One row per file: claims and cents of charges that its account says were loaded, less those that the lake holds."""
    held = lake.claims.group_by("file_id").agg(held_count=pl.len(), held_cents=_cents("charge_amount").sum())
    rows = lake.files.join(held, on="file_id", how="full", coalesce=True)
    return rows.select(
        claim_gap_count=pl.col("claim_loaded_count").fill_null(0) - pl.col("held_count").fill_null(0).cast(pl.Int64),
        charge_gap_cents=_cents("loaded_charge_amount") - pl.col("held_cents").fill_null(0),
    ).collect(engine="streaming")


def repeated_keys(lake: Lake) -> pl.DataFrame:
    """One row per lake table: table_name, repeated_count (rows beyond the first of their key)."""
    counts = [_repeated(getattr(lake, table.name), table) for table in TABLES]
    return pl.concat(pl.collect_all(counts, engine="streaming"))


def _repeated(frame: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    key = pl.col(table.key[0]) if len(table.key) == 1 else pl.struct(table.key)
    return frame.select(table_name=pl.lit(table.name), repeated_count=(pl.len() - key.n_unique()).cast(pl.Int64))


def orphans(lake: Lake) -> pl.DataFrame:
    """One row per table that hangs on another: table_name, orphan_count (rows whose claim or payment is not in the lake)."""
    counts = [
        getattr(lake, child)
        .join(getattr(lake, parent).select(key), on=key, how="anti")
        .select(table_name=pl.lit(child), orphan_count=pl.len().cast(pl.Int64))
        for child, parent, key in PARENTS
    ]
    return pl.concat(pl.collect_all(counts, engine="streaming"))


def lake_totals(lake: Lake) -> pl.DataFrame:
    """One row of cents: payment_cents, paid_cents, moved_cents, unbalanced_cents (signed gaps), and unbalanced_count."""
    payments = lake.payments.select(
        payment_cents=_cents("payment_amount").sum(),
        unbalanced_cents=_cents("difference_amount").filter(~pl.col("is_balanced")).sum(),
        unbalanced_count=pl.col("is_balanced").not_().sum().cast(pl.Int64),
    )
    claims = lake.claims.select(paid_cents=_cents("paid_amount").sum())
    moved = lake.provider_adjustments.select(moved_cents=_cents("amount").sum())
    return pl.concat(pl.collect_all([payments, claims, moved], engine="streaming"), how="horizontal")


def _cents(column: str) -> pl.Expr:
    return pl.col(column).to_physical().cast(pl.Int64).fill_null(0)
