"""Amounts and dates as they are written, the odd ones too: both readers take and refuse the same."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from tests.x12.drawn import drawn, read

WHOLE = ("", "0", "5", "12345678", "123456789", "1234567890", "00000000012")
DECIMALS = ("", ".", ".5", ".50", ".500", ".505", ".5.", "..5")
ODD = ("-", "--5", "- 5", "5-", "+5", "1E2", "5,0", "1.2.3", ".", "-.", " 5", "5 ", "\u0665", "0x5", "NaN", "-0", "5\t", "/5", ":5", "5;")


@pytest.mark.parametrize("sign", ["", "-"])
def test_both_readers_agree_on_every_form_of_amount(sign):
    amounts = [sign + whole + decimals for whole, decimals in product(WHOLE, DECIMALS)]
    read(drawn("\n".join(f"CLP*A{number}*1*{amount}*5*{amount}" for number, amount in enumerate(amounts))))


def test_both_readers_agree_on_what_is_no_amount():
    claims = [f"CLP*A{number}*1*5*{amount}\nSVC*AD:D1*{amount}*5**{amount}" for number, amount in enumerate(ODD)]
    read(drawn("\n".join(claims)))


@pytest.mark.parametrize(
    ("written", "amount"),
    [("-12345.67", "-12345.67"), ("-.5", "-0.50"), ("99999999", "99999999"), ("-9999999.9", "-9999999.90"), ("0012.340", "12.34")],
)
def test_amounts_are_exact(written, amount):
    assert read(drawn(f"CLP*A*1*{written}*5")).claims["charge_amount"].to_list() == [Decimal(amount)]


def test_both_readers_agree_on_every_form_of_date():
    written = ["20250229", "20240229", "20251301", "20250100", "19000101", "18991231", "20991231", "21000101", "00000000", "99999999"]
    written += [
        "250401",
        "850401",
        "250230",
        "20250401-20250402",
        "20250401/20250402",
        "2025-04-01",
        "2025040",
        "202504011",
        "ABCDEFGH",
        "",
    ]
    claims = [f"CLP*A{number}*1*5*5\nDTM*232*{day}\nSVC*AD:D1*5*5\nDTM*472*{day}" for number, day in enumerate(written)]
    read(drawn("\n".join(claims)))


def test_a_separator_that_is_no_character():
    found = read(drawn("CLP*A*1*5*5\nSVC*AD:D1*5*5", element="\0", component="\x01", terminator="\x02"))
    assert found.service_lines["paid_code"].to_list() == ["D1"]
