"""Which office was paid, and the ranking office by office that loses no dollar."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.laws import LAWS
from tests.payers.drawn import PAID, START, SURPRISE, Sent, marts_of, settings_with
from transforms.locations import with_location
from transforms.tables.parties import LOCATIONS

MAIN, NORTH, GROUP = "1999999984", "1999999992", "990000009"
PAID_ON = date(2025, 12, 15)


def office(
    location_id: str, npi: str | None = None, tax_id: str | None = None, start: date = START, until: date | None = None
) -> dict[str, object]:
    name = location_id.title()
    return {"location_id": location_id, "name": name, "npi": npi, "tax_id": tax_id, "effective_from": start, "effective_until": until}


def located(offices: list[dict], npi: str | None, tax_id: str | None, on: date = PAID_ON) -> str | None:
    payment = pl.DataFrame(
        [(npi, tax_id, on)], schema={"payee_npi": pl.String, "payee_tax_id": pl.String, "payment_date": pl.Date}, orient="row"
    )
    found = with_location(payment, pl.DataFrame(offices, schema=LOCATIONS.schema))
    assert found.height == 1
    return found["location_id"].item()


GROUP_PRACTICE = [office("main", MAIN, GROUP), office("north", NORTH, GROUP)]


@pytest.mark.parametrize(
    ("offices", "npi", "tax_id", "expected"),
    [
        (GROUP_PRACTICE, MAIN, GROUP, "main"),
        (GROUP_PRACTICE, NORTH, None, "north"),
        (GROUP_PRACTICE, "1999999999", GROUP, None),  # the tax id is the group's and decides nothing
        (GROUP_PRACTICE, None, GROUP, None),
        ([*GROUP_PRACTICE, office("rest", None, GROUP)], "1999999999", GROUP, "rest"),  # unless one row says who the rest is
        ([*GROUP_PRACTICE, office("rest", None, GROUP)], NORTH, GROUP, "north"),
        ([office("main", MAIN, GROUP)], None, "99-0000009", "main"),  # one office alone has the tax id
        ([office("main", MAIN, GROUP)], "1999999999", GROUP, "main"),
        ([office("main", MAIN)], None, None, None),
        ([], MAIN, GROUP, None),
        ([office("main", MAIN), office("main", NORTH)], NORTH, None, "main"),  # two numbers, one office
    ],
)
def test_an_npi_first_then_a_tax_id_that_one_office_alone_has(
    offices: list[dict], npi: str | None, tax_id: str | None, expected: str | None
) -> None:
    assert located(offices, npi, tax_id) == expected


def test_an_office_has_its_days() -> None:
    offices = [office("old", MAIN, until=date(2025, 7, 1)), office("new", MAIN, start=date(2025, 7, 1))]
    assert [located(offices, MAIN, None, day) for day in (date(2025, 6, 30), date(2025, 7, 1))] == ["old", "new"]
    assert located(offices, MAIN, None, date(2019, 12, 31)) is None


def test_the_ranking_by_office_says_what_no_office_has() -> None:
    sent = (Sent("ACME DENTAL", npi=MAIN), Sent("ACME DENTAL", npi=NORTH, contracts=("", "")), Sent("BETA DENTAL", npi="1999999999"))
    marts = marts_of(settings_with(locations=[office("main", MAIN), office("north", NORTH)]), *sent)
    ranking = marts["location_ranking"]
    columns = ("rank", "location_id", "location_name", "payer_id", "location_rank", "line_count", "surprise_balance")
    assert ranking.select(columns).rows() == [
        (1, "north", "North", "acme", 1, 2, 2 * SURPRISE),
        (2, "main", "Main", "acme", 1, 1, SURPRISE),
        (3, "unknown", "unknown location", "beta", 1, 1, SURPRISE),
    ]
    assert ranking["paid_code"].to_list() == ["D2150"] * 3
    findings = marts["findings"].select("payer_id", "location_id", "location_name").unique().sort(pl.all())
    assert findings.rows() == [("acme", "main", "Main"), ("acme", "north", "North"), ("beta", None, None)]
    payees = marts["payees"].select("payee_npi", "location_id", "payment_count", "claim_count", "payment_amount")
    assert payees.rows() == [(MAIN, "main", 1, 1, PAID), (NORTH, "north", 1, 2, 2 * PAID), ("1999999999", None, 1, 1, PAID)]


npis = st.sampled_from([MAIN, NORTH, "1999999999", ""])
sent_payments = st.lists(
    st.builds(Sent, name=st.sampled_from(["ACME DENTAL", "BETA DENTAL", "GAMMA"]), npi=npis, contracts=st.sampled_from([("",), ("", "")])),
    min_size=1,
    max_size=5,
)
LAW = next(law for law in LAWS if law.name == "location_ranking_total")


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(sent=sent_payments, known=st.lists(st.sampled_from([MAIN, NORTH]), unique=True))
def test_offices_split_the_ranking_and_lose_nothing(sent: list[Sent], known: list[str]) -> None:
    marts = marts_of(settings_with(locations=[office(f"office-{npi}", npi) for npi in known]), *sent)
    by_code, by_office = marts["payer_code_ranking"], marts["location_ranking"]
    key = ["payer_id", "submitted_code"]
    sums = by_office.group_by(key).agg(pl.col("surprise_balance", "line_count", "claim_count").sum()).sort(key)
    assert sums.rows() == by_code.select(sums.columns).sort(key).rows()
    assert LAW.differences(marts).to_list() == [0]
    assert by_office["cumulative_share"].max() == Decimal("100.00")


def test_the_law_sees_a_lost_office() -> None:
    marts = marts_of(settings_with(), Sent("ACME DENTAL"), Sent("BETA DENTAL"))
    marts["location_ranking"] = marts["location_ranking"].head(1)
    differences = LAW.differences(marts)
    assert differences.to_list() == [15500]
    assert LAW.found(marts, differences) == "off by $155.00"
