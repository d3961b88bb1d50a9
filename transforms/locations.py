"""Which office was paid, by payee NPI, then tax id."""

from __future__ import annotations

import polars as pl

from transforms.fees import in_force
from transforms.names import plain_tax_id
from transforms.tables.payer_views import PAYEES


def with_location(payments: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame:
    """Adds location_id and location_name by the row in force on the payment date; null where none is paid under these numbers.

    An NPI comes first. A tax id decides where one office alone has it: among rows without an NPI, else among all.
    """
    rows = payments.with_columns(npi=pl.col("payee_npi").str.strip_chars(), tax_id=plain_tax_id(pl.col("payee_tax_id")))
    without = locations.filter(pl.col("npi").is_null())
    for on, table, name in (("npi", locations, "by_npi"), ("tax_id", without, "by_rest"), ("tax_id", locations, "by_tax_id")):
        keys = table.drop_nulls(on).select(on, "effective_from", "effective_until", pl.col("location_id").alias(name))
        known = in_force(rows.select(on, "payment_date").drop_nulls(), keys, [on], date="payment_date")
        sole = known.group_by(on, "payment_date").agg(pl.col(name).unique()).filter(pl.col(name).list.len() == 1)
        rows = rows.join(sole.with_columns(pl.col(name).list.first()), on=[on, "payment_date"], how="left", maintain_order="left")
    names = locations.select("location_id", location_name="name").unique("location_id", keep="first", maintain_order=True)
    found = rows.with_columns(location_id=pl.coalesce("by_npi", "by_rest", "by_tax_id"))
    return found.drop("npi", "tax_id", "by_npi", "by_rest", "by_tax_id").join(names, on="location_id", how="left", maintain_order="left")


def payees(payments: pl.DataFrame) -> pl.DataFrame:
    """Contract PAYEES from payments with their location and claim_count: what locations.csv has to know."""
    table = (
        payments.with_columns(payee_npi=pl.col("payee_npi").str.strip_chars(), payee_tax_id=plain_tax_id(pl.col("payee_tax_id")))
        .group_by("payee_npi", "payee_tax_id", "location_id")
        .agg(
            payee_names=pl.col("payee_name").drop_nulls().unique().sort(),
            payment_count=pl.col("payment_count").sum(),
            claim_count=pl.col("claim_count").sum(),
            payment_amount=pl.col("payment_amount").sum(),
            first_seen=pl.col("payment_date").min(),
            last_seen=pl.col("payment_date").max(),
        )
    )
    return PAYEES.conform(table).sort(PAYEES.sort, nulls_last=True)
