"""A night over hostile files, and whether its books balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows.night import audit
from flows.order import Order
from flows.summary import Summary
from tests.flows.helpers import an_835, claim, put, without_gate
from transforms.tables.contract import MONEY

AS_OF = date(2026, 6, 30)
GOOD = an_835(claim("7777"), trace="GOOD")
ISA = GOOD[:106]
HEAD = GOOD[: GOOD.index(b"LX*1")]
TAIL = b"SE*1*0001~GE*1*1~IEA*1*000000001~"


@dataclass(frozen=True)
class Night:
    """What a night left: its summary, the files mart and the quarantine mart."""

    summary: Summary
    files: pl.DataFrame
    items: pl.DataFrame

    def reasons(self, source_file: str) -> set[str]:
        """Why something of a file was set aside."""
        of_file = pl.col("source_file").str.split("!").list.first() == source_file
        return set(self.items.filter(of_file)["reason_code"])


def night(folder: Path, files: dict[str, bytes]) -> Night:
    """Audit an inbox of these files and one good one; asserts that the good one loads and that the books balance."""
    for name, data in files.items():
        put(folder / "in", name, data)
    put(folder / "in", "good.835", GOOD)
    return audited(folder)


def audited(folder: Path) -> Night:
    """Audit `folder/in` into `folder/store`; asserts that its good file loads and that the books balance."""
    summary = audit(Order(folder / "in", folder / "store", AS_OF), step=without_gate)
    found = Night(summary, _mart(folder, "files"), _mart(folder, "quarantine"))
    assert found.files.filter(source_file="good.835")["status"].to_list() == ["loaded"]
    assert_balanced(folder / "store", found.files, found.items)
    return found


def _mart(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "store/reports/current" / f"{name}.parquet")


def assert_balanced(store: Path, files: pl.DataFrame, items: pl.DataFrame) -> None:
    """Read = loaded + duplicate + set aside, in claims and dollars; what is loaded lies in the lake, the rest in the quarantine."""
    parts = ("claim_loaded_count", "claim_duplicate_count", "claim_quarantined_count")
    charges = ("loaded_charge_amount", "duplicate_charge_amount", "quarantined_charge_amount")
    assert files.filter(pl.sum_horizontal(parts) != pl.col("claim_count")).is_empty()
    assert files.filter(pl.sum_horizontal(charges) != pl.col("charge_amount")).is_empty()
    lake = pl.read_parquet(store / "lake/claims", hive_partitioning=False).group_by("file_id")
    loaded = lake.agg(claims=pl.len().cast(pl.Int64), charges=pl.col("charge_amount").sum().cast(MONEY))
    told = files.filter(pl.col("claim_loaded_count") > 0).select(
        "file_id", claims="claim_loaded_count", charges=pl.col("loaded_charge_amount").cast(MONEY)
    )
    assert loaded.sort("file_id").equals(told.sort("file_id"))
    aside = items.group_by("file_id").agg(claims=pl.col("claim_count").sum(), charges=pl.col("charge_amount").sum().cast(MONEY))
    set_aside = files.filter(pl.col("claim_quarantined_count") > 0).select(
        "file_id", claims="claim_quarantined_count", charges=pl.col("quarantined_charge_amount").cast(MONEY)
    )
    assert aside.filter(pl.col("claims") > 0).sort("file_id").equals(set_aside.sort("file_id"))
