"""What a higher alternate fee brings: the ladder of the reference example, and the contracts where the practice bears it."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import polars as pl

from tests.spec.audit_bytes import audit
from tests.spec.drawn import interchange
from tests.spec.practice_fixture import PAYER, settings_for
from transforms.tables.policy import ASKS

REFERENCE = ("CLP*W1*1*275*120*155*12*W1", "SVC*AD:D2150*275*120**1*AD:D2392", "DTM*472*20250310", "CAS*PR*169*155")
ABSORBED = ("CLP*W6*1*275*96*24*12*W6", "SVC*AD:D2150*275*96**1*AD:D2392", "DTM*472*20250310", "CAS*CO*45*75**169*80", "CAS*PR*2*24")
EXHAUSTED = (
    "CLP*W8*1*1400*300*750*12*W8", "SVC*AD:D2791*1400*300**1*AD:D2740", "DTM*472*20250310", "CAS*CO*45*350",
    "CAS*PR*2*390**119*90**169*270",
)  # fmt: skip


def ladder(*claims: tuple[str, ...], coverage: str = "100") -> dict[str, dict[str, object]]:
    marts = audit(settings_for({"coverage": coverage}), *(interchange(claim, n) for n, claim in enumerate(claims, 1)))
    return {row["increase"]: row for row in marts["fee_asks"].to_dicts()}


def test_ladder_of_the_reference_example() -> None:
    """+10 % 132/143, +15 % 138/137, +20 % 144/131, +25 % 150/125; parity leaves the 75.00 above the contracted fee."""
    rungs = ladder(REFERENCE)
    seen = {step: (str(row["asked_fee"]), str(row["surprise_balance_after"]), str(row["plan_cost"])) for step, row in rungs.items()}
    assert seen == {
        "10": ("132.00", "143.00", "12.00"),
        "15": ("138.00", "137.00", "18.00"),
        "20": ("144.00", "131.00", "24.00"),
        "25": ("150.00", "125.00", "30.00"),
        "parity": ("200.00", "75.00", "80.00"),
    }
    assert {row["borne_by"] for row in rungs.values()} == {"patient"}


def test_an_ask_is_never_above_the_contracted_fee() -> None:
    marts = audit(settings_for({"coverage": "100", "fees": "D2392 125"}), interchange(REFERENCE))
    assert set(marts["fee_asks"]["asked_fee"]) == {Decimal("125.00")}


def test_where_the_practice_absorbs_it_a_higher_fee_costs_the_patient_coinsurance() -> None:
    """Opposite interests: the practice gains the whole rise, the plan bears 80 % of it and the patient 20 %."""
    row = ladder(ABSORBED, coverage="80")["10"]
    assert (row["borne_by"], str(row["practice_gain"]), str(row["plan_cost"]), str(row["patient_saving"])) == (
        "provider",
        "12.00",
        "9.60",
        "-2.40",
    )


def test_a_binding_maximum_leaves_nothing_to_gain() -> None:
    rungs = ladder(EXHAUSTED, coverage="50")
    assert {str(row["patient_saving"]) for row in rungs.values()} == {"0.00"}
    assert {str(row["plan_cost"]) for row in rungs.values()} == {"0.00"}


def outcome(paid_on_new_fee: bool) -> dict[str, object]:
    after = ("CLP*W2*1*275*160*115*12*W2", "SVC*AD:D2150*275*160**1*AD:D2392", "DTM*472*20250910", "CAS*PR*169*115")
    still = ("CLP*W3*1*275*120*155*12*W3", "SVC*AD:D2150*275*120**1*AD:D2392", "DTM*472*20250911", "CAS*PR*169*155")
    claims = [REFERENCE, still, *([after] if paid_on_new_fee else [])]
    agreed = {"payer_id": PAYER, "procedure_code": "D2150", "asked_fee": Decimal(160), "agreed_fee": Decimal(160)}
    asks = pl.DataFrame([{**agreed, "effective_from": date(2025, 7, 1)}], schema=ASKS.schema)
    settings = dataclasses.replace(settings_for({"coverage": "100"}), asks=asks)
    return audit(settings, *(interchange(claim, n) for n, claim in enumerate(claims, 1)))["ask_outcomes"].to_dicts()[0]


def test_an_agreed_fee_that_is_not_paid_is_an_alert() -> None:
    """The line served before the fee took effect is not eligible; the one after it lost 40.00."""
    row = outcome(paid_on_new_fee=False)
    assert (row["eligible_line_count"], row["paid_at_agreed_count"], str(row["lost_since_amount"]), row["is_alert"]) == (
        1,
        0,
        "40.00",
        True,
    )


def test_an_agreed_fee_that_is_paid_for_half_of_the_lines() -> None:
    row = outcome(paid_on_new_fee=True)
    assert (row["eligible_line_count"], row["paid_at_agreed_count"], str(row["paid_at_agreed_share"]), row["is_alert"]) == (
        2,
        1,
        "50.00",
        False,
    )
