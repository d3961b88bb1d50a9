"""Taking files in a second time: `--reprocess` takes whole files anew, `quarantine release` one item from its kept bytes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from flows import intake, kept, quarantine, store
from flows.errors import BadUsage
from transforms.ingest import less, take_new
from transforms.setting_aside import ACCEPTABLE
from transforms.tables.contract import MONEY
from transforms.tables.layouts import ExportRules
from transforms.tables.remittances import Blob, Remittances

BY_FILE = ("files", "payments", "claims", "service_lines", "adjustments", "provider_adjustments")


def entangled(root: Path, manifest: store.Manifest, file_ids: Collection[str]) -> set[str]:
    """These files and all whose claims joined a payment of theirs, or whose payments their claims joined."""
    if not file_ids:
        return set()
    payments = store.scan(root, manifest, "payments").select("payment_id", holder="file_id")
    pairs = store.scan(root, manifest, "claims").select("payment_id", "file_id").unique().join(payments, on="payment_id").collect()
    crossed = pairs.filter(pl.col("file_id") != pl.col("holder")).select("file_id", "holder").unique().rows()
    whole = set(file_ids)
    while more := {other for pair in crossed if whole & set(pair) for other in pair} - whole:
        whole |= more
    return whole


def forget(root: Path, manifest: store.Manifest, file_ids: Collection[str]) -> store.Manifest:
    """Take all rows of these files out of the lake, so that they can be taken in anew. What was set aside stays listed."""
    if not file_ids:  # every night but a few: no file of the lake is opened
        return manifest
    rows: dict[str, pl.DataFrame] = {}
    remove: frozenset[str] = frozenset()
    for name in BY_FILE:
        _, paths = store.holding(root, manifest, name, "file_id", pl.Series("file_id", sorted(file_ids), pl.String))
        remove |= paths
        for path in sorted(paths):
            left = store.rows_of(root, path, name).filter(~pl.col("file_id").is_in(list(file_ids)))
            kept_rows = left.with_columns(month=pl.lit(store.month_of(path)))
            rows[name] = pl.concat([rows[name], kept_rows]) if name in rows else kept_rows
    return store.commit(root, manifest, store.Change(rows, remove=remove)) if remove else manifest


def release(root: Path, manifest: store.Manifest, quarantine_id: str, key: bytes, as_of: date, exports: ExportRules | None = None) -> int:
    """Use a claim, or a payment, in spite of the fault it was set aside for; returns how many claims came in.

    `exports` says how CSV and XLSX exports are read; the shipped layouts where nothing is given.
    Raises BadUsage where the fault is not a matter of judgement, because then there is nothing to use.
    """
    item = quarantine.item(root, manifest, quarantine_id)
    data = kept.read(root, item["file_id"])
    if item["reason_code"] not in ACCEPTABLE or data is None:
        raise BadUsage(
            f"{quarantine_id} could not be read, so it cannot be released", item["source_file"], "Ask for a resend, or dismiss the item."
        )
    blob = Blob(item["file_id"], item["source_file"], data)
    whole = intake.read_tokenised([blob], key, exports=exports)
    part = _part(whole, item).payments.with_columns(is_complete=pl.lit(False)), _part(whole, item)
    read = Remittances(**{**part[1].__dict__, "payments": part[0]})
    taken = take_new(read, intake.held_of(root, manifest, read.payments))
    files, file_paths = store.holding(root, manifest, "files", "file_id", pl.Series([item["file_id"]]))
    status = quarantine.with_status(root, manifest, quarantine_id, quarantine.RELEASED)
    beside = store.Change(
        {"files": _moved(files, item, taken.duplicate_claims.height, read), "quarantine": status.rows["quarantine"]},
        remove=file_paths | status.remove,
    )
    store.commit(root, manifest, intake.change_of(root, manifest, taken, beside))
    return taken.new.claims.height


def _part(read: Remittances, item: dict) -> Remittances:
    """Only the claim, or only the payment, that the item names."""
    if item["scope"] == "claim":
        claims = read.claims.filter(pl.col("claim_segment") == item["claim_segment"])
        payments = read.payments.join(claims, on="payment_id", how="semi")
    else:
        payments = read.payments.filter(pl.col("payment_segment") == item["segment"])
        claims = read.claims.join(payments, on="payment_id", how="semi")
    others = read.claims.join(claims, on="claim_id", how="anti").select("claim_id")
    return less(read, others, read.payments.join(payments, on="payment_id", how="anti").select("payment_id"))


def _moved(files: pl.DataFrame, item: dict, duplicate_count: int, read: Remittances) -> pl.DataFrame:
    """The file's account with the released claims moved from set aside to loaded or held already."""
    count, charge = read.claims.height, read.claims.get_column("charge_amount").sum()
    is_it = pl.col("file_id") == item["file_id"]
    loaded = count - duplicate_count
    moves = {
        "claim_quarantined_count": -count, "claim_loaded_count": loaded, "claim_duplicate_count": duplicate_count,
        "quarantined_charge_amount": -charge, ("loaded" if loaded else "duplicate") + "_charge_amount": charge,
    }  # fmt: skip
    changes = {name: pl.when(is_it).then(pl.col(name) + pl.lit(by)).otherwise(pl.col(name)) for name, by in moves.items()}
    changed = files.with_columns(**changes, status=pl.when(is_it).then(pl.lit("loaded")).otherwise("status"))
    return changed.with_columns(pl.selectors.decimal().cast(MONEY))
