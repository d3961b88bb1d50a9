"""Predictions before a visit: the range is right, the chance holds on months not seen, and the files say what was published."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.predictions import PREDICTIONS, SUBSTITUTIONS, prediction_files
from transforms.predicted import wilson
from transforms.tables.predicted import PREDICTED_DOWNGRADES


@pytest.mark.parametrize(
    ("found", "seen", "low", "high"),
    # The first four are the worked values of Wilson's interval at z = 1.96, to two decimals of a percent.
    [(5, 10, 2366, 7634), (1, 10, 178, 4042), (81, 263, 2551, 3662), (10, 10, 7224, 10_000), (0, 10, 0, 2776), (0, 0, 0, 10_000)],
)
def test_the_range_is_wilsons(found: int, seen: int, low: int, high: int) -> None:
    worked = wilson(found, seen)
    assert (worked[0] - low, worked[1] - high) in {(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)}


@given(st.integers(1, 3000).flatmap(lambda seen: st.tuples(st.integers(0, seen), st.just(seen))))
def test_the_range_solves_wilsons_equation(drawn: tuple[int, int]) -> None:
    """At either end the share is 1.96 standard deviations off, outwards rounded: checked in fractions, without a root."""
    found, seen = drawn
    low, high = wilson(found, seen)
    share = Fraction(found, seen)
    assert 0 <= low <= share * 10_000 <= high <= 10_000

    def is_outside(end: Fraction) -> bool:
        return (share - end) ** 2 >= Fraction(196, 100) ** 2 * end * (1 - end) / seen

    assert found == 0 or is_outside(Fraction(low, 10_000))
    assert found == seen or is_outside(Fraction(high, 10_000))
    assert found == 0 or not is_outside(Fraction(low + 2, 10_000)) or low + 2 > share * 10_000
    assert found == seen or not is_outside(Fraction(high - 2, 10_000)) or high - 2 < share * 10_000


def predicted(**changes: object) -> pl.DataFrame:
    row = {
        "payer_id": "north", "payer_name": "=North()", "submitted_code": "D2392", "paid_code": "D2150", "eligible_line_count": 20,
        "downgraded_line_count": 19, "review_line_count": 0, "downgraded_share": Decimal(95), "probability_pct": Decimal("92.86"),
        "probability_low_pct": Decimal("76.38"), "probability_high_pct": Decimal("99.12"), "priced_line_count": 19,
        "typical_surprise_balance": Decimal(80), "low_surprise_balance": Decimal(60), "high_surprise_balance": Decimal(90),
        "is_small": False, "is_substitution": True, "window_start": date(2025, 7, 1), "window_end": date(2026, 6, 30),
    }  # fmt: skip
    return pl.DataFrame([row | changes], schema=PREDICTED_DOWNGRADES.schema)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_files_hold_what_was_published_and_nothing_a_spreadsheet_runs() -> None:
    files = prediction_files(pl.concat([predicted(), predicted(submitted_code="D2740", is_substitution=False)]))
    every, plans = rows(files[PREDICTIONS]), rows(files[SUBSTITUTIONS])
    assert list(every[0]) == PREDICTED_DOWNGRADES.names
    assert (every[0]["probability_pct"], every[0]["typical_surprise_balance"], every[0]["payer_name"]) == ("92.86", "80.00", "'=North()")
    assert [(row["ProcCode"], row["SubstitutionCode"], row["SubstOnlyIf"]) for row in plans] == [("D2392", "D2150", "Always")]
