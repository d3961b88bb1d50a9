"""What no real remittance is: claims that never end, and more faults than anybody reads."""

from __future__ import annotations

import polars as pl
import pytest

from tests.x12.agreement import blob, oracle_rows, rows
from tests.x12.drawn import drawn
from transforms import x12
from transforms.x12 import faults, overlong

GOOD = "CLP*GOOD*1*5*5\nSVC*AD:X*5*5"
LINE = "SVC*AD:X*5*5\nREF*6R*1"


@pytest.fixture
def short_measure(monkeypatch):
    """Claims and headers of real size count as endless."""
    monkeypatch.setattr(overlong, "LONGEST", 20_000)
    monkeypatch.setattr(overlong, "KEPT_BYTES", 400)


def read(body: str, piece_bytes: int = 1_000):
    whole = blob(drawn(body))
    return x12.gather([x12.read([piece]) for piece in x12.cut(whole, piece_bytes)]), x12.read([whole])


def test_an_endless_claim_is_set_aside_alone(short_measure):
    """With its charge, and with all its lines counted; what follows keeps its position."""
    body = "\n".join([GOOD, "CLP*LONG*1*7.25*5", *[LINE] * 2_000, GOOD])
    cut, whole = read(body)
    fault = cut.faults.to_dicts()[0]
    assert cut.faults.height == 1
    assert (fault["scope"], fault["reason_code"], fault["segment_tag"]) == ("claim", "overlong", "CLP")
    assert (fault["claim_count"], fault["line_count"], str(fault["charge_amount"])) == (1, 2_000, "7.25")
    assert cut.claims.equals(whole.claims.filter(pl.col("patient_control_number") == "GOOD"))


def test_an_endless_header_sets_its_set_aside_and_no_other(short_measure):
    body = "\n".join(["REF*EV*1"] * 3_000 + [GOOD] * 200)
    whole = blob(drawn(body) + drawn(GOOD))
    cut = x12.gather([x12.read([piece]) for piece in x12.cut(whole, 1_000)])
    fault = cut.faults.to_dicts()[0]
    assert cut.faults.height == 1
    assert (fault["scope"], fault["reason_code"], fault["claim_count"], fault["line_count"]) == ("set", "overlong", 200, 200)
    assert cut.claims.equals(x12.read([whole]).claims.tail(1))


def test_an_endless_segment_is_one_segment(short_measure):
    body = "\n".join(["CLP*LONG*1*5*5", "REF*EV*" + "X" * 30_000, "SVC*AD:X*5*5", GOOD])
    cut, whole = read(body)
    assert cut.faults.select("scope", "reason_code", "line_count").rows() == [("claim", "overlong", 1)]
    assert cut.claims.equals(whole.claims.tail(1))


def test_what_is_endless_outside_of_any_set_is_told_too(short_measure):
    data = drawn(GOOD) + b"SVC*AD:X*5*5~A~" * 4_000
    cut = x12.gather([x12.read([piece]) for piece in x12.cut(blob(data), 1_000)])
    assert cut.faults["reason_code"].to_list().count("overlong") == 1
    assert cut.faults["line_count"].sum() == 4_000 and cut.claims.height == 1


def test_faults_beyond_a_number_are_summed_up(monkeypatch):
    """The first are told one by one, whatever pieces the file lies in; no claim, line or charge is lost."""
    monkeypatch.setattr(faults, "LISTED", 10)
    body = "\n".join(f"CLP*A{number}*1*{number}*x\nSVC*AD:X*1*1" for number in range(100))
    cut, whole = read(body)
    assert rows(cut) == rows(whole)
    listed = whole.faults.filter(pl.col("reason_code") != "more_faults")
    assert listed["charge_amount"].cast(pl.Int64).to_list() == list(range(10))
    assert (whole.faults["claim_count"].sum(), whole.faults["line_count"].sum()) == (100, 100)
    assert whole.faults["charge_amount"].cast(pl.Int64).sum() == sum(range(100))
    assert whole.faults.height == 11


@pytest.mark.parametrize("letters", range(-1, 6))
def test_an_interchange_with_other_delimiters_is_found_wherever_the_window_ends(letters):
    """Also where its first letters lie in one window and the rest in the next."""
    one, other = drawn(GOOD), drawn(GOOD, element="|", component=">")
    whole = blob(one + other + one)
    pieces = list(x12.cut(whole, len(one) + letters))
    assert rows(x12.gather([x12.read([piece]) for piece in pieces])) == oracle_rows([whole])
