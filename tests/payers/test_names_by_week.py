"""A payer's names week by week: what moved by more than the bound, and what the gate says of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from expectations.weekly_laws import WEEKLY_LAWS
from tests.payers.drawn import ACME, BETA, PAID, Sent, marts_of, settings_with
from transforms.drift import DRIFT_SCHEMA
from transforms.payer_views import alias_drift, alias_warnings, payer_alias_weeks
from transforms.tables.payer_views import ALIAS_DRIFT, PAYER_ALIAS_WEEKS

MONDAY = date(2026, 6, 22)  # of 2026-W26
SUNDAY = date(2026, 6, 28)
POINTS, LEAST = 20, 10


def weeks_of(*weeks: Mapping[Any, int], payer_id: str = "acme") -> pl.DataFrame:
    """Claims by name as sent, week by week; the last week is W26. A payment a name and week."""
    rows = [
        {"payer_id": payer_id, "payer_name_sent": name, "claim_count": count, "payment_amount": Decimal(count),
         "payment_date": MONDAY - timedelta(weeks=len(weeks) - 1 - at)}
        for at, week in enumerate(weeks)
        for name, count in week.items()
    ]  # fmt: skip
    schema = {"payer_id": pl.String, "payer_name_sent": pl.String, "claim_count": pl.Int64, "payment_amount": pl.Decimal(12, 2)}
    payments = pl.DataFrame(rows, schema={**schema, "payment_date": pl.Date})
    return payer_alias_weeks(payments.with_columns(payment_count=pl.lit(1, pl.Int64)))


def moved(*weeks: Mapping[Any, int]) -> list[tuple[str, str]]:
    return alias_drift(weeks_of(*weeks), POINTS, LEAST).select("alias", "week").rows()


def test_spellings_are_one_name_and_shares_add_up() -> None:
    table = weeks_of({"Acme Dental, Inc.": 3, "ACME DENTAL": 5, None: 2})
    assert table.select("alias", "claim_count", "claim_share").rows() == [("", 2, Decimal("20.00")), ("ACME DENTAL", 8, Decimal("80.00"))]
    assert table["payer_names"].to_list() == [[], ["ACME DENTAL", "Acme Dental, Inc."]]
    assert table.schema == PAYER_ALIAS_WEEKS.schema


@pytest.mark.parametrize(
    ("now", "names"),
    [
        ({"ACME": 80, "ACME DENTAL": 20}, []),  # twenty points are the bound itself
        ({"ACME": 79, "ACME DENTAL": 21}, ["ACME", "ACME DENTAL"]),
        ({"ACME DENTAL": 10}, ["ACME", "ACME DENTAL"]),
        ({"ACME DENTAL": 9}, []),  # too few to tell
    ],
)
def test_either_side_of_the_bound(now: dict, names: list[str]) -> None:
    assert [name for name, _ in moved({"ACME": 100}, now)] == names


def test_a_week_is_compared_with_the_last_one_that_had_enough() -> None:
    found = alias_drift(weeks_of({"ACME": 50}, {"ACME": 2}, {}, {"ACME DENTAL": 50}), POINTS, LEAST)
    assert found.schema == ALIAS_DRIFT.schema
    assert found.select("alias", "week", "previous_week", "is_new").rows() == [
        ("ACME", "2026-W26", "2026-W23", False), ("ACME DENTAL", "2026-W26", "2026-W23", True),
    ]  # fmt: skip
    assert found["claim_share"].to_list() == [Decimal("0.00"), Decimal("100.00")]
    assert found["previous_claim_count"].to_list() == [50, 0]


def test_names_that_come_and_go_steadily_say_nothing() -> None:
    assert moved(*[{"ACME": 60, "ACME DENTAL": 40}, {"ACME": 55, "ACME DENTAL": 45}] * 3) == []


def test_only_the_last_week_that_is_over_is_warned_of() -> None:
    drift = alias_drift(weeks_of({"A": 50}, {"B": 50}, {"B": 50}), POINTS, LEAST)
    assert drift["week"].unique().to_list() == ["2026-W25"]
    assert alias_warnings(drift, SUNDAY).is_empty()
    told = alias_warnings(drift, SUNDAY - timedelta(days=1))  # on a Saturday the week of the 22nd is not over
    assert told.schema == pl.Schema(DRIFT_SCHEMA)
    assert told["words"][1] == "2026-W25: payer acme sent 100.00 % of its claims under B; 0.00 % in 2026-W24"


def test_the_gate_warns_in_the_words_of_the_table() -> None:
    law = next(law for law in WEEKLY_LAWS if law.name == "drift_payer_alias")
    drift = alias_warnings(alias_drift(weeks_of({"A": 50}, {None: 50}), POINTS, LEAST), SUNDAY)
    frames = {"drift": drift}
    differences = law.differences(frames)
    assert law.severity == "warn"
    assert differences.to_list() == [1, 1]
    assert "under no name; 0.00 % in 2026-W25" in law.found(frames, differences)


def test_names_and_weeks_add_up_to_the_payments() -> None:
    sent = (Sent("ACME DENTAL"), Sent("", ref_2u="A1", contracts=("", "")), Sent("GAMMA"), Sent("BETA DENTAL", paid_on=date(2025, 12, 30)))
    marts = marts_of(settings_with(payers=[ACME, BETA]), *sent)
    weeks, totals = marts["payer_alias_weeks"], marts["payment_totals"]
    assert weeks["payment_amount"].sum() == totals["payment_amount"].sum() == 5 * PAID
    assert weeks["payment_count"].sum() == 4
    assert weeks.filter(payer_id="acme").select("alias", "week", "claim_count").rows() == [
        ("", "2025-W51", 2),
        ("ACME DENTAL", "2025-W51", 1),
    ]
    assert weeks.filter(payer_id="beta")["week"].to_list() == ["2026-W01"]  # ISO weeks: the last days of the year are next year's first
