"""Claims, lines and adjustments, case by case; every drawing is read by both readers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.x12.drawn import drawn, read, reasons, warned
from transforms.tables.remittances import READ_CLAIMS, READ_LINES, READ_PAYMENTS, Remittances

DOWNGRADE = """
    CLP*A1*1*275*120*155*12*PCN1
    NM1*QC*1*TEST*PAT****MI*X01
    SVC*AD:D2150*275*120**1*AD:D2392
    DTM*472*20250310
    CAS*PR*169*155
    REF*6R*77
    AMT*B6*120
    LQ*HE*N2
"""


def test_a_downgraded_line():
    """SVC01 is what the payer priced, SVC06 what was billed."""
    found = read(drawn(DOWNGRADE))
    line = found.service_lines.to_dicts()[0]
    assert (line["submitted_code"], line["submitted_code_source"], line["paid_code"]) == ("D2392", "SVC06", "D2150")
    assert (line["charge_amount"], line["paid_amount"], line["allowed_amount"]) == (Decimal("275.00"), Decimal("120.00"), Decimal("120.00"))
    assert (line["service_date"], line["line_control_number"], line["remark_codes"]) == (date(2025, 3, 10), "77", ["N2"])
    assert line["line_segment"] == 10 and line["line_id"].endswith("-10")
    assert found.adjustments.select("group_code", "reason_code", "amount", "position").rows() == [("PR", "169", Decimal("155.00"), 1)]
    assert reasons(found) == [] and warned(found) == set()


def test_types_are_as_declared():
    found = read(drawn(DOWNGRADE))
    empty = Remittances.empty()
    for name, table in vars(found).items():
        assert table.schema == getattr(empty, name).schema, name
    assert found.payments.schema == READ_PAYMENTS and found.claims.schema == READ_CLAIMS and found.service_lines.schema == READ_LINES


@pytest.mark.parametrize(
    ("sent", "qualifier", "code"),
    [("AD:D2150", "AD", "D2150"), ("HC:D2150:59", "HC", "D2150"), ("ZZ:x1", "ZZ", "x1"),
     ("D2150", None, "D2150"), ("d2150", None, "d2150"),
     ("D2150:59", None, "D2150"), (":D2150", None, "D2150"), ("AD:", "AD", None), ("", None, None),
     ("AD:D2150::::::made of gold", "AD", "D2150")],
)  # fmt: skip
def test_procedures_with_any_qualifier_or_none(sent, qualifier, code):
    line = read(drawn(f"CLP*A*1*1*1~\nSVC*{sent}*1*1")).service_lines.to_dicts()[0]
    assert (line["paid_qualifier"], line["paid_code"], line["submitted_code"]) == (qualifier, code, code)
    assert (line["units_paid"], line["submitted_code_source"]) == (1, "SVC01")


def test_units_that_slipped_into_svc06_are_no_code():
    found = read(drawn("CLP*A*1*3*3\nSVC*AD:D2150*1*1***1\nSVC*AD:D2150*1*1***2392\nSVC*AD:D2150*1*1***AD:"))
    assert found.service_lines["submitted_code"].to_list() == ["D2150", "2392", "D2150"]


def test_units():
    """SVC05 is what was paid, SVC07 what was billed if it differs; fractions are no units."""
    found = read(drawn("CLP*A*1*4*4\nSVC*AD:X*1*1**2**3\nSVC*AD:X*1*1**2\nSVC*AD:X*1*1**1.5\nSVC*AD:X*1*1"))
    assert found.service_lines.select("units_paid", "units_submitted").rows() == [(2, 3), (2, 2), (None, None), (1, 1)]


def test_all_six_adjustments_of_a_segment_at_both_levels():
    six = "*".join(f"{reason}*{reason}.25*{reason}" for reason in range(1, 7))
    found = read(drawn(f"CLP*A*1*50*1\nCAS*CO*{six}\nSVC*AD:X*50*50\nCAS*PR*{six}"))
    assert found.adjustments["position"].to_list() == [1, 2, 3, 4, 5, 6] * 2
    assert found.adjustments["line_id"].is_null().to_list() == [True] * 6 + [False] * 6
    assert found.adjustments["amount"].to_list()[:6] == [Decimal(f"{reason}.25") for reason in range(1, 7)]
    assert found.adjustments["quantity"].to_list()[6:] == [1, 2, 3, 4, 5, 6]


def test_gaps_between_adjustments_are_skipped():
    found = read(drawn("CLP*A*1*50*1\nCAS*CO*45*10*****3*5"))
    assert found.adjustments.select("reason_code", "position").rows() == [("45", 1), ("3", 3)]


def test_references_amounts_and_remarks_of_claim_and_line():
    found = read(drawn("""
        CLP*A*1*50*50**MC*NEW
        REF*F8*OLD
        REF*CE*PPO GOLD
        DTM*050*20250320
        DTM*232*20250310
        DTM*233*20250311
        MIA*0****M1***************M2*M3
        MOA***MA15*N1**N880
        AMT*AU*50
        SVC*AD:X*50*50
        DTM*150*250308
        DTM*151*20250309
        AMT*KH*3
        AMT*B6*45.5
        LQ*RX*99
        LQ*HE*N2
        LQ*HE*N130
    """))  # fmt: skip
    claim, line = found.claims.to_dicts()[0], found.service_lines.to_dicts()[0]
    assert (claim["original_claim_control_number"], claim["class_of_contract"], claim["filing_indicator_code"]) == ("OLD", "PPO GOLD", "MC")
    assert (claim["received_date"], claim["statement_date"]) == (date(2025, 3, 20), date(2025, 3, 10))
    assert claim["remark_codes"] == ["M1", "M2", "M3", "MA15", "N1", "N880"]
    assert (line["allowed_amount"], line["service_date"], line["remark_codes"]) == (Decimal("45.50"), date(2025, 3, 8), ["N2", "N130"])


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("20250310", date(2025, 3, 10)), ("250310", date(2025, 3, 10)), ("990310", date(1999, 3, 10)), ("00000000", None), ("20250230", None),
     ("20240229", date(2024, 2, 29)), ("20250310-20250312", date(2025, 3, 10)), ("", None), ("2025031", None), ("18990101", None)],
)  # fmt: skip
def test_dates(sent, meant):
    found = read(drawn(f"CLP*A*1*1*1\nSVC*AD:X*1*1\nDTM*472*{sent}"))
    assert found.service_lines["service_date"].to_list() == [meant]


def test_a_line_without_a_date_takes_the_claims():
    found = read(drawn("CLP*A*1*1*1\nDTM*232*00000000\nDTM*233*20250312\nSVC*AD:X*1*1\nDTM*472*00000000"))
    assert found.service_lines["service_date"].to_list() == [date(2025, 3, 12)]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("275", "275"), ("275.", "275"), (".5", "0.5"), ("-.50", "-0.5"), ("275.000", "275"), ("0", "0"), ("-0", "0"), ("-120.05", "-120.05"),
     ("12345678", "12345678"), ("123456.78", "123456.78"), ("-1234567.80", "-1234567.8"), ("9999999999.99", "9999999999.99"),
     ("0000000000000012.5", "12.5"), (" 96 ", "96")],
)  # fmt: skip
def test_amounts(sent, meant):
    found = read(drawn(f"CLP*A*1*{sent}*0"))
    assert found.claims["charge_amount"].to_list() == [Decimal(meant)]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [("", "missing"), ("  ", "missing"), ("+5", "not_an_amount"), ("1E2", "not_an_amount"), ("-", "not_an_amount"), (".", "not_an_amount"),
     ("1,200", "not_an_amount"), ("$5", "not_an_amount"), ("12a", "not_an_amount"), ("5-", "not_an_amount"), ("1.2.3", "not_an_amount"),
     ("1.005", "too_precise"), ("-.001", "too_precise"), ("10000000000", "too_large"), ("9" * 40, "too_large"), ("1:2", "not_an_amount")],
)  # fmt: skip
def test_what_is_no_amount(sent, reason):
    """Such a claim is set aside with its lines; every other one is loaded."""
    found = read(drawn(f"CLP*A*1*{sent}*0\nSVC*AD:X*5*5\nCAS*CO*45*1\nCLP*B*1*5*5\nSVC*AD:X*5*5"))
    assert reasons(found) == [("claim", f"charge_{reason}")]
    assert found.claims["patient_control_number"].to_list() == ["B"]
    assert len(found.service_lines) == 1 and len(found.adjustments) == 0
    fault = found.faults.to_dicts()[0]
    assert (fault["segment"], fault["claim_segment"], fault["claim_count"], fault["line_count"]) == (8, 8, 1, 1)
    assert fault["charge_amount"] is None


@pytest.mark.parametrize(
    ("body", "reason", "segment"),
    [("CLP*A*1*5*x", "paid_not_an_amount", 8), ("CLP*A*1*5*5*x", "patient_responsibility_not_an_amount", 8),
     ("CLP*A*1*5*5\nSVC*AD:X**5", "charge_missing", 9), ("CLP*A*1*5*5\nSVC*AD:X*5*1.001", "paid_too_precise", 9),
     ("CLP*A*1*5*5\nCAS*CO*45*x", "adjustment_not_an_amount", 9), ("CLP*A*1*5*5\nCAS*CO*45", "adjustment_missing", 9),
     ("CLP*A*1*5*5\nCAS*CO**5", "adjustment_reason_missing", 9),
     ("CLP*A*1*5*5\nCAS*CO" + "*1*1*1" * 7, "adjustment_overlong", 9)],
)  # fmt: skip
def test_where_a_claim_fails(body, reason, segment):
    found = read(drawn(body))
    assert [(row["reason_code"], row["segment"]) for row in found.faults.to_dicts()] == [(reason, segment)]
    assert len(found.claims) == 0 and len(found.payments) == 1


def test_faults_never_show_a_value():
    found = read(drawn("CLP*SECRETACCT*1*SECRETAMOUNT*0\nSVC*AD:SECRETCODE*SECRET*5\nNM1*QC*1*SECRETNAME"))
    assert "SECRET" not in repr(found.faults.to_dicts()) and "SECRET" not in repr(found.warnings.to_dicts())
    assert found.faults["reason"].to_list() == ["charge is not an amount"]
    assert "altbenefit audit --reprocess a.835" in found.faults["next_step"][0]


def test_a_claim_without_lines():
    found = read(drawn("CLP*A*1*5*5\nCLP*B*1*6*6"))
    assert found.claims["patient_control_number"].to_list() == ["A", "B"] and len(found.service_lines) == 0


@pytest.mark.parametrize(
    ("status", "rank"), [("1", 1), ("19", 1), ("2", 2), ("20", 2), ("3", 3), ("21", 3), ("4", None), ("22", None), ("25", None), ("", None)]
)
def test_payer_rank(status, rank):
    """OA-23 shows that another payer came first, on the claim or on a line."""
    assert read(drawn(f"CLP*A*{status}*5*5")).claims["payer_rank"].to_list() == [rank]
    for level in ("CAS*OA*23*1", "SVC*AD:X*5*5\nCAS*OA*45*1**23*1"):
        assert read(drawn(f"CLP*A*{status}*5*5\n{level}")).claims["payer_rank"].to_list() == [max(rank or 0, 2)]
    assert read(drawn(f"CLP*A*{status}*5*5\nCAS*CO*23*1")).claims["payer_rank"].to_list() == [rank]
