"""Sums over all claims outgrow DECIMAL(12,2) long before a lake outgrows its disk: nothing stops, nothing is rounded."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from flows import parquet
from transforms.side_views import claim_states
from transforms.tables.views import CLAIM_STATES

MOST = 999_999_999_999  # cents that DECIMAL(12,2) holds


def sums(charge_cents: int) -> pl.DataFrame:
    """Two parts of one state whose charges add up to so many cents."""
    half = charge_cents // 2
    return pl.DataFrame(
        {
            "state": ["live", "live"], "claim_count": [1, 1], "charge_cents": [half, charge_cents - half],
            "paid_cents": [1, 2], "patient_cents": [0, -5],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cents", "plain"), [(MOST, "9999999999.99"), (-MOST, "-9999999999.99"), (MOST + 1, None), (-MOST - 1, None), (10**15 + 7, None)]
)
def test_claim_states_hold_any_sum(tmp_path, cents: int, plain: str | None) -> None:
    parquet.write_table(claim_states(sums(cents)), CLAIM_STATES, tmp_path / "claim_states.parquet")
    row = pl.read_parquet(tmp_path / "claim_states.parquet").row(0, named=True)
    assert row["charge_total_amount"] == Decimal(cents) / 100
    assert row["charge_amount"] == (None if plain is None else Decimal(plain))
    assert (row["paid_amount"], row["paid_total_amount"]) == (Decimal("0.03"), Decimal("0.03"))
    assert row["patient_responsibility_total_amount"] == Decimal("-0.05")
