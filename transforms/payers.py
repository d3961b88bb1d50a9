"""Which payer a remittance is from: by the practice's own list, never by a likeness of names."""

from __future__ import annotations

import polars as pl

# Legal forms that payers write or leave out at will; what tells one payer from another stays (domain 5).
# CO stays too: it is Colorado as often as company, and the plan of one state is not that of another.
LEGAL_FORMS = r"\b(INC|LLC|CORP|CORPORATION|COMPANY|LTD|OF AMERICA)\b"


def plain_name(name: pl.Expr) -> pl.Expr:
    """A payer name for comparison: upper case, no punctuation, no legal form, single spaces."""
    letters = name.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return letters.str.replace_all(LEGAL_FORMS, " ").str.replace_all(r"\s+", " ").str.strip_chars()


def plain_tax_id(tax_id: pl.Expr) -> pl.Expr:
    """A TRN03 without hyphens and without the leading 1 that ten-digit forms carry."""
    digits = tax_id.str.replace_all(r"[^0-9A-Za-z]", "")
    return pl.when(digits.str.contains(r"^1\d{9}$")).then(digits.str.slice(1)).otherwise(digits)


def map_payers(payments: pl.DataFrame, payers: pl.DataFrame, default_basis: str) -> pl.DataFrame:
    """Payments with payer_id, payer_name, network and balance_basis of payers.yaml, and is_mapped.

    A name on the list comes first, then REF*2U or N104, then REF*NF, then TRN03. Where nothing is listed the payer keeps
    the slug of its own identifiers; its network counts as in, since an 835 does not tell, and is_mapped is false.
    """
    named = payers.select("payer_id", key=pl.concat_list(pl.concat_list("name"), "aliases")).explode("key")
    lookups = (
        ("payer_name", plain_name, named),
        ("payer_ref_2u", _same, payers.select("payer_id", key="payer_ids").explode("key")),
        ("payer_n104", _same, payers.select("payer_id", key="payer_ids").explode("key")),
        ("payer_naic", _same, payers.select("payer_id", key="naics").explode("key")),
        ("payer_tax_id", plain_tax_id, payers.select("payer_id", key="tax_ids").explode("key")),
    )
    found = payments.rename({"payer_id": "payer_slug"})
    for column, plain, listed in lookups:
        keys = (
            listed.drop_nulls()
            .select(pl.col("payer_id").alias(f"by_{column}"), key=plain(pl.col("key")))
            .unique("key", keep="first", maintain_order=True)
        )
        found = found.with_columns(key=plain(pl.col(column))).join(keys, on="key", how="left").drop("key")
    listed_id = pl.coalesce(f"by_{column}" for column, _, _ in lookups)
    known = payers.select("payer_id", listed_name="name", network="network", balance_basis="balance_basis")
    return (
        found.with_columns(payer_id=pl.coalesce(listed_id, "payer_slug"), is_mapped=listed_id.is_not_null())
        .drop(f"by_{column}" for column, _, _ in lookups)
        .join(known, on="payer_id", how="left")
        .with_columns(
            payer_name=pl.coalesce("listed_name", "payer_name"),
            network=pl.col("network").fill_null("in"),
            balance_basis=pl.col("balance_basis").fill_null(default_basis),
        )
        .drop("listed_name")
    )


def _same(value: pl.Expr) -> pl.Expr:
    return value.str.strip_chars()
