"""The figures of a packet: they are the ranking's, start from today's fee, and never ask for more than the contract."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.packet.drawn import Line, figures, findings, lines
from transforms.asks import askable, fee_asks
from transforms.packet.asking import Wish
from transforms.packet.lines import counted_lines

SPREAD = [*lines(20), *lines(14, code="D2391", paid="D2140", fee=95, contracted=155, coverage=80)]


def rows(frame: pl.DataFrame, *names: str) -> list[tuple]:
    return [tuple(str(value) for value in row) for row in frame.select(names).rows()]


def test_totals_and_pairs_are_what_was_counted() -> None:
    made = figures([*SPREAD, *lines(3, payer="south"), Line(is_counted=False)])
    assert made.totals is not None
    assert (made.totals["line_count"], made.totals["patient_count"], made.totals["surprise_cents"]) == (34, 34, 20 * 8000 + 14 * 4800)
    names = ("submitted_code", "alternate_code", "line_count", "surprise_cents", "median_alternate_cents", "median_fee_cents", "fee_share")
    assert rows(made.pairs, *names) == [
        ("D2392", "D2150", "20", "160000", "12000", "20000", "60.00"),
        ("D2391", "D2140", "14", "67200", "9500", "15500", "61.29"),
    ]


def test_the_ladder_is_that_of_fee_asks_where_the_fee_stood_still() -> None:
    made = figures(SPREAD)
    published = fee_asks(askable(counted_lines(findings(SPREAD))), (10, 15, 20, 25))
    names = ("alternate_code", "increase", "current_fee", "asked_fee", "surprise_balance_after", "patient_saving", "plan_cost", "lines")
    assert sorted(rows(made.rungs, *names)) == sorted(rows(published, *names))
    assert made.rungs.height == 10


def test_the_reference_example_of_the_domain() -> None:
    """120 of 200 at 100 %: 132, 138, 144, 150 and 200 cost the plan 12, 18, 24, 30 and 80 a line."""
    made = figures(lines(11))
    assert rows(made.rungs, "increase", "asked_fee", "plan_cost") == [
        ("10", "132.00", "132.00"), ("15", "138.00", "198.00"), ("20", "144.00", "264.00"), ("25", "150.00", "330.00"),
        ("parity", "200.00", "880.00"),
    ]  # fmt: skip


def test_a_fee_that_rose_meanwhile_is_the_one_asked_about() -> None:
    """Half a year at 100, then 120: 15 % more is 138 on all 30 lines, and what 120 already gives is no relief."""
    old = lines(15, fee=100, day=date(2025, 9, 1))
    made = figures([*old, *lines(15, fee=120, day=date(2026, 5, 1))])
    assert rows(made.asks, "current_fee", "asked_fee", "surprise_balance_before", "patient_saving", "plan_cost", "lines") == [
        ("120.00", "138.00", "2400.00", "540.00", "540.00", "30"),
    ]
    assert rows(made.ages, "fee_cents", "first_month") == [("12000", "2026-05")]


def test_today_is_as_many_months_as_hold_enough_patients() -> None:
    """Two lines of June alone would be somebody's; with May's there are eleven."""
    rows_ = [*lines(20, fee=100, day=date(2025, 9, 1)), *lines(9, fee=110, day=date(2026, 5, 1)), *lines(2, fee=130, day=date(2026, 6, 1))]
    assert rows(figures(rows_).asks, "current_fee") == [("110.00",)]


def test_a_fee_that_others_were_paid_beside_does_not_stand_since_then() -> None:
    mixed = [
        *lines(12, fee=120, day=date(2025, 9, 1)),
        *lines(12, fee=118, day=date(2026, 1, 1)),
        *lines(12, fee=120, day=date(2026, 5, 1)),
    ]
    assert figures(mixed).ages.is_empty()
    assert figures(lines(10)).ages.is_empty()


@pytest.mark.parametrize(
    ("wish", "asked"),
    [(Wish("percent", 20), "144.00"), (Wish("fee", 16_000), "160.00"), (Wish("parity"), "200.00"), (Wish("fee", 25_000), "200.00")],
)
def test_what_is_wished_for_one_code_goes_before_the_rest(wish: Wish, asked: str) -> None:
    made = figures(SPREAD, own={"D2150": wish})
    assert rows(made.asks.sort("alternate_code"), "alternate_code", "asked_fee") == [("D2140", "109.25"), ("D2150", asked)]


def test_no_ask_is_above_the_least_contracted_fee_or_below_todays() -> None:
    two = [*lines(11), *lines(11, code="D2393", contracted=130)]
    made = figures(two, general=Wish("percent", 15))
    assert rows(made.asks, "asked_fee") == [("130.00",)]
    assert rows(made.limits, "asked_cents", "cap_cents") == [("13800", "13000")]
    lower = figures(lines(11), own={"D2150": Wish("fee", 11_000)})
    assert (lower.asks.height, lower.limits.height) == (0, 1)


def test_where_the_practice_bears_it_the_practice_gains_and_coinsurance_grows() -> None:
    made = figures(lines(12, absorbed=80, coverage=80))
    assert rows(made.asks, "borne_by", "patient_saving", "plan_cost", "practice_gain") == [("provider", "-43.20", "172.80", "216.00")]


def test_only_the_tiers_chosen_are_in_it() -> None:
    mixed = [*lines(12, tier=1), *lines(13, tier=2), *lines(14, tier=3)]
    counts = {tiers: (figures(mixed, tiers=tiers).totals or {})["line_count"] for tiers in ((1,), (1, 2), (1, 2, 3), (3,))}
    assert counts == {(1,): 12, (1, 2): 25, (1, 2, 3): 39, (3,): 14}


def test_lines_whose_contracted_fee_is_unknown_are_evidence_but_not_asked_about() -> None:
    made = figures(lines(12, contracted=None))
    assert (made.pairs.height, made.asks.height, made.rungs.height) == (1, 0, 0)


def test_places_in_the_ranking_after_the_ask() -> None:
    """1,600 less 1,584 leaves 16, below the others' 800 and 480."""
    made = figures([*lines(20), *lines(10, payer="south"), *lines(6, payer="west")], own={"D2150": Wish("fee", 19_920)})
    assert rows(made.ranks, "rank", "rank_after") == [("1", "3")]


def test_comparators_need_ten_claims_and_eleven_patients_and_are_masked_alike_everywhere() -> None:
    others = [
        *lines(11, payer="south", fee=140),
        *lines(10, payer="west", fee=150),
        *lines(12, payer="east", fee=130),
        *lines(12, payer="east", code="D2391", paid="D2140", fee=99),
    ]
    made = figures([*SPREAD, *others])
    assert rows(made.others, "alternate_code", "payer_id", "claim_count", "median_cents") == [
        ("D2140", "east", "12", "9900"), ("D2150", "south", "11", "14000"), ("D2150", "east", "12", "13000"),
    ]  # fmt: skip
    masks = dict(made.others.select("payer_id", "mask").unique().rows())
    assert sorted(masks.values()) == ["Payer A", "Payer B"]
    assert rows(made.pooled, "alternate_code", "median_cents", "claim_count", "payer_count") == [
        ("D2140", "9900", "12", "1"),
        ("D2150", "13000", "23", "2"),
    ]
    assert rows(made.higher, "alternate_code") == [("D2140",), ("D2150",)]


def test_where_others_allow_no_more_there_is_no_comparison() -> None:
    made = figures([*lines(12), *lines(12, payer="south", fee=120)])
    assert (made.pooled.height, made.higher.height) == (1, 0)


def test_market_figures_are_of_the_latest_year_and_of_codes_asked_about() -> None:
    names = ("source", "procedure_code", "percentile", "fee", "year", "zip3")
    survey = pl.DataFrame(
        [("S", "D2150", 80, Decimal(210), 2025, "940"), ("S", "D2150", 80, Decimal(200), 2024, "940"),
         ("S", "D2740", 80, Decimal(9), 2025, None)],
        schema=dict(zip(names, (pl.String, pl.String, pl.Int64, pl.Decimal(12, 2), pl.Int64, pl.String), strict=True)), orient="row",
    )  # fmt: skip
    assert rows(figures(lines(12), market=survey).market, "procedure_code", "fee") == [("D2150", "210.00")]
