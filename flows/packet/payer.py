"""Which payer is meant: an id of the store, or ids that are close to what was typed."""

from __future__ import annotations

import difflib
from pathlib import Path

import polars as pl

from flows.errors import BadUsage
from flows.published import mart

MOST = 8


def require_payer(store: Path, payer_id: str) -> None:
    """Raises BadUsage for a payer that never paid anything in this store, naming ids whose id or name is close."""
    names = known_payers(store)
    if payer_id in names:
        return
    asked = payer_id.casefold()
    near = difflib.get_close_matches(asked, [name.casefold() for name in (*names, *names.values())], n=3, cutoff=0.5)
    ids = [known for known, name in names.items() if {known.casefold(), name.casefold()} & set(near) or asked in name.casefold()]
    shown = ", ".join((ids or list(names))[:MOST]) or "none has paid yet"
    raise BadUsage("no payer of this store has that id", str(store), f"Use a payer_id as --payer: {shown}.")


def known_payers(store: Path) -> dict[str, str]:
    """payer_id to name, or the id where no name was sent; sorted by id."""
    ids = mart(store, "payment_totals").select("payer_id", payer_name=pl.lit(None, pl.String))
    named = mart(store, "findings", ("payer_id", "payer_name")).unique()
    every = pl.concat([ids, named]).group_by("payer_id").agg(pl.col("payer_name").drop_nulls().min()).sort("payer_id")
    return dict(every.select("payer_id", pl.coalesce("payer_name", "payer_id")).iter_rows())
