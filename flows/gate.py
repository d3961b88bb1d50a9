"""The gate before publication: table checks of the contracts and control totals."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.mart_tables import MART_TABLES


def failed_checks(frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """The checks that stop a publication, in plain words; empty when it may go out."""
    from expectations.gate import check

    report = check({name: (MART_TABLES[name], frame) for name, frame in frames.items()})
    failed = report.checks.filter(~pl.col("success") & (pl.col("severity") == "stop"))
    return [f"{row['table']}: {row['meaning']} ({row['failed_count']} rows)" for row in failed.iter_rows(named=True)]
