"""Payers for people: who is known, who is not and may be whom, and the lines that payers.yaml would need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from flows.errors import BadUsage
from flows.published import mart
from transforms.x12.payer import slug

NO_KEYS = "Nothing that it sends tells it apart from others: add it to payers.yaml by hand, or its vendor to payment_vendors.yaml."
VENDOR = "A payment vendor named itself and no payer. Ask the vendor for remittances that name the payer in N1*PR or REF*2U."


def known_and_unknown(store: Path) -> pl.DataFrame:
    """One row per payer of the last publication, dearest first: names, vendors, payments, dollars; unmapped ones say why."""
    names = (
        mart(store, "payer_alias_weeks").filter(pl.col("alias") != "").group_by("payer_id").agg(names_sent=pl.col("alias").unique().sort())
    )
    vendors = mart(store, "payer_routes").group_by("payer_id").agg(
        pl.col("is_mapped").first(), paid_by=pl.col("payment_vendor_id").drop_nulls().unique().sort(),
        networks=pl.col("leased_network_id").drop_nulls().unique().sort(),
        tax_ids=pl.col("tax_ids").list.explode().drop_nulls().unique().sort(),
    )  # fmt: skip
    reasons = mart(store, "unmapped_payers").select("payer_id", "unmapped_reason")
    rows = mart(store, "payment_totals").join(names, on="payer_id", how="left").join(vendors, on="payer_id", how="left")
    listed = rows.join(reasons, on="payer_id", how="left").with_columns(
        status=pl.coalesce("unmapped_reason", pl.lit("listed")), names_sent=pl.col("names_sent").fill_null([])
    )
    columns = ("payer_id", "status", "payment_count", "payment_amount", "names_sent", "tax_ids", "paid_by", "networks")
    return listed.sort(["payment_amount", "payer_id"], descending=[True, False]).select(columns)


def suggested(store: Path) -> pl.DataFrame:
    """One row per unmapped payer and listed payer that it may be, dearest first; one without a candidate has empty cells."""
    unmapped = mart(store, "unmapped_payers").select("payer_id", "payer_names", "payment_count", "payment_amount", "unmapped_reason")
    found = mart(store, "payer_suggestions").select(
        "rank", pl.col("payer_id").alias("may_be"), "reasons", "shared_values", "name_score", "unmapped_words", "payer_words",
        payer_id="unmapped_payer_id",
    )  # fmt: skip
    rows = unmapped.join(found, on="payer_id", how="left")
    ordered = rows.sort(["payment_amount", "payer_id", "rank"], descending=[True, False, False], nulls_last=True)
    return ordered.rename({"payer_id": "unmapped_payer_id"}).drop("rank")


def unmapped_row(store: Path, unmapped_payer_id: str) -> dict[str, Any]:
    """The row of unmapped_payers. Raises BadUsage where there is none, or where nothing tells the payer apart."""
    rows = mart(store, "unmapped_payers").filter(payer_id=unmapped_payer_id)
    if rows.is_empty():
        raise BadUsage(f"no unmapped payer has the id {unmapped_payer_id}", str(store), "Run: altbenefit payers suggest --store DIR")
    return rows.row(0, named=True)


def require_keys(row: dict[str, Any], store: Path) -> list[str]:
    """What would mean this payer and no other. Raises BadUsage where nothing does."""
    if not row["own_keys"]:
        step = VENDOR if row["unmapped_reason"] == "vendor_only" else NO_KEYS
        raise BadUsage(f"{row['payer_id']} cannot be confirmed as one payer", str(store), step)
    return row["own_keys"]


def yaml_lines(row: dict[str, Any], may_be: list[str]) -> str:
    """The lines of payers.yaml that would name the payer: within the entry of each payer that it may be, or as one of its own."""
    keys = _by_kind(row["own_keys"])
    head = f"# {row['payer_id']}: {row['payment_count']} payments, ${row['payment_amount']:,}"
    if not keys:
        return f"{head}\n# {VENDOR if row['unmapped_reason'] == 'vendor_only' else NO_KEYS}\n"
    parts = [f"# If it is {payer_id}, add to that payer's entry:\n{_entry(keys)}" for payer_id in may_be or ["a payer you list"]]
    name = next(iter(row["payer_names"]), row["payer_id"])
    own = f"- payer_id: {slug(name)[:64] or row['payer_id']}\n  name: {_quoted(name)}\n{_entry({**keys, 'name': []})}"
    return "\n".join([head, *parts, f"# If it is a payer of its own:\n{own}"])


def _by_kind(keys: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        kind, value = key.split("=", 1)
        found.setdefault(kind, []).append(value)
    return found


def _entry(keys: dict[str, list[str]]) -> str:
    numbers = {kind: values for kind, values in keys.items() if kind != "name"}
    lines = [f"  aliases: [{', '.join(map(_quoted, keys['name']))}]\n"] if keys.get("name") else []
    if numbers:
        inside = ", ".join(f"{kind}: [{', '.join(map(_quoted, values))}]" for kind, values in numbers.items())
        lines.append(f"  identifiers: {{{inside}}}\n")
    return "".join(lines)


def _quoted(value: str) -> str:
    """Text as YAML takes it, whatever it holds: JSON's quotes are YAML's."""
    return json.dumps(value, ensure_ascii=False)
