"""The worked examples of docs/money.md: their sums redone by hand, and equal to the drawn cases that the audit is tested on."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.spec.drawn import CASES, read_cases

PAGE = Path(__file__).parents[2] / "docs/money.md"
COLUMNS = ["case", "C", "S", "A", "D", "p", "P", "R", "E", "surprise", "shortfall"]
EXAMPLES = [dict(zip(COLUMNS, cells, strict=False)) for cells in re.findall(r"^\| (W\d+) " + r"\| ([^|]+) " * 10, PAGE.read_text(), re.M)]
DRAWN = {case.name: case for case in read_cases(CASES / "money.txt")}
CENT = Decimal("0.01")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["case"])
def test_an_example_adds_up_by_hand(example: dict[str, str]) -> None:
    c, s, a, d, p, paid, r, e, surprise, shortfall = (Decimal(example[name].removesuffix(" %")) for name in COLUMNS[1:])
    assert paid == ((a - d) * p / 100).quantize(CENT, ROUND_HALF_UP)
    benefit = ((s - d) * p / 100).quantize(CENT, ROUND_HALF_UP)
    assert (e, shortfall) == (s - benefit, benefit - paid)
    assert surprise == max(r - e, Decimal(0))
    assert r - e == shortfall + (paid + r - s) and r <= c - paid


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["case"])
def test_an_example_is_the_drawn_case_of_its_name(example: dict[str, str]) -> None:
    case = DRAWN[example["case"]]
    claim = next(segment for segment in case.remittances[0] if segment.startswith("CLP*")).split("*")
    assert [Decimal(claim[at]) for at in (3, 4, 5)] == [Decimal(example[name]) for name in ("C", "P", "R")]
    [row] = case.rows
    assert (row["stated"], row["expected"], row["surprise"]) == (example["R"], example["E"], example["surprise"])
    assert row["shortfall"] == example["shortfall"]


def test_there_are_examples_and_every_case_named_is_drawn() -> None:
    assert len(EXAMPLES) == 5
    assert set(re.findall(r"\bW\d+\b", PAGE.read_text())) <= set(DRAWN)
