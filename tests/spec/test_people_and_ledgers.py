"""What a person decides, and what the practice's own ledger knows, changes the verdict and is remembered as such."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from tests.spec.audit_bytes import NO_DECISIONS, audit, lake_of, read_all
from tests.spec.drawn import interchange
from tests.spec.practice_fixture import settings_for
from transforms.marts import build_marts
from transforms.tables.policy import LEDGER

# PR-96 with a remark that says nothing: for a person (C20).
DOUBTFUL = interchange(
    ("CLP*C20*1*210*95*60*12*PCN20", "SVC*AD:D2391*210*95**1", "DTM*472*20250402", "CAS*CO*45*55", "CAS*PR*96*60", "LQ*HE*N130")
)
# Only the silver code is shown, and the charge says nothing: 180 is nobody's office fee.
ONE_CODE = interchange(
    ("CLP*A1*1*180*120*40*12*N1", "SVC*AD:D2150*180*120**1", "DTM*472*20250310", "CAS*CO*45*20", "CAS*PR*45*40", "REF*6R*P1002")
)


def decided(decision: str) -> dict[str, pl.DataFrame]:
    before = audit(settings_for({}), DOUBTFUL)["findings"]
    word = pl.DataFrame({"line_id": before["line_id"], "decision": [decision]})
    return audit(settings_for({}), DOUBTFUL, decisions=word)


def test_a_confirmed_line_counts_from_then_on() -> None:
    marts = decided("confirmed")
    row = marts["findings"].to_dicts()[0]
    assert (row["verdict"], row["counted"], row["surprise_balance"], row["review_decision"]) == (
        "downgraded",
        True,
        Decimal("60.00"),
        "confirmed",
    )
    assert marts["payer_code_ranking"]["surprise_balance"].to_list() == [Decimal("60.00")]
    assert marts["payer_code_ranking"]["confirmed_line_count"].to_list() == [1]


def test_a_rejected_line_is_gone() -> None:
    marts = decided("rejected")
    assert marts["findings"].is_empty()
    assert marts["payer_code_ranking"].is_empty()


def with_ledger(**row: object) -> pl.DataFrame:
    whole = {name: row.get(name) for name in LEDGER.names}
    settings = settings_for({})
    ledger = pl.DataFrame([whole], schema=LEDGER.schema)
    return build_marts(lake_of(read_all(ONE_CODE)), settings, date(2025, 12, 31), NO_DECISIONS, ledger)["findings"]


def test_without_a_ledger_the_lone_code_says_nothing() -> None:
    assert audit(settings_for({}), ONE_CODE)["findings"].is_empty()


def test_the_ledger_names_the_code_by_line_number() -> None:
    row = with_ledger(line_control_number="P1002", procedure_code="D2392").to_dicts()[0]
    seen = row["verdict"], row["evidence_tier"], row["submitted_code"], row["submitted_code_source"], row["surprise_balance"]
    assert seen == ("downgraded", 1, "D2392", "ledger", Decimal("40.00"))


def test_the_ledger_names_the_code_by_account_date_and_charge() -> None:
    found = with_ledger(
        patient_control_number="A1", service_date=date(2025, 3, 10), charge_amount=Decimal("180.00"), procedure_code="D2392"
    )
    assert found["submitted_code"].to_list() == ["D2392"]


def test_a_ledger_that_agrees_with_the_payer_changes_nothing() -> None:
    assert with_ledger(line_control_number="P1002", procedure_code="D2150").is_empty()
