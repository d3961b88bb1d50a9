"""Delimiters, envelopes, text and what is no 835, case by case; every drawing is read by both readers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.x12.agreement import blob
from tests.x12.drawn import HEAD, drawn, isa, one_set, read, reasons, warned
from tests.x12.test_drawn import DOWNGRADE
from transforms import x12
from transforms.tables.remittances import Remittances


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
