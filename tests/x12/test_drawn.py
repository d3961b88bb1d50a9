"""What 835 files look like, case by case; every drawing is read by both readers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.x12.agreement import blob
from tests.x12.drawn import HEAD, drawn, isa, one_set, read, reasons, warned
from transforms import x12
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


@pytest.mark.parametrize("terminator", ["~", "'", "\n", "\r", "\x1c"])
@pytest.mark.parametrize("habit", ["", "\n", "\r\n", "\r", "  \n", "\n\n"])
@pytest.mark.parametrize(("element", "component"), [("*", ":"), ("|", ">"), ("^", "\\"), ("\x1d", "\x1f")])
def test_delimiters_are_those_the_isa_declares(terminator, habit, element, component):
    habit = "" if terminator in "\r\n" else habit
    found = read(drawn(DOWNGRADE, terminator=terminator, habit=habit, element=element, component=component))
    assert found.service_lines["submitted_code"].to_list() == ["D2392"]
    assert found.service_lines["line_segment"].to_list() == [10]
    assert warned(found) == set()


def test_carriage_return_and_line_feed_as_terminator():
    found = read(drawn(DOWNGRADE, terminator="\n").replace(b"\n", b"\r\n"))
    assert found.service_lines["submitted_code"].to_list() == ["D2392"]


def test_interchanges_with_different_delimiters_in_one_file():
    """Positions count on through the whole file."""
    one, other = drawn(DOWNGRADE), drawn(DOWNGRADE, element="|", component=">", terminator="\n")
    found = read(one + b"\n" + other)
    assert found.service_lines["line_segment"].to_list() == [10, 28]
    assert found.service_lines["paid_code"].to_list() == ["D2150", "D2150"]


def test_a_file_glued_on_without_a_last_terminator():
    found = read(drawn(DOWNGRADE).rstrip(b"~") + b"\n" + drawn(DOWNGRADE))
    assert found.service_lines["line_segment"].to_list() == [10, 28]


def test_several_interchanges_groups_and_sets():
    group = ["GS*HP*A*B*20250402*1200*1*X*005010X221A1", *one_set(DOWNGRADE), *one_set(DOWNGRADE, control="0002"), "GE*2*1"]
    text = isa() + "~".join([*group, *group, "IEA*2*000000001"]) + "~"
    found = read(text.encode() * 2)
    assert len(found.payments) == 8 == found.payments["payment_id"].n_unique()
    assert found.claims["payment_id"].to_list() == found.payments["payment_id"].to_list()
    assert warned(found) == set()


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\n\n", b"  \r\n\t", b"\xef\xbb\xbf\n"])
def test_marks_and_blanks_before_the_first_segment(start):
    assert x12.looks_like_835(start + drawn(DOWNGRADE))
    assert len(read(start + drawn(DOWNGRADE)).service_lines) == 1


def test_blank_lines_and_trailing_blanks_do_not_count_as_segments():
    data = drawn(DOWNGRADE, habit="\n").replace(b"~\nCLP", b"~\n\n   \n~ ~CLP") + b"\n\n  \n"
    assert read(data).service_lines["line_segment"].to_list() == [10]


def test_isa_inside_a_name():
    found = read(drawn(DOWNGRADE, head=(*HEAD[:2], "N1*PR*ISA*ISA*ISA", "N1*PE*ISA DENTAL")))
    assert found.payments["payer_name"].to_list() == ["ISA"]
    assert len(found.service_lines) == 1


def test_no_isa_at_all():
    bare = "~\n".join(one_set(DOWNGRADE)) + "~\n"
    found = read(bare.encode())
    assert len(found.service_lines) == 1 and found.service_lines["line_segment"].to_list() == [8]
    assert found.payments["payment_date_source"].to_list() == ["BPR16"]
    assert warned(found) == {"no_isa"}
    with_group = "GS*HP*A*B*20250402*1200*1*X*005010X221A1~" + bare + "GE*1*1~"
    assert len(read(with_group.encode()).service_lines) == 1
    assert len(read("\n".join(one_set(DOWNGRADE)).encode()).service_lines) == 1


@pytest.mark.parametrize(("old", "new"), [(b"PAYER          ", b"PAYER"), (b"DENTIST        ", b"DENTIST             ")])
def test_isa_that_is_too_short_or_too_long(old, new):
    found = read(drawn(DOWNGRADE).replace(old, new, 1))
    assert len(found.service_lines) == 1 and warned(found) == {"irregular_isa"}


@pytest.mark.parametrize("tail", ["*P~", "*P*~", "~"])
def test_isa_that_lacks_its_last_elements(tail):
    """The terminator is what stands before GS."""
    data = drawn(DOWNGRADE).replace(b"*P*:~", tail.encode(), 1)
    found = read(data)
    assert found.service_lines["submitted_code"].to_list() == ["D2392"]
    assert warned(found) >= {"irregular_isa"}


def test_a_component_separator_that_isa16_does_not_declare():
    """Case C53: `:` declared, `>` used."""
    found = read(drawn(DOWNGRADE.replace(":", ">")))
    line = found.service_lines.to_dicts()[0]
    assert (line["submitted_code"], line["paid_code"], line["paid_qualifier"]) == ("D2392", "D2150", "AD")
    assert warned(found) == {"wrong_component_separator"}
    assert read(drawn("CLP*A*1*1*1\nSVC*AD> D2150 >59*1*1")).service_lines["paid_code"].to_list() == ["D2150"]


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


def test_a_claim_without_lines():
    found = read(drawn("CLP*A*1*5*5\nCLP*B*1*6*6"))
    assert found.claims["patient_control_number"].to_list() == ["A", "B"] and len(found.service_lines) == 0


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


@pytest.mark.parametrize(
    ("status", "rank"), [("1", 1), ("19", 1), ("2", 2), ("20", 2), ("3", 3), ("21", 3), ("4", None), ("22", None), ("25", None), ("", None)]
)
def test_payer_rank(status, rank):
    """OA-23 shows that another payer came first, on the claim or on a line."""
    assert read(drawn(f"CLP*A*{status}*5*5")).claims["payer_rank"].to_list() == [rank]
    for level in ("CAS*OA*23*1", "SVC*AD:X*5*5\nCAS*OA*45*1**23*1"):
        assert read(drawn(f"CLP*A*{status}*5*5\n{level}")).claims["payer_rank"].to_list() == [max(rank or 0, 2)]
    assert read(drawn(f"CLP*A*{status}*5*5\nCAS*CO*23*1")).claims["payer_rank"].to_list() == [rank]


@pytest.mark.parametrize("text", ["MU\u00d1OZ", "\u0141ukasz", "\u20ac"])
def test_utf8_is_kept(text):
    found = read(drawn(f"CLP*A*1*5*5\nNM1*QC*1*{text}"))
    assert found.claims["patient_last_name"].to_list() == [text] and warned(found) == set()


def test_text_that_is_not_utf8():
    """Windows-1252, segment by segment; long values too, and bytes that it leaves undefined."""
    body = "CLP*A*1*5*5\nNM1*QC*1*MU\u00d1OZ DE LA MONTA\u00d1A ALTA*JOS\u00c9\nCLP*B*1*5*5\nNM1*QC*1*PLAIN"
    data = drawn(body).decode().encode("cp1252").replace(b"PLAIN", b"PL\x81IN")
    found = read(data)
    assert found.claims["patient_last_name"].to_list() == ["MU\u00d1OZ DE LA MONTA\u00d1A ALTA", "PL\x81IN"]
    assert found.warnings.select("reason_code", "segment", "occurrence_count").rows() == [("not_utf8", 9, 2)]


def test_sets_that_are_not_835():
    data = drawn(DOWNGRADE)
    other = b"ST*277*0009~BHT*1~CLP*X*1*5*5~SVC*AD:X*5*5~SE*5*0009~"
    found = read(data.replace(b"ST*835", other + b"ST*835").replace(b"GE*1*1", b"GE*2*1"))
    assert reasons(found) == [("set", "not_835")] and len(found.claims) == 1
    fault = found.faults.to_dicts()[0]
    assert (fault["segment"], fault["claim_count"], fault["line_count"], fault["charge_amount"]) == (3, 1, 1, Decimal("5.00"))


@pytest.mark.parametrize(
    ("head", "reason"), [((), "payment_segment_missing"), (("BPR*I*x",), "payment_not_an_amount"), (("BPR*I",), "payment_missing")]
)
def test_sets_without_a_readable_payment(head, reason):
    found = read(drawn(DOWNGRADE, head=head))
    assert reasons(found) == [("set", reason)] and len(found.claims) == len(found.service_lines) == len(found.payments) == 0
    assert found.faults.select("claim_count", "line_count").rows() == [(1, 1)]


def test_lines_and_claims_out_of_place():
    found = read(drawn("SVC*AD:X*7*7\nCLP*A*1*5*5").replace(b"GE*1*1", b"CLP*OUT*1*6*6~GE*1*1"))
    assert reasons(found) == [("row", "line_without_claim"), ("claim", "claim_outside_set")]
    assert found.faults["charge_amount"].to_list() == [Decimal("7.00"), Decimal("6.00")]
    assert found.claims["patient_control_number"].to_list() == ["A"]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [(b"SE*14*0001~", b"", "missing_set_trailer"), (b"GE*1*1~", b"", "missing_group_trailer"),
     (b"IEA*1*000000001~", b"", "missing_interchange_trailer"),
     (b"SE*14*", b"SE*99*", "wrong_segment_count"), (b"SE*14*0001", b"SE*14*0002", "wrong_set_control_number"),
     (b"GE*1*", b"GE*2*", "wrong_set_count"),
     (b"GE*1*1", b"GE*1*7", "wrong_group_control_number"), (b"IEA*1*", b"IEA*3*", "wrong_group_count"),
     (b"IEA*1*000000001", b"IEA*1*9", "wrong_interchange_control_number"), (b"GS*HP", b"GS*HC", "not_group_hp")],
)  # fmt: skip
def test_envelope_flaws_are_warnings(old, new, warning):
    data = drawn(DOWNGRADE).replace(old, new)
    assert data != drawn(DOWNGRADE)
    found = read(data)
    assert warned(found) == {warning} and len(found.service_lines) == 1 and reasons(found) == []


def test_other_warnings():
    found = read(drawn("CAS*CO*45*1\nCLP*A*1*5*5\nSVC*AD:X*4*4\nAMT*B6*x").replace(b"GE*1", b"PLB*1*2*WO*5~GE*1"))
    assert warned(found) == {"adjustment_outside_claim", "line_charges_differ", "allowed_not_an_amount", "provider_adjustment_outside_set"}
    assert found.service_lines["allowed_amount"].to_list() == [None]


def test_the_4010_guide():
    data = drawn(DOWNGRADE).replace(b"005010X221A1", b"004010X091A1").replace(b"*00501*", b"*00401*")
    assert read(data).payments["version"].to_list() == ["004010X091A1"]


@pytest.mark.parametrize(
    "data", [b"", b"   \n", b"hello", b"ISA", b"ISAX", b"a,b,c\n1,2,3\n", b"\x00" * 50, b"PK\x03\x04", b"{}", b"ISA*", b"STATE*835"]
)
def test_files_that_are_no_835(data):
    found = read(data)
    assert [scope for scope, _ in reasons(found)] == ["file"]
    assert found.faults["claim_count"].to_list() == [0]


def test_an_envelope_without_content():
    found = read((isa() + "GS*HP*A*B*20250402*1200*1*X*005010X221A1~GE*0*1~IEA*1*000000001~").encode())
    assert reasons(found) == [("file", "no_sets")]


@pytest.mark.parametrize(
    ("head", "is_835"),
    [
        (b"ISA*00*", True),
        (b"GS*HP*", True),
        (b"ST*835*0001~", True),
        (b"ST*837*", False),
        (b"ISAAC,NEWTON", False),
        (b"", False),
        (b"{}", False),
    ],
)
def test_what_looks_like_an_835(head, is_835):
    assert x12.looks_like_835(head) is is_835


def test_nothing_at_all():
    for name, table in vars(x12.read([])).items():
        assert table.equals(getattr(Remittances.empty(), name))


def test_a_long_file_is_cut_between_claims():
    body = "\n".join(f"CLP*A{number}*1*5*5\nSVC*AD:X*5*5\nCAS*CO*45*1" for number in range(300))
    whole = blob(drawn(body))
    pieces = list(x12.cut(whole, 2_000))
    assert len(pieces) > 5 and max(len(piece.data) for piece in pieces) < 3_500
    assert x12.gather([x12.read([piece]) for piece in pieces]).claims.equals(x12.read([whole]).claims)


def test_batches_hold_about_as_much_as_asked():
    pieces = [piece for number in range(50) for piece in x12.cut(blob(drawn(DOWNGRADE), f"{number}.835"))]
    sizes = [sum(len(piece.data) for piece in batch) for batch in x12.batches(pieces, 2_000)]
    assert sum(sizes) == sum(len(piece.data) for piece in pieces) and max(sizes) <= 2_500
