"""Where tables change from one day to the next, whose rule holds, which payer it is, and what falls into the window."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.spec.audit_bytes import audit, read_all
from tests.spec.drawn import interchange
from tests.spec.practice_fixture import PAYER, settings_for
from transforms.payers import map_payers
from transforms.tables.policy import COVERAGE, DOWNGRADE_RULES, FEES, PAYERS, Settings
from transforms.tokens import tokenise

DAY = date(2025, 7, 1)


def filling(number: str = "A1", served: date = DAY, paid: int = 120, left: int = 80) -> tuple[str, ...]:
    """A two-surface white filling paid as silver, billable up to the contracted fee."""
    line = f"SVC*AD:D2150*275*{paid}**1*AD:D2392", f"DTM*472*{served:%Y%m%d}", "CAS*CO*45*75", f"CAS*PR*169*{left}"
    return (f"CLP*{number}*1*275*{paid}*{left}*12*P{number}", *line)


def unstated(number: str = "A1") -> tuple[str, ...]:
    """A white filling allowed exactly the silver fee, with nothing said."""
    return (f"CLP*{number}*1*275*120**12*P{number}", "SVC*AD:D2392*275*120**1", f"DTM*472*{DAY:%Y%m%d}", "CAS*CO*45*155")


def silent(settings: Settings) -> list[str]:
    return audit(settings, interchange(unstated()))["findings"]["verdict"].to_list()


def own_rule(submitted: str, paid: str, verdict: str) -> Settings:
    """The shipped rules and one of the payer's own."""
    settings = settings_for({})
    row = ("own", PAYER, submitted, paid, "M", verdict, "sure", "its booklet", date(2020, 1, 1), None)
    own = pl.DataFrame([row], schema=DOWNGRADE_RULES.schema, orient="row")
    return dataclasses.replace(settings, rules=pl.concat([settings.rules, own]))


def with_fees(*rows: tuple[str, int, date, date | None]) -> Settings:
    settings = settings_for({})
    codes = [code for code, *_ in rows]
    dated = [(PAYER, code, Decimal(fee), start, until, "contracted") for code, fee, start, until in rows]
    kept = settings.fees.filter(~pl.col("procedure_code").is_in(codes) | (pl.col("kind") == "office"))
    return dataclasses.replace(settings, fees=pl.concat([kept, pl.DataFrame(dated, schema=FEES.schema, orient="row")]))


@pytest.mark.parametrize(("served", "surprise"), [(date(2025, 6, 30), 80), (date(2025, 7, 1), 90)])
def test_a_fee_ends_the_day_its_next_version_begins(served: date, surprise: int) -> None:
    """The charge of 275 less a write-off of 75 plays no part where a fee is on file."""
    settings = with_fees(("D2392", 200, date(2020, 1, 1), date(2025, 7, 1)), ("D2392", 210, date(2025, 7, 1), None))
    row = audit(settings, interchange(filling(served=served, left=80)))["findings"].to_dicts()[0]
    assert (row["contracted_fee"], row["benefit_shortfall"]) == (Decimal(120 + surprise), Decimal(surprise))


def test_coverage_ranges_include_both_ends_and_end_before_until() -> None:
    spans = [
        (PAYER, "D2392", "D2392", Decimal(80), date(2020, 1, 1), date(2025, 7, 1)),
        (PAYER, "D2392", "D2392", Decimal(60), date(2025, 7, 1), None),
    ]
    settings = dataclasses.replace(settings_for({}), coverage=pl.DataFrame(spans, schema=COVERAGE.schema, orient="row"))
    files = [interchange(filling(f"A{n}", served), n) for n, served in enumerate((date(2025, 6, 30), DAY), 1)]
    found = audit(settings, *files)["findings"].sort("service_date")
    assert found["coverage_pct"].to_list() == [Decimal(80), Decimal(60)]


def test_a_payers_own_rule_stands_in_for_the_general_one() -> None:
    assert silent(settings_for({})) == ["needs_review"]
    assert silent(own_rule("D2392", "D2150", "no")) == []


def test_a_payers_own_rule_leaves_its_other_pairs_alone() -> None:
    assert silent(own_rule("D2392", "D2140", "yes")) == ["needs_review"]


def test_a_payers_own_no_holds_for_a_swap() -> None:
    codes = ("CLP*A1*1*275*120**12*P1", "SVC*AD:D2150*275*120**1*AD:D2392", "DTM*472*20250701", "CAS*CO*45*155")
    assert audit(settings_for({}), interchange(codes))["findings"]["verdict"].to_list() == ["downgraded"]
    assert audit(own_rule("D2392", "D2150", "no"), interchange(codes))["findings"].is_empty()


def test_an_account_number_of_zero_names_no_account() -> None:
    tokens = tokenise(read_all(interchange((*filling("0"), *filling("A1")))), b"k" * 32).claims["patient_control_number"]
    assert [token is None for token in tokens] == [True, False]


def payments(**columns: str) -> pl.DataFrame:
    blank = dict.fromkeys(("payer_name", "payer_ref_2u", "payer_n104", "payer_naic", "payer_tax_id"))
    return pl.DataFrame([{"payer_id": "slug", **blank, **columns}], schema={name: pl.String for name in ("payer_id", *blank)})


def mapped(**columns: str) -> str:
    row = ("delta-ny", "Delta Dental of NY", ["DELTA DENTAL"], ["11111"], ["990000001"], ["22222"], "out", "stated")
    listed = pl.DataFrame([row], schema=PAYERS.schema, orient="row")
    return map_payers(payments(**columns), listed, "stated")["payer_id"].item()


@pytest.mark.parametrize(
    "columns",
    [
        {"payer_name": "Delta Dental, Inc."},
        {"payer_name": "DELTA DENTAL OF NY"},
        {"payer_ref_2u": "11111"},
        {"payer_n104": " 11111"},
        {"payer_naic": "22222"},
        {"payer_tax_id": "1990000001"},
        {"payer_tax_id": "99-0000001"},
    ],
)
def test_a_payer_is_known_by_its_names_and_numbers(columns: dict[str, str]) -> None:
    assert mapped(**columns) == "delta-ny"


@pytest.mark.parametrize("name", ["DELTA DENTAL OF NJ", "DELTA DENTAL CO", "DELTA", "DELTA DENTAL PLAN", ""])
def test_a_name_that_begins_alike_is_another_payer(name: str) -> None:
    assert mapped(payer_name=name) == "slug"


@pytest.mark.parametrize(
    ("paid_on", "reason"), [(date(2024, 12, 31), "outside_window"), (date(2025, 1, 1), None), (date(2025, 12, 31), None)]
)
def test_the_window_holds_twelve_months_with_the_business_date(paid_on: date, reason: str | None) -> None:
    found = audit(settings_for({}), interchange(filling(), 1, paid_on), as_of=date(2025, 12, 31))["findings"]
    assert found["not_counted_reason"].to_list() == [reason]


def test_a_payment_after_the_business_date_is_not_there_yet() -> None:
    assert audit(settings_for({}), interchange(filling(), 1, date(2026, 1, 1)), as_of=date(2025, 12, 31))["findings"].is_empty()


def test_the_ranking_orders_ties_and_ends_at_one_hundred() -> None:
    onlay = ("CLP*B1*1*190*95*80*12*PB1", "SVC*AD:D2140*190*95**1*AD:D2391", "DTM*472*20250701", "CAS*CO*45*15", "CAS*PR*169*80")
    third = ("CLP*B2*1*330*150*80*12*PB2", "SVC*AD:D2160*330*150**1*AD:D2393", "DTM*472*20250701", "CAS*CO*45*100", "CAS*PR*169*80")
    ranking = audit(settings_for({}), interchange((*third, *onlay, *filling())))["payer_code_ranking"]
    assert ranking["submitted_code"].to_list() == ["D2391", "D2392", "D2393"]
    assert ranking["cumulative_share"].to_list() == [Decimal("33.33"), Decimal("66.67"), Decimal("100.00")]


def test_an_ask_stops_at_the_contracted_fee_of_every_code_it_stands_for() -> None:
    """D2161 stands for D2394 (290) and for an onlay (860): no ask goes above 290, and each line is paid anew at most at its own."""
    composite = ("CLP*B1*1*390*180*110*12*PB1", "SVC*AD:D2161*390*180**1*AD:D2394", "DTM*472*20250701", "CAS*CO*45*100", "CAS*PR*169*110")
    onlay = ("CLP*B2*1*1150*180*680*12*PB2", "SVC*AD:D2161*1150*180**1*AD:D2644", "DTM*472*20250701", "CAS*CO*45*290", "CAS*PR*169*680")
    asks = audit(settings_for({}), interchange((*composite, *onlay)))["fee_asks"]
    seen = {row["increase"]: (row["asked_fee"], row["patient_saving"], row["plan_cost"]) for row in asks.to_dicts()}
    assert seen["10"] == (Decimal(198), Decimal(36), Decimal(36))
    assert seen["parity"] == (Decimal(290), Decimal(220), Decimal(220))


def test_a_line_charged_little_does_not_lower_the_ask() -> None:
    """A charge of 130 caps that line's own fee, not what may be asked for the code."""
    cheap = ("CLP*B1*1*130*120*10*12*PB1", "SVC*AD:D2150*130*120**1*AD:D2392", "DTM*472*20250701", "CAS*PR*169*10")
    asks = audit(settings_for({}), interchange((*cheap, *filling())))["fee_asks"]
    seen = {row["increase"]: (row["asked_fee"], row["patient_saving"]) for row in asks.to_dicts()}
    assert seen["25"] == (Decimal(150), Decimal(40))
    assert seen["parity"] == (Decimal(200), Decimal(90))
