"""The published marts by name."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.parquet import Rows
from transforms.tables.contract import Table
from transforms.tables.fees_marts import ALTERNATE_FEE_SCHEDULE, ASK_OUTCOMES, FEE_ASKS
from transforms.tables.files import FILES
from transforms.tables.findings import FINDINGS
from transforms.tables.payer_views import ALIAS_DRIFT, PAYEES, PAYER_ALIAS_WEEKS, PAYER_ROUTES, PAYER_SUGGESTIONS
from transforms.tables.predicted import PREDICTED_DOWNGRADES
from transforms.tables.quarantine import QUARANTINE
from transforms.tables.rankings import LOCATION_RANKING, PAYER_ALTERNATE_RANKING, PAYER_CODE_RANKING
from transforms.tables.same_event import SAME_EVENT
from transforms.tables.views import (
    CLAIM_STATES,
    EXPLAINED_OTHERWISE,
    NOT_LIVE,
    PAYMENT_TOTALS,
    RUNS,
    SILENT_PAYERS,
    UNMAPPED_PAYERS,
    WEEKLY_TREND,
)

Mart = pl.DataFrame | Rows  # the marts of single rows lie in a file a month until they are published

MART_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        FINDINGS, PAYER_CODE_RANKING, PAYER_ALTERNATE_RANKING, FEE_ASKS, ALTERNATE_FEE_SCHEDULE, ASK_OUTCOMES, WEEKLY_TREND,
        EXPLAINED_OTHERWISE, NOT_LIVE, SAME_EVENT, CLAIM_STATES, UNMAPPED_PAYERS, SILENT_PAYERS, PAYMENT_TOTALS, FILES, RUNS, QUARANTINE,
        PREDICTED_DOWNGRADES, PAYER_ROUTES, PAYER_ALIAS_WEEKS, ALIAS_DRIFT, PAYER_SUGGESTIONS, PAYEES, LOCATION_RANKING,
    )
}  # fmt: skip


def tables_of(frames: Mapping[str, Mart]) -> dict[str, tuple[Table, Mart]]:
    """Each frame with its contract, as publishing takes them."""
    return {name: (MART_TABLES[name], frame) for name, frame in frames.items()}
