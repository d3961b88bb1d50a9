"""The money of one line, against hand-worked examples, and the laws it keeps on any amounts."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.practice.adjudicate import award, benefit_without_downgrade, half_up, patient_share, reasons
from transforms.practice.fees import PAYS_AS, fee_book
from transforms.practice.payers import PAYER, PAYERS
from transforms.practice.people import npi

# convention's payer, group, charge, S, A, coverage paid, coverage billed, deductible, maximum -> paid, R, E   (dollars)
WORKED = {
    "usual fee, full coverage": ("unity", "PR", 275, 200, 120, 100, 100, 0, 10**6, 120, 155, 0),
    "the same, alternate raised": ("unity", "PR", 275, 200, 160, 100, 100, 0, 10**6, 160, 115, 0),
    "contracted fee": ("delta-north", "PR", 275, 200, 120, 100, 100, 0, 10**6, 120, 80, 0),
    "contracted fee, 80 %": ("delta-north", "PR", 275, 200, 120, 80, 80, 0, 10**6, 96, 104, 40),
    "with a deductible": ("delta-north", "PR", 275, 200, 120, 80, 80, 50, 10**6, 56, 144, 80),
    "accepted in full": ("harbor", "CO", 275, 200, 120, 100, 100, 0, 10**6, 120, 0, 0),
    "out of network": ("summit", "PR", 275, 240, 140, 80, 80, 0, 10**6, 112, 163, 83),
    "maximum binds": ("delta-north", "PR", 1400, 1050, 780, 50, 50, 0, 300, 300, 750, 750),
    "class flips": ("delta-north", "PR", 1150, 860, 180, 80, 50, 0, 10**6, 144, 716, 430),
    "deductible takes all": ("delta-north", "PR", 210, 155, 95, 80, 80, 95, 10**6, 0, 155, 107),
}


@pytest.mark.parametrize("example", WORKED.values(), ids=WORKED.keys())
def test_worked_examples(example):
    name, group, charge, fee, allowed, paid_pct, billed_pct, deductible, maximum, paid, share, expected = example
    payer = PAYER[name]
    given_ = award(allowed * 100, paid_pct, deductible * 100, 0, maximum * 100)
    adjustments = reasons(payer, group, "169", charge * 100, fee * 100, allowed * 100, given_)
    whole = fee if payer.is_in_network else charge
    assert given_.paid == paid * 100
    assert patient_share(adjustments) == share * 100
    assert whole * 100 - benefit_without_downgrade(fee * 100, billed_pct, given_) == expected * 100


def test_half_a_cent_rounds_up():
    assert [half_up(cents, 50) for cents in (1, 2, 3)] == [1, 1, 2]
    assert half_up(11835, 85) == 10060


@given(
    payer=st.sampled_from(PAYERS), group=st.sampled_from(["PR", "CO", "PI", "OA"]), reason=st.sampled_from(["169", "96", "B8", "45"]),
    amounts=st.lists(st.integers(0, 400_000), min_size=3, max_size=3).map(sorted), pct=st.integers(0, 100),
    deductible=st.integers(0, 20_000), copay=st.integers(0, 5_000), maximum=st.integers(0, 200_000),
)  # fmt: skip
def test_charge_less_adjustments_is_paid(payer, group, reason, amounts, pct, deductible, copay, maximum):
    """Whatever the convention, the form and the amounts, a line balances and the benefit keeps its bounds."""
    allowed, fee, charge = amounts
    given_ = award(allowed, pct, deductible, copay, maximum)
    adjustments = reasons(payer, group, reason, charge, fee, allowed, given_)
    assert charge - sum(cents for _, _, cents in adjustments) == given_.paid
    assert 0 <= given_.paid <= min(maximum, allowed)
    assert given_.deductible + given_.copay + given_.coinsurance + given_.over_maximum + given_.paid == allowed
    assert all(cents for _, _, cents in adjustments)


def test_an_alternate_is_always_cheaper_and_rises_at_its_date():
    book = fee_book(date(2026, 6, 30))
    for payer in PAYERS:
        changed = book.contracted_change_dates[payer.payer_id]
        for code, alternate in PAYS_AS.items():
            before, after = book.contracted[payer.payer_id][alternate]
            assert 0 < before < after < book.contracted[payer.payer_id][code][0] <= book.office[code][0]
            assert book.fee(payer.payer_id, alternate, changed) == after
            assert book.fee(payer.payer_id, alternate, date.fromordinal(changed.toordinal() - 1)) == before


def test_payers_differ_in_fees_and_in_dates_of_change():
    book = fee_book(date(2026, 6, 30))
    fees = sorted(book.contracted[payer.payer_id]["D2150"][0] for payer in PAYERS)
    assert sum(a != b for a, b in pairwise(fees)) >= 8
    assert len(set(book.contracted_change_dates.values())) >= 5


def test_check_digit_of_an_npi():
    """1234567893 is the published example of the check."""
    assert npi(23456789) == "1234567893"
