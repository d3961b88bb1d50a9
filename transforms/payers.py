"""Which payer a remittance is from: by the practice's own list, never by a likeness of names."""

from __future__ import annotations

import polars as pl

from transforms.locations import with_location
from transforms.names import plain_name, plain_tax_id, trimmed
from transforms.tables.parties import PAYMENT_VENDORS
from transforms.tables.policy import Settings
from transforms.vendors import OWN, with_vendor

# Why payers.yaml does not name the payer, in the order in which it is asked.
VENDOR_ONLY, NOTHING_SENT, NOT_LISTED = "vendor_only", "nothing_sent", "not_listed"


def map_payers(payments: pl.DataFrame, payers: pl.DataFrame, default_basis: str, vendors: pl.DataFrame | None = None) -> pl.DataFrame:
    """Payments with payer_id, payer_name, network and balance_basis of payers.yaml, and is_mapped.

    A name on the list comes first, then REF*2U or N104, then REF*NF, then TRN03; what is a payment vendor's own is left out
    of all of these. Where nothing is listed the payer keeps the slug of its own identifiers; its network counts as in,
    since an 835 does not tell, and is_mapped is false. Also payment_vendor_id, payer_name_sent, and unmapped_reason (null: mapped).
    """
    named = payers.select("payer_id", key=pl.concat_list(pl.concat_list("name"), "aliases")).explode("key")
    lookups = (
        ("payer_name", plain_name, named),
        ("payer_ref_2u", trimmed, payers.select("payer_id", key="payer_ids").explode("key")),
        ("payer_n104", trimmed, payers.select("payer_id", key="payer_ids").explode("key")),
        ("payer_naic", trimmed, payers.select("payer_id", key="naics").explode("key")),
        ("payer_tax_id", plain_tax_id, payers.select("payer_id", key="tax_ids").explode("key")),
    )
    found = _own_identifiers(payments, vendors).rename({"payer_id": "payer_slug"})
    # Payers are few and their payments many: each way of naming one is looked up once.
    sent = list(dict.fromkeys(OWN.get(column, column) for column, _, _ in lookups))
    ways = found.select(sent).unique()
    for column, plain, listed in lookups:
        keys = (
            listed.drop_nulls()
            .select(pl.col("payer_id").alias(f"by_{column}"), key=plain(pl.col("key")))
            .filter(pl.col("key") != "")  # "Company" alone is no name, and must not be everybody's
            .unique("key", keep="first", maintain_order=True)
        )
        ways = ways.with_columns(key=plain(pl.col(OWN.get(column, column)))).join(keys, on="key", how="left").drop("key")
    found = found.join(ways, on=sent, how="left", nulls_equal=True, maintain_order="left")
    listed_id = pl.coalesce(f"by_{column}" for column, _, _ in lookups)
    known = payers.select("payer_id", listed_name="name", network="network", balance_basis="balance_basis")
    return (
        found.with_columns(payer_id=pl.coalesce(listed_id, "payer_slug"), is_mapped=listed_id.is_not_null(), payer_name_sent="payer_name")
        .drop(f"by_{column}" for column, _, _ in lookups)
        .join(known, on="payer_id", how="left")
        .with_columns(
            payer_name=pl.coalesce("listed_name", "payer_name"),
            network=pl.col("network").fill_null("in"),
            balance_basis=pl.col("balance_basis").fill_null(default_basis),
            unmapped_reason=pl.when(~pl.col("is_mapped")).then(_why_unmapped()),
        )
        .drop("listed_name")
    )


def _own_identifiers(payments: pl.DataFrame, vendors: pl.DataFrame | None) -> pl.DataFrame:
    if vendors is None or vendors.is_empty():
        own = {own: pl.col(name) for name, own in OWN.items()}
        return payments.with_columns(payment_vendor_id=pl.lit(None, pl.String), **own)
    return with_vendor(payments, PAYMENT_VENDORS.conform(vendors))


def _why_unmapped() -> pl.Expr:
    is_vendors = pl.col("payer_slug") == "vendor-" + pl.col("payment_vendor_id")
    return (
        pl.when(is_vendors.fill_null(False)).then(pl.lit(VENDOR_ONLY))
        .when(pl.col("payer_slug") == "unknown").then(pl.lit(NOTHING_SENT))
        .otherwise(pl.lit(NOT_LISTED))
    )  # fmt: skip


def with_parties(payments: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Payments with their payer (map_payers), their payment vendor and the office paid, by the whole configuration."""
    mapped = map_payers(payments, settings.payers, settings.policy.balance_basis, settings.vendors)
    return with_location(mapped, settings.locations)
