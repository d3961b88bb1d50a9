"""Payments, payers and provider adjustments, case by case; every drawing is read by both readers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.x12.drawn import drawn, isa, one_set, read, reasons


def test_provider_adjustments_with_all_six_pairs():
    pairs = "*".join(f"WO:CLAIM{number}*{number}.10" for number in range(1, 6))
    found = read(drawn(f"CLP*A*1*5*5\nPLB*1999999984*20251231*{pairs}*72*-3"))
    rows = found.provider_adjustments.to_dicts()
    assert [(row["reason_code"], row["reference"], row["position"]) for row in rows[:2]] == [("WO", "CLAIM1", 1), ("WO", "CLAIM2", 2)]
    assert (rows[5]["reason_code"], rows[5]["reference"], rows[5]["amount"]) == ("72", None, Decimal("-3.00"))
    assert rows[0]["payment_id"] == found.payments["payment_id"][0]


def test_a_provider_adjustment_that_cannot_be_read():
    found = read(drawn("CLP*A*1*5*5\nPLB*1*20251231*WO:R*x*72*1"))
    assert reasons(found) == [("row", "provider_adjustment_not_an_amount")]
    assert found.provider_adjustments["reason_code"].to_list() == ["72"] and len(found.claims) == 1


def test_a_payment_without_claims():
    assert len(read(drawn("", head=("BPR*I*0*C*NON************20250401",))).payments) == 1


def test_every_set_has_its_own_payer():
    heads = [("BPR*I*5*C*ACH************20250401", f"N1*PR*PLAN {name}", f"REF*2U*{name}") for name in "AB"]
    sets = [segment for head, number in zip(heads, "12", strict=True) for segment in one_set("CLP*A*1*5*5", head, number)]
    found = read((isa() + "~".join(["GS*HP*A*B*20250402*1200*1*X*005010X221A1", *sets, "GE*2*1", "IEA*1*000000001"]) + "~").encode())
    by_claim = found.claims.join(found.payments, on="payment_id")
    assert by_claim["payer_id"].to_list() == ["2u-a", "2u-b"] and by_claim["payer_name"].to_list() == ["PLAN A", "PLAN B"]


@pytest.mark.parametrize(
    ("head", "payer_id"),
    [(("N1*PR*Acme, Inc.*XV*9 8", "REF*NF*n1", "REF*2U*A/B 1"), "2u-a-b-1"), (("N1*PR*Acme*XV*98", "REF*NF*N-1"), "nf-n-1"),
     (("N1*PR*Acme*XV*9_8",), "n104-9-8"), (("TRN*1*T*1123456789", "N1*PR*Acme,  Inc."), "tin-123456789-acme-inc"),
     (("TRN*1*T*123456789", "N1*PR*Acme"), "tin-123456789-acme"), (("N1*PR*Acme Dental",), "name-acme-dental"), ((), "unknown"),
     (("TRN*1*T*1123456789",), "tin-123456789"), (("N1*PE*Me", "REF*2U*X", "N1*PR*Acme"), "name-acme")],
)  # fmt: skip
def test_payer_ids(head, payer_id):
    found = read(drawn("CLP*A*1*5*5", head=("BPR*I*5*C*ACH************20250401", *head)))
    assert found.payments["payer_id"].to_list() == [payer_id]


def test_references_without_a_name_above_them_belong_to_nobody():
    row = read(drawn("CLP*A*1*5*5", head=("BPR*I*5*C*ACH************20250401", "REF*TJ*456", "REF*2U*9"))).payments.to_dicts()[0]
    assert (row["payee_tax_id"], row["payer_ref_2u"]) == (None, None)


def test_the_payment_itself():
    head = (
        "BPR*I*100*C*ACH*CCP*01*9*DA*1*1888888888**01*9*DA*9*20250401",
        "TRN*1*EFT9*1999999999",
        "N1*PR*P",
        "N1*PE*D*FI*123",
        "REF*TJ*456",
    )
    row = read(drawn("CLP*A*1*5*5", head=head)).payments.to_dicts()[0]
    assert (row["payment_amount"], row["payment_method"], row["trace_number"]) == (Decimal("100.00"), "ACH", "EFT9")
    assert (row["payer_tax_id"], row["payee_tax_id"], row["payee_npi"], row["version"]) == ("1999999999", "123", None, "005010X221A1")
    assert row["payment_segment"] == 3 and row["payment_id"].endswith("-3")


@pytest.mark.parametrize(
    ("bpr16", "dtm", "source", "meant"),
    [("20250401", "20250330", "BPR16", date(2025, 4, 1)), ("", "20250330", "DTM405", date(2025, 3, 30)),
     ("00000000", "", "GS04", date(2025, 4, 2))],
)  # fmt: skip
def test_where_the_payment_date_comes_from(bpr16, dtm, source, meant):
    row = read(drawn("CLP*A*1*5*5", head=(f"BPR*I*5*C*ACH************{bpr16}", f"DTM*405*{dtm}"))).payments.to_dicts()[0]
    assert (row["payment_date_source"], row["payment_date"]) == (source, meant)


def test_isa_date_is_the_last_resort_and_no_date_a_fault():
    data = drawn("CLP*A*1*5*5", head=("BPR*I*5*C*ACH",)).replace(b"*20250402*", b"**")
    assert read(data).payments.select("payment_date_source", "payment_date").rows() == [("ISA09", date(2025, 4, 1))]
    assert reasons(read(data.replace(b"*250401*", b"*BADATE*"))) == [("set", "payment_date_unreadable")]
