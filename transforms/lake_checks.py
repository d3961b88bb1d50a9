"""Whether the lake still holds together: small frames of differences that must be zero, for the gate before publication.

A payment, its claims and all that hangs on them lie in one payment month, so each part of the lake is checked by itself
(part_checks) and the whole is the parts one below the other (lake_evidence). Only a file's account reaches over months.
"""

from __future__ import annotations

from collections.abc import Mapping

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

BY_MONTH = (PAYMENTS, CLAIMS, SERVICE_LINES, ADJUSTMENTS, PROVIDER_ADJUSTMENTS)
PARENTS = (("claims", "payments", "payment_id"), ("service_lines", "claims", "claim_id"), ("adjustments", "claims", "claim_id"),
           ("provider_adjustments", "payments", "payment_id"))  # fmt: skip
HASH_FACTOR = 0x9E3779B97F4A7C15  # odd, so that no part of a key is lost


def part_checks(lake: Lake) -> dict[str, pl.DataFrame]:
    """The checks of one or more months of payments. Nothing in them names a claim or a person."""
    return {
        "payment_gaps": payment_gaps(lake),
        "file_claims": file_claims(lake),
        "repeated_keys": repeated_keys(lake, BY_MONTH),
        "orphans": orphans(lake),
        "part_totals": part_totals(lake),
    }


def lake_evidence(parts: Mapping[str, pl.DataFrame], lake: Lake) -> dict[str, pl.DataFrame]:
    """What the gate's laws ask for, by name, from part_checks of every month; `lake` for its files and its quarantine."""
    repeated = pl.concat([repeated_keys(lake, (FILES, QUARANTINE)), parts["repeated_keys"]])
    return {
        "lake_payments": parts["payment_gaps"],
        "lake_files": file_accounts(lake, parts["file_claims"]),
        "lake_keys": repeated.group_by("table_name", maintain_order=True).agg(pl.col("repeated_count").sum()),
        "lake_parents": parts["orphans"].group_by("table_name", maintain_order=True).agg(pl.col("orphan_count").sum()),
        "lake_totals": parts["part_totals"].sum(),
    }


def payment_gaps(lake: Lake) -> pl.DataFrame:
    """is_balanced, gap_cents = payment - (claims paid - provider adjustments), stated_gap_cents on file.

    One row per payment that breaks a promise; of all others one row for each kind.
    """
    paid = lake.claims.group_by("payment_id").agg(paid_cents=_cents("paid_amount").sum())
    moved = lake.provider_adjustments.group_by("payment_id").agg(moved_cents=_cents("amount").sum())
    rows = lake.payments.join(paid, on="payment_id", how="left").join(moved, on="payment_id", how="left")
    every = rows.select(
        "is_balanced",
        gap_cents=_cents("payment_amount") - pl.col("paid_cents").fill_null(0) + pl.col("moved_cents").fill_null(0),
        stated_gap_cents=_cents("difference_amount"),
    ).collect(engine="streaming")
    gap = pl.col("gap_cents")
    is_broken = (pl.col("is_balanced").fill_null(True) & (gap != 0)) | (gap != pl.col("stated_gap_cents"))
    return pl.concat([every.filter(is_broken), every.filter(~is_broken).unique()]).sort(pl.all())


def file_claims(lake: Lake) -> pl.DataFrame:
    """file_id, held_count and held_cents (charges) of the claims held; additive."""
    held = lake.claims.group_by("file_id").agg(held_count=pl.len().cast(pl.Int64), held_cents=_cents("charge_amount").sum())
    return held.collect(engine="streaming").sort("file_id")


def file_accounts(lake: Lake, claims: pl.DataFrame) -> pl.DataFrame:
    """One row per file: claims and cents of charges that its account says were loaded, less those held (file_claims)."""
    held = claims.lazy().group_by("file_id").agg(pl.col("held_count", "held_cents").sum())
    rows = lake.files.join(held, on="file_id", how="full", coalesce=True)
    return rows.select(
        claim_gap_count=pl.col("claim_loaded_count").fill_null(0) - pl.col("held_count").fill_null(0),
        charge_gap_cents=_cents("loaded_charge_amount") - pl.col("held_cents").fill_null(0),
    ).collect(engine="streaming")


def repeated_keys(lake: Lake, tables: tuple[Table, ...]) -> pl.DataFrame:
    """One row per lake table: table_name, repeated_count (rows beyond the first of their key)."""
    counts = pl.collect_all([_key_hashes(getattr(lake, table.name), table) for table in tables], engine="streaming")
    # Keys with as many hashes as rows are all different; the keys themselves are compared only where that does not show it.
    return pl.concat(
        count.drop("is_different") if count["is_different"].item() else _repeated(getattr(lake, table.name), table)
        for count, table in zip(counts, tables, strict=True)
    )


def _key_hashes(frame: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    hashes = [pl.col(name).hash(place) for place, name in enumerate(table.key)]
    together = hashes[0]
    for one in hashes[1:]:
        together = (together * HASH_FACTOR) ^ one
    return frame.select(table_name=pl.lit(table.name), repeated_count=pl.lit(0, pl.Int64), is_different=together.n_unique() == pl.len())


def _repeated(frame: pl.LazyFrame, table: Table) -> pl.DataFrame:
    key = pl.col(table.key[0]) if len(table.key) == 1 else pl.struct(table.key)
    repeated = (pl.len() - key.n_unique()).cast(pl.Int64)
    return frame.select(table_name=pl.lit(table.name), repeated_count=repeated).collect(engine="streaming")


def orphans(lake: Lake) -> pl.DataFrame:
    """One row per table that hangs on another: table_name, orphan_count (rows whose claim or payment is not in the lake)."""
    counts = [
        getattr(lake, child)
        .join(getattr(lake, parent).select(key), on=key, how="anti")
        .select(table_name=pl.lit(child), orphan_count=pl.len().cast(pl.Int64))
        for child, parent, key in PARENTS
    ]
    return pl.concat(pl.collect_all(counts, engine="streaming"))


def part_totals(lake: Lake) -> pl.DataFrame:
    """One row of cents, additive: payment_cents, paid_cents, moved_cents, unbalanced_cents (signed gaps), and unbalanced_count."""
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
