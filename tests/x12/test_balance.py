"""Charge less adjustments is what was paid: per line, per claim, per payment, to the cent."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.x12.drawn import drawn, read
from transforms.balance import settle_payments, unbalanced, without
from transforms.tables.payments import PAYMENTS
from transforms.tables.quarantine import FAULTS


def faults(body: str) -> list[tuple[str, int, Decimal]]:
    found = unbalanced(read(drawn(body)))
    assert found.schema == FAULTS.schema
    return found.select("reason_code", "segment", "difference_amount").rows()


def paid(amount: str, body: str) -> tuple[bool, Decimal]:
    found = read(drawn(body, head=(f"BPR*I*{amount}*C*ACH************20250401",)))
    settled = settle_payments(found.payments, found.claims, found.provider_adjustments)
    assert settled.schema == PAYMENTS.schema
    return settled.select("is_balanced", "difference_amount").row(0)


@pytest.mark.parametrize(
    "body",
    [
        "CLP*A*1*275*120\nSVC*AD:X*275*120\nCAS*PR*169*155",
        "CLP*A*1*275*120\nSVC*AD:X*275*120\nCAS*PR*1*50**2*30\nCAS*CO*45*75",
        "CLP*A*1*500*450\nCAS*CO*A2*50\nSVC*AD:X*500*500",  # a claim-level adjustment: lines balance to themselves
        "CLP*A*1*500*450\nCAS*CO*A2*50",  # no lines
        "CLP*A*22*-275*-120\nSVC*AD:X*-275*-120\nCAS*PR*169*-155",  # a reversal
        "CLP*A*2*541*34\nSVC*AD:X*541*34\nCAS*OA*23*516**94*-9",  # another payer paid more than this one allows
        "CLP*A*1*0.30*0.1\nSVC*AD:X*.3*.10\nCAS*CO*45*.2",
        "CLP*A*1*275*120\nSVC*AD:X*275*120\nCAS*PR*169*155\nAMT*B6*999",  # amounts for information do not count
    ],
)
def test_what_balances(body):
    assert faults(body) == []


def test_a_line_that_is_off_by_a_cent():
    assert faults("CLP*A*1*275*120\nSVC*AD:X*275*120.01\nCAS*PR*169*155") == [("line_unbalanced", 9, Decimal("-0.01"))]


def test_a_claim_that_is_off_though_its_lines_are_not():
    assert faults("CLP*A*1*275*100\nSVC*AD:X*275*120\nCAS*PR*169*155") == [("claim_unbalanced", 8, Decimal("20.00"))]


def test_one_row_per_claim_with_its_first_fault():
    found = unbalanced(read(drawn("CLP*A*1*9*9\nSVC*AD:X*5*5\nSVC*AD:X*5*4\nSVC*AD:X*5*3\nCLP*B*1*5*5\nCLP*C*1*7*5")))
    assert found.select("segment", "claim_segment", "line_count", "charge_amount").rows() == [
        (10, 8, 3, Decimal("9.00")),
        (13, 13, 0, Decimal("7.00")),
    ]
    assert found["source_file"].to_list() == ["a.835", "a.835"]


def test_lines_that_do_not_sum_to_the_claim_are_a_warning_only():
    found = read(drawn("CLP*A*1*500*100\nCAS*CO*45*400\nSVC*AD:X*100*100"))
    assert unbalanced(found).is_empty()
    assert found.warnings["reason_code"].to_list() == ["line_charges_differ"]


def test_a_claim_set_aside_takes_its_lines_with_it():
    found = read(drawn("CLP*A*1*9*9\nSVC*AD:X*9*8\nCAS*CO*45*2\nCLP*B*1*5*4\nSVC*AD:X*5*4\nCAS*CO*45*1"))
    kept = without(found, unbalanced(found))
    assert kept.claims["patient_control_number"].to_list() == ["B"]
    assert (len(kept.service_lines), len(kept.adjustments), len(kept.payments), len(kept.faults)) == (1, 1, 1, 1)
    assert len(kept.claims) + kept.faults["claim_count"].sum() == len(found.claims)


@pytest.mark.parametrize(
    ("amount", "body", "settled"),
    [
        ("120", "CLP*A*1*275*120\nCLP*B*1*5*0", (True, "0")),
        ("100", "CLP*A*1*275*120\nPLB*1*20251231*WO:X*20", (True, "0")),  # taken back
        ("125", "CLP*A*1*275*120\nPLB*1*20251231*L6*-5", (True, "0")),  # interest paid
        ("0", "CLP*A*22*-275*-120\nPLB*1*20251231*FB:X*-120", (True, "0")),  # carried to a later payment
        ("99.99", "CLP*A*1*275*100", (False, "-0.01")),
        ("10", "", (False, "10")),
        ("0", "", (True, "0")),
    ],
)
def test_payments(amount, body, settled):
    """Payment = claims paid - provider adjustments: a positive one lowers it."""
    assert paid(amount, body) == (settled[0], Decimal(settled[1]))


def test_a_claim_that_could_not_be_read_unsettles_its_payment():
    assert paid("120", "CLP*A*1*275*120\nCLP*B*1*x*0") == (True, Decimal(0))
    assert paid("125", "CLP*A*1*275*120\nCLP*B*1*x*5") == (False, Decimal(5))


CENTS = st.integers(-500_000_00, 500_000_00)


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CENTS, st.lists(CENTS, max_size=4)), min_size=1, max_size=4), CENTS, st.integers(-2, 2))
def test_exactly_the_difference_is_found(lines, claim_adjustment, error):
    """Whatever the amounts: a claim made to balance does, and one off by cents is off by those cents."""
    charge = sum(line_charge for line_charge, _ in lines)
    total = charge - claim_adjustment - sum(sum(adjusted) for _, adjusted in lines)
    body = [f"CLP*A*1*{dollars(charge)}*{dollars(total - error)}", f"CAS*CO*45*{dollars(claim_adjustment)}"]
    for line_charge, adjusted in lines:
        body.append(f"SVC*AD:X*{dollars(line_charge)}*{dollars(line_charge - sum(adjusted))}")
        body += [f"CAS*PR*1*{dollars(amount)}" for amount in adjusted]
    found = unbalanced(read(drawn("\n".join(body))))
    expected = [("claim_unbalanced", Decimal(error) / 100)] if error else []
    assert found.select("reason_code", "difference_amount").rows() == expected


def test_money_stays_exact():
    found = read(drawn("CLP*A*1*9999999999.99*0.01\nCAS*CO*45*9999999999.98"))
    assert unbalanced(found).is_empty()
    assert found.claims["charge_amount"].dtype == pl.Decimal(12, 2)
