"""Who paid for whom: payment vendors told apart from the payers that they pay for, and whose network a claim was priced by."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from transforms.fees import in_force
from transforms.names import plain_name, plain_tax_id, trimmed
from transforms.x12.payer import payer_slug

Plain = Callable[[pl.Expr], pl.Expr]

# What may name the vendor, in this order, and the column of PAYMENT_VENDORS that lists it (names is name and aliases).
SENT: dict[str, tuple[Plain, str]] = {
    "payer_name": (plain_name, "names"),
    "payer_ref_2u": (trimmed, "payer_ids"),
    "payer_n104": (trimmed, "payer_ids"),
    "payer_tax_id": (plain_tax_id, "tax_ids"),
}
OWN = {name: f"own_{name}" for name in SENT}


def with_vendor(payments: pl.DataFrame, vendors: pl.DataFrame) -> pl.DataFrame:
    """Adds payment_vendor_id (null: no vendor on file) and own_<identifier>: what is left to name the payer, without the vendor's.

    payer_id of a vendor's payment becomes the slug of what is left, or vendor-<id> where nothing is: what a vendor sends of
    itself must not make one payer of all those that it pays for. Its tax id is taken for the vendor's even where
    payment_vendors.yaml does not list it, since whoever moves the money fills TRN03 (domain 5).
    """
    listed = vendors.with_columns(names=pl.concat_list(pl.concat_list("name"), "aliases"))
    found = payments
    for column, (plain, held) in SENT.items():
        table = listed.select("effective_from", "effective_until", key=held, **{f"vendor_by_{column}": "vendor_id"})
        keys = table.explode("key").drop_nulls("key").with_columns(key=plain(pl.col("key")))
        rows = found.with_columns(key=plain(pl.col(column)))
        known = in_force(rows.select("key", "payment_date").drop_nulls(), keys, ["key"], date="payment_date")
        known = known.sort(f"vendor_by_{column}").unique(["key", "payment_date"], keep="first", maintain_order=True)
        known = known.select("key", "payment_date", f"vendor_by_{column}")
        found = rows.join(known, on=["key", "payment_date"], how="left", maintain_order="left").drop("key")
    is_own = {OWN[column]: pl.when(pl.col(f"vendor_by_{column}").is_null()).then(pl.col(column)) for column in SENT}
    named = found.with_columns(payment_vendor_id=pl.coalesce(f"vendor_by_{column}" for column in SENT), **is_own)
    return _with_own_slug(named).drop(f"vendor_by_{column}" for column in SENT)


def _with_own_slug(payments: pl.DataFrame) -> pl.DataFrame:
    columns = ["own_payer_ref_2u", "payer_naic", "own_payer_n104", "own_payer_name"]
    paid_for = payments.filter(pl.col("payment_vendor_id").is_not_null()).select("payment_vendor_id", *columns).unique(maintain_order=True)
    slugs = [payer_slug(ref_2u, naic, n104, None, name) for _, ref_2u, naic, n104, name in paid_for.iter_rows()]
    left = paid_for.with_columns(own_slug=pl.Series(slugs, dtype=pl.String)).with_columns(
        own_slug=pl.when(pl.col("own_slug") == "unknown").then("vendor-" + pl.col("payment_vendor_id")).otherwise("own_slug")
    )
    joined = payments.join(left, on=["payment_vendor_id", *columns], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(payer_id=pl.coalesce("own_slug", "payer_id")).drop("own_slug")


def with_network(claims: pl.DataFrame, networks: pl.DataFrame, date: str) -> pl.DataFrame:
    """Adds leased_network_id, of the claim's own REF*CE, else of its payer's entry in networks.yaml on the date; null: none on file.

    claims: payer_id, class_of_contract and `date`, one row a claim or line. A REF*CE that names something else than a
    network on file stands against the payer's entry, since the payer said how it priced.
    """
    if networks.is_empty():
        return claims.with_columns(leased_network_id=pl.lit(None, pl.String))
    listed = networks.with_columns(names=pl.concat_list(pl.concat_list("name"), "aliases"))
    period = ["effective_from", "effective_until"]
    by_name = listed.select(*period, contract="names", sent_network_id="network_id").explode("contract")
    by_payer = listed.select(*period, payer_id="payer_ids", usual_network_id="network_id").explode("payer_id").drop_nulls("payer_id")
    rows = claims.with_columns(contract=plain_name(pl.col("class_of_contract")))
    for on, table, name in (
        ("contract", by_name.with_columns(plain_name(pl.col("contract"))), "sent_network_id"),
        ("payer_id", by_payer, "usual_network_id"),
    ):
        known = in_force(rows.select(on, date).drop_nulls(), table, [on], date=date).select(on, date, name)
        rows = rows.join(known.unique([on, date], keep="first", maintain_order=True), on=[on, date], how="left", maintain_order="left")
    is_silent = pl.col("contract").fill_null("") == ""
    return rows.with_columns(leased_network_id=pl.coalesce("sent_network_id", pl.when(is_silent).then(pl.col("usual_network_id")))).drop(
        "contract", "sent_network_id", "usual_network_id"
    )
