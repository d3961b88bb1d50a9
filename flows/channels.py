"""Which lines came by two channels, month by month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from flows import store
from flows.month_work import files_by_period, period_of
from transforms.marts import found_elsewhere
from transforms.month import Elsewhere, Lake
from transforms.same_event import CHANNELS
from transforms.tables.policy import Settings


def elsewhere_by_period(root: Path, manifest: store.Manifest, lake: Lake, settings: Settings, as_of: date) -> dict[str, Elsewhere]:
    """What came by a better channel too, by period of payment; nothing, and no line read, where all came by one."""
    came = lake.files.filter(pl.col("claim_loaded_count") > 0).select(pl.col("format").unique()).collect()["format"]
    if len({CHANNELS.get(name, 0) for name in came}) < 2:
        return {}
    found = found_elsewhere(lake, settings, as_of)
    if found.lines.is_empty():
        return {}
    lines = found.lines.with_columns(period=period_of(files_by_period(root, manifest)))
    periods = lines.select("claim_id", "period").unique()
    claims = found.claims.join(periods, on="claim_id", how="left")
    return {
        period: Elsewhere(rows.drop("period"), claims.filter(pl.col("period") == period).drop("period"))
        for (period,), rows in lines.group_by("period", maintain_order=True)
    }
