"""What was set aside: its list, and how its items are settled. Items are rows of the store, changed only by commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from flows import decisions, store
from flows.errors import BadUsage
from transforms.tables.quarantine import QUARANTINE

OPEN, RELEASED, DISMISSED = "open", "released", "dismissed"
DECISIONS = Path("quarantine/decisions.jsonl")


def items(root: Path, manifest: store.Manifest) -> pl.DataFrame:
    """Every item ever set aside, by id."""
    return store.scan(root, manifest, "quarantine").sort("quarantine_id").collect()


def item(root: Path, manifest: store.Manifest, quarantine_id: str) -> dict:
    """One item. Raises BadUsage where there is none."""
    found = items(root, manifest).filter(pl.col("quarantine_id") == quarantine_id)
    if found.is_empty():
        raise BadUsage(f"nothing was set aside under the id {quarantine_id}", str(root), "Run: altbenefit quarantine list --store DIR")
    return found.row(0, named=True)


def listed(root: Path, manifest: store.Manifest, every: bool, today: date) -> pl.DataFrame:
    """Open items, or all, dearest first: QUARANTINE, age_days, and decided_on and decided_by where a person settled it."""
    found = items(root, manifest)
    chosen = found if every else found.filter(pl.col("status") == OPEN)
    last = notes(root).unique("quarantine_id", keep="last").select("quarantine_id", "decided_on", decided_by="by")
    aged = chosen.with_columns(age_days=(pl.lit(today) - pl.col("since")).dt.total_days())
    order = ("charge_amount", "claim_count", "source_file", "segment", "quarantine_id")
    dearest = aged.sort(order, descending=[True, True, False, False, False], nulls_last=True)
    return dearest.join(last, on="quarantine_id", how="left", maintain_order="left")


def released_ids(root: Path, manifest: store.Manifest) -> frozenset[str]:
    """Items that a person released: their claims are used in spite of the fault."""
    return frozenset(items(root, manifest).filter(pl.col("status") == RELEASED).get_column("quarantine_id"))


def merged(
    root: Path, manifest: store.Manifest, found: pl.DataFrame, files: pl.DataFrame, renewed: Collection[str]
) -> tuple[pl.DataFrame, frozenset[str]]:
    """The rows to write for what was found now, and the lake files they replace.

    Found again: the first date stays, and so does a dismissal. Not found again in a file that was taken anew, or set aside
    whole under a name that now reads well: released.
    """
    before = items(root, manifest)
    again = found.join(before.select("quarantine_id", was="status", first="since"), on="quarantine_id", how="left").with_columns(
        status=pl.when(pl.col("was") == DISMISSED).then("was").otherwise("status"), since=pl.coalesce("first", "since")
    )
    reads_well = files.filter(pl.col("status") != "quarantined").get_column("source_file")
    same_file = pl.col("file_id").is_in(files.get_column("file_id").implode()) | pl.col("source_file").is_in(list(renewed))
    same_name = (pl.col("scope") == "file") & pl.col("source_file").is_in(reads_well.implode())
    gone = before.filter((pl.col("status") == OPEN) & (same_file | same_name)).join(found, on="quarantine_id", how="anti")
    settled = gone.with_columns(status=pl.lit(RELEASED))
    changed = pl.concat([QUARANTINE.conform(again), settled])
    rows, paths = store.holding(root, manifest, "quarantine", "quarantine_id", changed.get_column("quarantine_id"))
    return pl.concat([rows.join(changed, on="quarantine_id", how="anti"), changed]), paths


def with_status(root: Path, manifest: store.Manifest, quarantine_id: str, status: str) -> store.Change:
    """The change that gives one item another status."""
    rows, paths = store.holding(root, manifest, "quarantine", "quarantine_id", pl.Series([quarantine_id]))
    is_it = pl.col("quarantine_id") == quarantine_id
    changed = rows.with_columns(status=pl.when(is_it).then(pl.lit(status)).otherwise("status"))
    return store.Change({"quarantine": changed.with_columns(month=pl.col("since").dt.strftime("%Y-%m"))}, remove=paths)


def note(root: Path, quarantine_id: str, decision: str, reason: str, decided_on: date, by: str) -> None:
    """Keep who settled an item, when and why, beside the items; published tables leave people's words out."""
    decisions.add(root / DECISIONS, {"quarantine_id": quarantine_id}, decision, reason, decided_on, by)


def notes(root: Path) -> pl.DataFrame:
    """Who settled what, in order: quarantine_id, decision, reason, decided_on, by."""
    return decisions.history(root / DECISIONS, "quarantine_id")
