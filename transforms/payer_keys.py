"""What payers send of themselves, in the words of payers.yaml: payer_id, naic, name, tax_id."""

from __future__ import annotations

import polars as pl

from transforms.names import plain_name, plain_tax_id, trimmed
from transforms.vendors import OWN

# Numbers before names, and the tax id last: separate companies can share a name, and one bank account can pay for several.
KINDS = ("payer_id", "naic", "name", "tax_id")
SENT = (
    (0, "payer_id", OWN["payer_ref_2u"], trimmed),
    (0, "payer_id", OWN["payer_n104"], trimmed),
    (1, "naic", "payer_naic", trimmed),
    (2, "name", OWN["payer_name"], plain_name),
    (3, "tax_id", OWN["payer_tax_id"], plain_tax_id),
)


def keys_sent(payments: pl.DataFrame) -> pl.DataFrame:
    """payment_id, payer_id, is_mapped, kind, key (as it is compared), value (as sent): one row per identifier of a mapped payment.

    What is a payment vendor's own is left out, and so is the tax id of every payment that a vendor makes.
    """
    tax_id = pl.when(pl.col("payment_vendor_id").is_null()).then(pl.col(OWN["payer_tax_id"]))
    payments = payments.with_columns(tax_id.alias(OWN["payer_tax_id"]))
    rows = [
        payments.select(
            "payment_id", "payer_id", "is_mapped", order=pl.lit(order), kind=pl.lit(kind), key=plain(pl.col(column)),
            value=pl.col(column).str.strip_chars() if kind == "name" else plain(pl.col(column)),
        )
        for order, kind, column, plain in SENT
    ]  # fmt: skip
    return pl.concat(rows).filter(pl.col("key").fill_null("") != "")


def own_keys(sent: pl.DataFrame) -> pl.DataFrame:
    """payer_id, own_keys (kind=value) of each unmapped payer: the fewest kinds of keys that mean all of its payments and no others'.

    Only keys that no other payer sends. No row where some payment has none: then nothing tells that payer apart.
    """
    sole = sent.group_by("kind", "key").agg(sender_count=pl.col("payer_id").n_unique(), value=pl.col("value").min())
    mine = sent.filter(~pl.col("is_mapped")).drop("value").join(sole.filter(pl.col("sender_count") == 1), on=["kind", "key"])
    best = mine.sort("order", "key").unique("payment_id", keep="first", maintain_order=True)
    whole = sent.filter(~pl.col("is_mapped")).group_by("payer_id").agg(payment_count=pl.col("payment_id").n_unique())
    found = best.group_by("payer_id").agg(
        own_keys=(pl.col("kind") + "=" + pl.col("value")).unique().sort(), known_count=pl.col("payment_id").n_unique()
    )
    return found.join(whole, on="payer_id").filter(pl.col("known_count") == pl.col("payment_count")).select("payer_id", "own_keys")
