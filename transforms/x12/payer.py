"""A stable name for a payer, from its own identifiers."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

IDENTIFIERS = ("payer_ref_2u", "payer_naic", "payer_n104", "payer_tax_id", "payer_name")


def payer_ids(payments: pl.DataFrame) -> pl.Series:
    """`payer_id` per payment; worked out once for each distinct payer."""
    rows = zip(*(payments[name].to_list() for name in IDENTIFIERS), strict=True)
    return pl.Series("payer_id", [payer_slug(*row) for row in rows], dtype=pl.String)


@lru_cache(maxsize=4096)
def payer_slug(ref_2u: str | None, naic: str | None, n104: str | None, tax_id: str | None, name: str | None) -> str:
    """REF*2U, else the NAIC code, else N104, else tax id and name, else the name, else `unknown`."""
    for prefix, value in (("2u", ref_2u), ("nf", naic), ("n104", n104)):
        if slug(value):
            return f"{prefix}-{slug(value)}"
    tax = slug(tax_id[1:] if tax_id and len(tax_id) == 10 and tax_id.startswith("1") else tax_id)
    if tax:
        return f"tin-{tax}-{slug(name)}".rstrip("-")
    return f"name-{slug(name)}" if slug(name) else "unknown"


def slug(value: str | None) -> str:
    """Lower case, everything but letters and digits to single dashes, none at the ends."""
    spaced = "".join(character if character.isalnum() else " " for character in (value or "").lower())
    return "-".join(spaced.split())
