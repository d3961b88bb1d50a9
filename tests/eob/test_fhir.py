"""What an ExplanationOfBenefit states, beside the rows it becomes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tests.eob.fhir_drawn import CARC, CDT, Number, blob_of, bundle, concept, eob, item, money, read_all, written
from transforms.balance import unbalanced
from transforms.eob.fhir import read, read_in_parts
from transforms.tables.contract import MONEY
from transforms.tables.remittances import READ_CLAIMS, READ_LINES, READ_PAYMENTS, Remittances

SHARE = {"submitted": "275.00", "eligible": "120.00", "benefit": "96.00", "coinsurance": "24.00"}
PLAIN = {"submitted": "110.00", "eligible": "78.00", "benefit": "78.00", "discount": "32.00"}


def reasons(found: Remittances) -> list[str]:
    """The adjustments as PR-169 155.00."""
    return [f"{row['group_code']}-{row['reason_code']} {row['amount']}" for row in found.adjustments.iter_rows(named=True)]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({**SHARE, "noncovered": "155.00", "memberliability": "179.00", "carcs": "169"}, ["PR-2 24.00", "PR-169 155.00"]),
        ({**SHARE, "noncovered": "155.00", "memberliability": "24.00", "carcs": "169", "network": "innetwork"},
         ["PR-2 24.00", "CO-169 155.00"]),
        ({**SHARE, "noncovered": "155.00", "memberliability": "24.00", "carcs": "169", "network": "outofnetwork"},
         ["PR-2 24.00", "PI-169 155.00"]),
        ({**SHARE, "noncovered": "155.00", "carcs": "169"}, ["PR-2 24.00", "PI-169 155.00"]),
        ({**SHARE, "noncovered": "155.00", "memberliability": "104.00", "carcs": "169", "network": "innetwork"},
         ["PR-2 24.00", "PR-169 80.00", "CO-169 75.00"]),
        ({**SHARE, "discount": "75.00", "noncovered": "80.00", "memberliability": "104.00", "carcs": "45 169"},
         ["PR-2 24.00", "CO-45 75.00", "PR-169 80.00"]),
        ({**SHARE, "noncovered": "155.00", "memberliability": "179.00"}, ["PR-2 24.00", "PR-96 155.00"]),
        ({**SHARE, "noncovered": "155.00", "memberliability": "24.00", "carcs": "45"}, ["PR-2 24.00", "CO-45 155.00"]),
        ({**SHARE, "discount": "75.00", "memberliability": "104.00", "carcs": "169"}, ["PR-2 24.00", "CO-45 75.00", "PR-169 80.00"]),
        ({**SHARE, "noncovered": "155.00", "memberliability": "179.00", "carcs": "169 B8"},
         ["PR-2 24.00", "PR-169 155.00", "PR-B8 0.00"]),
        ({"submitted": "100", "benefit": "30", "priorpayerpaid": "70"}, ["OA-23 70.00"]),
        ({"submitted": "200", "deductible": "50", "copay": "10", "benefit": "140"}, ["PR-1 50.00", "PR-3 10.00"]),
        ({"submitted": "200", "noncovered": "200", "memberliability": "200", "carcs": "119"}, ["PR-119 200.00"]),
    ],
)  # fmt: skip
def test_adjustments_follow_from_what_is_stated(stated: dict[str, str], expected: list[str]) -> None:
    found = read_all(eob(item(**stated)))
    assert reasons(found) == expected
    assert found.faults.is_empty() and unbalanced(found).is_empty()


def test_what_is_not_explained_stays_unexplained() -> None:
    """Nothing is made up to balance: the claim is set aside with the difference."""
    found = read_all(eob(item(**{**SHARE, "coinsurance": "20.00"}, discount="155.00")))
    assert unbalanced(found).select("reason_code", "difference_amount").rows() == [("line_unbalanced", Decimal("4.00"))]


def test_the_rows_of_one_resource() -> None:
    one = item("D2392", 1, rarcs="N2 MA15", **SHARE, noncovered="155.00", memberliability="179.00", carcs="169")
    whole = eob(
        {**one, "quantity": {"value": Number("1")}},
        payment={"date": "2026-03-10", "amount": money("96.00"), "identifier": {"value": "CHECK1"}},
        supportingInfo=[
            {"category": concept("http://x", "patientaccountnumber"), "valueString": "ACC1"},
            {"category": concept("http://x", "clmrecvddate"), "timingDate": "2026-02-21"},
        ],
        related=[{"relationship": concept("http://x", "prior"), "reference": {"value": "E0"}}],
        billablePeriod={"start": "2026-02-20"},
    )
    found = read_all(whole)
    assert (found.payments.schema, found.claims.schema, found.service_lines.schema) == (READ_PAYMENTS, READ_CLAIMS, READ_LINES)
    payment, claim, line = found.payments.row(0, named=True), found.claims.row(0, named=True), found.service_lines.row(0, named=True)
    expected = {
        "payer_id": "name-example-dental-plan", "payment_amount": Decimal("96.00"), "payment_date": date(2026, 3, 10),
        "payment_date_source": "fhir_payment_date", "trace_number": "CHECK1", "payee_name": "Example Dental", "payment_segment": 1,
    }  # fmt: skip
    assert {name: payment[name] for name in expected} == expected
    expected = {
        "patient_control_number": "ACC1", "payer_claim_control_number": "E1", "original_claim_control_number": "E0",
        "claim_status_code": "1", "payer_rank": 1, "charge_amount": Decimal("275.00"), "paid_amount": Decimal("96.00"),
        "patient_responsibility_amount": Decimal("179.00"), "patient_id": "Example Dental Plan Patient/p1",
        "received_date": date(2026, 2, 21),
        "statement_date": date(2026, 2, 20), "claim_segment": 1,
    }  # fmt: skip
    assert {name: claim[name] for name in expected} == expected
    expected = {
        "submitted_code": "D2392", "submitted_code_source": "export", "submitted_qualifier": "AD", "paid_code": "D2392",
        "charge_amount": Decimal("275.00"), "paid_amount": Decimal("96.00"), "allowed_amount": Decimal("120.00"), "units_submitted": 1,
        "units_paid": 1, "service_date": date(2026, 2, 20), "remark_codes": ["N2", "MA15"], "line_segment": 1,
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected


def test_a_bundle_names_its_people_and_payers() -> None:
    found = read_all({
        **bundle(
            {"resourceType": "Patient", "id": "p1", "name": [{"family": "Doe", "given": ["Jo", "A"]}]},
            {"resourceType": "Coverage", "id": "c1", "subscriberId": "M1"},
            {"resourceType": "Organization", "id": "o1", "name": "Plan One",
             "identifier": [{"system": "urn:oid:2.16.840.1.113883.6.300", "value": "12345"}]},
            {"resourceType": "Organization", "id": "o2", "name": "Practice",
             "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1999999984"}]},
            eob(item(**PLAIN), insurer={"reference": "http://server/fhir/Organization/o1"}, provider={"reference": "Organization/o2"}),
        )
    })  # fmt: skip
    assert found.payments.select("payer_id", "payer_name", "payee_name", "payee_npi").row(0) == (
        "nf-12345",
        "Plan One",
        "Practice",
        "1999999984",
    )
    claim = found.claims.row(0, named=True)
    assert (claim["patient_id"], claim["patient_last_name"], claim["patient_first_name"]) == ("M1", "Doe", "Jo")
    assert claim["claim_segment"] == 5


def test_contained_resources_are_followed() -> None:
    found = read_all(
        eob(item(**PLAIN), insurer={"reference": "#o"}, contained=[{"resourceType": "Organization", "id": "o", "name": "Plan"}])
    )
    assert found.payments["payer_name"].to_list() == ["Plan"]


def test_one_resource_a_bundle_a_list_and_lines_read_alike() -> None:
    one, two = eob(item(**PLAIN), item("D0120", 2, **PLAIN), number="A"), eob(item(**PLAIN), number="B")
    lines, whole, array = read_all(one, two), read_all(bundle(one, two)), read_all([one, two])
    for other in (whole, array):
        assert other.service_lines.drop("file_id", "line_id", "claim_id").equals(lines.service_lines.drop("file_id", "line_id", "claim_id"))
    assert lines.service_lines["line_segment"].to_list() == [1, 2, 3]
    assert lines.claims["claim_segment"].to_list() == [1, 2]
    ids = [*lines.service_lines["line_id"], *lines.claims["claim_id"]]
    assert len(set(ids)) == len(ids)


def test_positions_go_on_over_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.eob.fhir.CLAIMS_A_PART", 2)
    data = b"\n".join(written(eob(item(**PLAIN), number=str(number))) for number in range(5))
    parts = list(read_in_parts([blob_of(data)]))
    assert [part.claims.height for part in parts] == [2, 2, 1]
    assert pl.concat([part.service_lines for part in parts])["line_segment"].to_list() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("encoding", "newline"), [("utf-8-sig", "\n"), ("utf-16", "\r\n"), ("utf-16-le", "\r"), ("utf-16-be", "\n")])
def test_encodings_and_newlines(encoding: str, newline: str) -> None:
    lines = newline.join(written(eob(item(**PLAIN), number=name)).decode() for name in "AB")
    assert read([blob_of(lines.encode(encoding))]).claims.height == 2


@pytest.mark.parametrize(
    ("written_amount", "cents"),
    [("0.1", 10), ("96", 9600), ("1.10e2", 11000), ("12300E-2", 12300), ("0.070", 7), ("-5.25", -525), ("9999999999.99", 999999999999),
     ("0e999", 0)],
)  # fmt: skip
def test_amounts_are_exact(written_amount: str, cents: int) -> None:
    found = read_all(eob(item(submitted=written_amount, benefit=written_amount)))
    paid = found.service_lines.get_column("paid_amount")
    assert paid.dtype == MONEY and paid.to_physical().to_list() == [cents]


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("0.001", "benefit_too_precise"), ("1e-3", "benefit_too_precise"), ("10000000000.00", "benefit_too_large"),
     ("1e400", "benefit_too_large"), ("9" * 60, "benefit_not_an_amount"), ('"ten"', "benefit_not_an_amount"),
     ("true", "benefit_not_an_amount")],
)  # fmt: skip
def test_amounts_that_are_none(amount: str, reason: str) -> None:
    found = read_all(eob(item(submitted="10.00", benefit=amount)))
    assert found.faults.select("reason_code", "claim_count", "line_count", "charge_amount").rows()[0][:3] == (reason, 1, 1)
    assert found.claims.is_empty() and found.payments.is_empty()


def test_other_currencies_are_refused() -> None:
    one = item(submitted="10.00", benefit="10.00")
    one["adjudication"][0]["amount"]["currency"] = "CAD"
    assert read_all(eob(one)).faults["reason_code"].to_list() == ["submitted_in_other_currency"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "cancelled"}, "not_active"), ({"status": "draft"}, "not_active"), ({"outcome": "queued"}, "not_adjudicated"),
        ({"use": "other"}, "use_unknown"), ({"item": None}, "no_items"), ({"created": "2026", "payment": None}, "no_payment_date"),
        ({"status": None, "requestOrganization": {}}, "other_fhir_version"), ({"insurance": {}}, "other_fhir_version"),
        ({"decision": {}}, "other_fhir_version"), ({"addItem": [{"productOrService": concept(CDT, "D2150")}]}, "added_items"),
    ],
)  # fmt: skip
def test_resources_that_are_refused(changes: dict[str, Any], reason: str) -> None:
    found = read_all(eob(item(**PLAIN), **changes))
    assert found.faults.select("scope", "reason_code", "claim_segment").rows() == [("claim", reason, 1)]
    assert found.claims.is_empty()


def test_items_without_amounts_are_set_aside_with_their_place() -> None:
    found = read_all(eob(item(**PLAIN), item("D0120", 2, submitted="65.00")))
    fault = found.faults.row(0, named=True)
    assert (fault["reason_code"], fault["charge_amount"], fault["line_count"]) == ("item_without_amounts", Decimal("175.00"), 2)
    assert fault["reason"].endswith(": item 2")


def test_an_only_item_has_the_totals_of_its_claim() -> None:
    total = [{"category": concept("http://x", name), "amount": money(value)} for name, value in PLAIN.items()]
    found = read_all(eob(item(), total=total))
    assert reasons(found) == ["CO-45 32.00"] and unbalanced(found).is_empty()


def test_tooth_surfaces_and_network_are_kept() -> None:
    tooth = "http://hl7.org/fhir/us/carin-bb/CodeSystem/ToothIdentification"
    site = {"bodySite": concept(tooth, "14"), "subSite": [concept("http://x", "M"), concept("http://x", "o")]}
    long = {"bodySite": {"text": "upper left"}, "subSite": [concept("http://x", "somewhere")]}
    one, two = {**item(**PLAIN, network="innetwork"), **site}, {**item("D0120", 2, **PLAIN, network="innetwork"), **long}
    found = read_all(eob(one, two))
    assert found.service_lines.select("tooth_code", "surface_codes").rows() == [("14", "MO"), (None, None)]
    assert found.claims["class_of_contract"].to_list() == ["innetwork"]
    mixed = read_all(eob(one, {**two, **item("D0120", 2, **PLAIN, network="outofnetwork")}))
    assert mixed.claims["class_of_contract"].to_list() == [None]


def test_totals_that_differ_are_a_warning() -> None:
    total = [{"category": concept("http://x", "submitted"), "amount": money("999.00")}]
    found = read_all(eob(item(**PLAIN), item("D0120", 2, **PLAIN), total=total))
    assert found.warnings["reason_code"].to_list() == ["totals_differ"]
    assert found.claims["charge_amount"].to_list() == [Decimal("220.00")]


def test_an_added_item_is_what_was_paid() -> None:
    """FHIR's own way to say that the payer replaced the code."""
    added = {
        "itemSequence": [Number("1")], "productOrService": concept(CDT, "D2150"),
        "adjudication": item(eligible="120.00", benefit="96.00", coinsurance="24.00", noncovered="155.00", memberliability="179.00")[
            "adjudication"],
    }  # fmt: skip
    found = read_all(eob(item(submitted="275.00", benefit="0", eligible="0"), addItem=[added]))
    line = found.service_lines.row(0, named=True)
    assert (line["submitted_code"], line["paid_code"], line["paid_amount"]) == ("D2392", "D2150", Decimal("96.00"))
    assert unbalanced(found).is_empty()


def test_a_reason_of_the_whole_claim_stands_without_money() -> None:
    whole = [{"category": concept("http://x", "adjustmentreason"), "reason": concept(CARC, "169")}]
    found = read_all(eob(item(**PLAIN), item("D0120", 2, **PLAIN), adjudication=whole))
    assert found.adjustments.filter(pl.col("line_id").is_null()).select("reason_code", "amount").rows() == [("169", Decimal("0.00"))]
    assert unbalanced(found).is_empty()


@pytest.mark.parametrize(
    ("changes", "status", "rank"),
    [({"precedence": Number("2")}, "2", 2), ({"precedence": Number("7")}, "3", 7), ({"use": "predetermination"}, "25", None),
     ({"use": "preauthorization"}, "25", None), ({"insurance": [{"focal": False}, {"focal": True}]}, None, None)],
)  # fmt: skip
def test_status_and_rank(changes: dict[str, Any], status: str | None, rank: int | None) -> None:
    assert read_all(eob(item(**PLAIN), **changes)).claims.select("claim_status_code", "payer_rank").rows() == [(status, rank)]


def test_the_day_of_creation_stands_in_for_the_payment_date() -> None:
    found = read_all(eob(item(**PLAIN), payment={"date": "2026-03"}))
    assert found.payments.select("payment_date", "payment_date_source").rows() == [(date(2026, 3, 9), "fhir_created")]


@pytest.mark.parametrize(
    ("adjustment", "paid", "moved"), [("8.00", "70.00", "8.00"), ("8.00", "86.00", "-8.00"), ("-8.00", "86.00", "-8.00")]
)
def test_payment_adjustments(adjustment: str, paid: str, moved: str) -> None:
    payment = {"date": "2026-03-10", "amount": money(paid), "adjustment": money(adjustment), "adjustmentReason": concept("http://x", "WO")}
    found = read_all(eob(item(**PLAIN), payment=payment))
    assert found.provider_adjustments.select("reason_code", "amount").rows() == [("WO", Decimal(moved))]
