"""The publication that readers see and the one before it, as far as notices need them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from flows.notify.alerts import Alert, alerts_of
from flows.publish import CURRENT

MARTS = ("payer_code_ranking", "ask_outcomes", "silent_payers")


def alerts(store: Path, before: Path | None, new_pair_amount: Decimal) -> list[Alert]:
    """The alerts of the current publication, and which of them the folder `before` did not have."""
    return alerts_of(_marts(store / CURRENT), _marts(before) if before else {}, new_pair_amount)


def _marts(folder: Path) -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in MARTS if (folder / f"{name}.parquet").exists()}


def balance(folder: Path | None) -> Decimal | None:
    """The surprise balance of a publication; None where there was none."""
    path = folder / "payer_code_ranking.parquet" if folder else None
    if path is None or not path.exists():
        return None
    return Decimal(str(pl.read_parquet(path, columns=["surprise_balance"])["surprise_balance"].sum() or "0.00"))


def quiet_days(store: Path, as_of: date) -> int | None:
    """Days since a run took a file in; None where none ever did."""
    path = store / CURRENT / "runs.parquet"
    last = pl.read_parquet(path, columns=["loaded_on"])["loaded_on"].max() if path.exists() else None
    return (as_of - last).days if isinstance(last, date) else None
