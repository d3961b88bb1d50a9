"""Cells as people write them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.eob.cells import cents, codes, days, surfaces, teeth

AMOUNTS = {
    "$1,234.50": 123450, "(75.00)": -7500, "75.00-": -7500, "-": 0, "--": 0, "\u2013": 0, "0": 0, "\u00a012.5 ": 1250, "-3": -300,
    "12.345": None, "120.10000000000001": 12010, "0.29999999999999998": 30, "1,23": None, "1,234": 123400, "abc": None, "($5.00)": -500,
    "-$5.00": -500, "$-5.00": -500, "12 CR": -1200, ".5": 50, "5.": 500, "1.2.3": None, "1.234,50": None, "99999999999": None,
    "12,34.00": None, "D2392": None, "inf": None,
}  # fmt: skip
DAYS = {
    "03/10/2025": 10, "3/10/25": 10, "2025-03-10": 10, "2025-03-10 00:00:00": 10, "10-Mar-25": 10, "Mar 10, 2025": 10, "20250310": 10,
    "45726": 10, "45726.0": 10, "03/10/2025 - 03/12/2025": 10, "03/10/2025-03/12/2025": 10, "20250310-20250312": 10,
    "2025-03-10/2025-03-12": 10, "3-10-2025": 10, "13/10/2025": None, "2025-02-30": None, "soon": None, "7": None,
}  # fmt: skip
CODES = {
    "D2392 - two surfaces": ("D2392", None), "2392": ("D2392", None), "D2392/D2150": ("D2392", "D2150"), "D2392*": ("D2392", None),
    "d2392": ("D2392", None), "140": ("D0140", None), "02392": ("02392", None), "99213": ("99213", None), "Total": (None, None),
    "D2392->D2150": ("D2392", "D2150"), "2392.0": ("D2392", None), "N/A": (None, None),
}  # fmt: skip

TEETH = {"14": "14", "14.0": "14", "a": "A", "UR": "UR", "3, 4": "3, 4", "Doe": None, "-": None, " 2 ": "2", "DOE, JANE": None}
SURFACES = {"MOD": "MOD", "m-o-d": "MOD", "M, O": "MO", "MO5": "MO5", "Smith": None, "-": None, "": None}


@pytest.mark.parametrize(("text", "expected"), AMOUNTS.items())
def test_amounts(text: str, expected: int | None) -> None:
    assert cents(pl.Series([text])).to_list() == [expected]


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_days(text: str, day: int | None) -> None:
    assert days(pl.Series([text]), "mdy").to_list() == [date(2025, 3, day) if day else None]


def test_the_order_of_day_and_month_is_the_layouts() -> None:
    assert days(pl.Series(["10/03/2025"]), "dmy").to_list() == [date(2025, 3, 10)]


@pytest.mark.parametrize(("text", "expected"), CODES.items())
def test_codes(text: str, expected: tuple[str | None, str | None]) -> None:
    first, second = codes(pl.Series([text]))
    assert (first.to_list()[0], second.to_list()[0]) == expected


def test_many_rows_are_read_as_each_alone() -> None:
    texts = [*AMOUNTS, None] * 50
    assert cents(pl.Series(texts, dtype=pl.String)).to_list() == [AMOUNTS.get(text) if text else None for text in texts]


@given(st.integers(-99_999_999, 99_999_999), st.sampled_from(["{:.2f}", "${:,.2f}", "({:.2f})", "{:.2f}-"]))
def test_every_amount_comes_back(value: int, form: str) -> None:
    is_marked = form.startswith("(") or form.endswith("-")
    size = abs(value) if is_marked else value
    text = form.format(size / 100)
    assert cents(pl.Series([text])).to_list() == [-size if is_marked else size]


@pytest.mark.parametrize(("read", "expected"), [(teeth, TEETH), (surfaces, SURFACES)])
def test_teeth_and_surfaces(read, expected: dict[str, str | None]) -> None:
    assert read(pl.Series(list(expected))).to_list() == list(expected.values())
