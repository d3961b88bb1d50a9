"""Payers that payers.yaml does not list: what they send, what they pay, and what would tell them apart."""

from __future__ import annotations

import polars as pl

from transforms.payer_keys import keys_sent, own_keys
from transforms.tables.views import UNMAPPED_PAYERS


def unmapped_payers(payments: pl.DataFrame) -> pl.DataFrame:
    """Contract UNMAPPED_PAYERS from mapped payments with their claim_count."""
    ids = pl.concat_list("payer_ref_2u", "payer_n104")
    table = (
        payments.filter(~pl.col("is_mapped"))
        .with_columns(ids=ids)
        .group_by("payer_id")
        .agg(
            payer_names=pl.col("payer_name").drop_nulls().unique().sort(),
            payer_ids=pl.col("ids").list.explode().drop_nulls().unique().sort(),
            tax_ids=pl.col("payer_tax_id").drop_nulls().unique().sort(),
            naics=pl.col("payer_naic").drop_nulls().unique().sort(),
            payment_vendor_ids=pl.col("payment_vendor_id").drop_nulls().unique().sort(),
            unmapped_reason=pl.col("unmapped_reason").first(),
            payment_count=pl.col("payment_count").sum(),
            claim_count=pl.col("claim_count").sum(),
            payment_amount=pl.col("payment_amount").sum(),
            first_seen=pl.col("payment_date").min(),
            last_seen=pl.col("payment_date").max(),
        )
    )
    keyed = table.join(own_keys(keys_sent(payments)), on="payer_id", how="left").with_columns(pl.col("own_keys").fill_null([]))
    return UNMAPPED_PAYERS.conform(keyed).sort(UNMAPPED_PAYERS.sort)
