"""The report's frames: control totals, thresholds either side, weeks and their edges."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from flows.mart_tables import MART_TABLES
from tests.report.drawn_lines import LAST_MONDAY, MONDAY, line, publication, week
from tests.report.drawn_week import AS_OF, filled, week_of
from transforms.report import asking, rest, weeks
from transforms.report.base_lines import first_day_of  # fmt: skip
from transforms.report.base_lines import week_of as iso_week
from transforms.report.week import choose_week


@pytest.mark.parametrize("lines", [0, 1, 7, 500])
def test_every_way_to_sum_gives_the_headline(lines):
    found = week_of(lines)
    total = found.headline.surprise_balance
    assert total == found.marts["findings"].filter("counted").collect()["surprise_balance"].sum()
    for frame in (found.pairs, found.payers, found.by_basis, found.by_balance_basis, found.locations, found.location_pairs):
        assert sum(frame["surprise_balance"], Decimal(0)) == total
    assert sum(found.lines["surprise_balance"], Decimal(0)) == total, "all lines fit on the page here"
    if lines:
        assert found.coverage_curve["cumulative_amount"][-1] == total
        assert sum(found.payers["line_count"]) == found.headline.line_count == sum(found.pairs["line_count"])
    assert sum(found.weeks["line_count"]) <= found.headline.line_count


def test_the_week_is_that_of_its_days_both_included():
    days = {"sun": -1, "mon": 0, "end": 6, "next": 7}
    rows = [line(name, MONDAY + timedelta(days=after), 2**at) for at, (name, after) in enumerate(days.items())]
    found = week(publication(*rows))
    assert (found.headline.week_line_count, found.headline.week_surprise_balance) == (2, Decimal("0.06"))
    assert found.headline.previous_surprise_balance == Decimal("0.01")
    assert found.headline.change_amount == Decimal("0.05")
    assert found.week_lines["line_id"].to_list() == ["end", "mon"]
    assert (found.first_day, found.last_day, found.week) == (MONDAY, date(2026, 6, 28), "2026-W26")


def test_service_dates_stand_beside_payment_dates():
    found = week(publication(line("1", MONDAY, 500, service_date=LAST_MONDAY), line("2", MONDAY, 700, service_date=None)))
    last, this = found.weeks.rows(named=True)[-2:]
    assert (this["line_count"], this["surprise_balance"], this["served_line_count"]) == (2, Decimal(12), 0)
    assert (last["line_count"], last["served_line_count"], last["served_surprise_balance"]) == (0, 1, Decimal(5))
    assert found.weeks.height == found.policy.trend_weeks, "a week without lines has its row"


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 6, 28), MONDAY),  # a Sunday ends its week
        (date(2026, 6, 27), LAST_MONDAY),  # a Saturday does not
        (date(2026, 6, 29), MONDAY),
        (date(2026, 8, 20), MONDAY),  # weeks without payments are passed over
    ],
)
def test_the_week_reported_is_the_last_one_that_is_over(as_of, expected):
    marts = publication(line("1", LAST_MONDAY, 1), line("2", MONDAY + timedelta(days=2), 1)).marts
    assert choose_week(marts, as_of, None) == expected


def test_nothing_paid_yet_reports_the_last_week_over():
    assert choose_week(publication().marts, date(2026, 6, 30), None) == MONDAY


def test_iso_weeks_at_the_turn_of_the_year():
    assert (first_day_of("2026-W53"), iso_week(date(2027, 1, 3)), iso_week(date(2027, 1, 4))) == (
        date(2026, 12, 28),
        "2026-W53",
        "2027-W01",
    )
    for wrong in ("2027-W53", "2026-W00", "2026W26", "26-W26", "2026-W5", "2026-Wxx", ""):
        with pytest.raises(ValueError):
            first_day_of(wrong)


def a_pair(code: str, count: int, cents: int, day: date = MONDAY) -> list[dict]:
    return [line(f"{code}-{at}", day, cents, code=code) for at in range(count)]


def test_two_dear_claims_never_outrank_silently():
    """Four claims are too few, five are enough (audit.yaml, small_cell_count)."""
    rows = a_pair("D6010", 2, 90_000) + a_pair("D2740", 4, 30_000) + a_pair("D2392", 5, 10_000) + a_pair("D2391", 4, 10)
    found = week(publication(*rows))
    assert found.pairs["submitted_code"].to_list() == ["D6010", "D2740", "D2392", "D2391"]
    assert found.asks_first.select("place", "rank", "submitted_code").rows() == [(1, 3, "D2392")]
    assert found.too_few_claims["submitted_code"].to_list() == ["D6010", "D2740"], "dear enough to stand among them; the last is not"


WEEKS_AGO = [MONDAY - timedelta(weeks=at) for at in range(13)]


@pytest.mark.parametrize(
    ("recent", "earlier", "trend"),
    [
        ([100, 100, 100, 100], [100] * 9, "steady"),
        ([125, 125, 125, 125], [100] * 9, "steady"),  # exactly the threshold is not over it
        ([126, 125, 125, 125], [100] * 9, "rising"),
        ([75, 75, 75, 75], [100] * 9, "steady"),
        ([74, 75, 75, 75], [100] * 9, "falling"),
        ([0, 0, 0, 0], [100] * 9, "quiet"),
        ([900, 900, 0, 0], [100] * 9, "steady"),  # two lines are no trend, however dear
        ([100, 100, 100, 0], [100] + [0] * 8, "few"),
        ([100, 100, 100, 0], [0] * 9, "new"),
        ([100, 100, 0, 0], [0] * 9, "few"),
    ],
)
def test_trends_either_side_of_their_thresholds(recent, earlier, trend):
    cents = [*recent, *earlier]
    rows = [line(str(at), day, amount) for at, (day, amount) in enumerate(zip(WEEKS_AGO, cents, strict=True)) if amount]
    [row] = week(publication(*rows)).pairs.to_dicts()
    assert row["trend"] == trend
    assert row["weekly_cents"] == cents[::-1], "oldest first"
    assert (row["recent_cents"], row["earlier_cents"]) == (sum(recent), sum(earlier))


def test_worsening_pairs_are_told_with_their_averages():
    rows = [line(str(at), day, 300 if at < 4 else 90) for at, day in enumerate(WEEKS_AGO)]
    [row] = week(publication(*rows)).new_and_worsening.to_dicts()
    assert (row["recent_week_amount"], row["earlier_week_amount"], row["change_amount"]) == (Decimal(3), Decimal("0.90"), Decimal("2.10"))


def ask(increase: str, asked: str, saving: str, borne_by: str = "patient", lines: int = 5, gain: str = "0") -> dict:
    return {"payer_id": "north", "payer_name": "North", "alternate_code": "D2150", "borne_by": borne_by, "increase": increase,
            "current_fee": Decimal(100), "asked_fee": Decimal(asked), "patient_saving": Decimal(saving),
            "practice_gain": Decimal(gain), "lines": lines}  # fmt: skip


def test_the_suggested_ask_is_the_next_lower_increase_there_is():
    asks = filled(MART_TABLES["fee_asks"], pl.DataFrame([ask("10", "110", "40"), ask("20", "120", "70"), ask("parity", "150", "90")]))
    for wanted, fee in ((15, 110), (20, 120), (99, 120)):
        [row] = asking.suggested_asks(asks.lazy(), wanted).to_dicts()
        assert (row["asked_fee"], row["parity_fee"], row["parity_saving"]) == (Decimal(fee), Decimal(150), Decimal(90))
    assert asking.suggested_asks(asks.lazy(), 9).is_empty()


def test_where_the_practice_bears_it_its_own_gain_is_the_worth():
    rows = [ask("15", "115", "-3", "provider", lines=9, gain="80"), ask("15", "115", "20"), ask("parity", "150", "1", "provider", 9, "200")]
    [row] = asking.suggested_asks(filled(MART_TABLES["fee_asks"], pl.DataFrame(rows)).lazy(), 15).to_dicts()
    assert (row["borne_by"], row["asked_saving"], row["parity_saving"]) == ("provider", Decimal(80), Decimal(200))


@pytest.mark.parametrize(("eligible", "paid", "state"), [(0, 0, "no_claims_yet"), (4, 4, "loaded"), (4, 1, "partly"), (4, 0, "not_loaded")])
def test_agreed_fees_say_whether_they_loaded(eligible, paid, state):
    row = {"payer_id": "north", "alternate_code": "D2150", "effective_from": date(2026, 1, 1), "agreed_fee": Decimal(130),
           "eligible_line_count": eligible, "paid_at_agreed_count": paid}  # fmt: skip
    assert asking.wins(filled(MART_TABLES["ask_outcomes"], pl.DataFrame([row])).lazy())["state"].to_list() == [state]


def test_the_page_holds_what_fits_and_the_dearest_of_each_pair():
    rows = a_pair("D2392", 8, 500) + a_pair("D2391", 8, 400) + [line("dear", MONDAY, 700, code="D2391")]
    every = week(publication(*rows), page_line_count=17)
    assert every.lines.height == 17
    capped = week(publication(*rows), page_line_count=16, page_pair_line_count=3).lines
    assert capped.group_by("submitted_code").len().sort("submitted_code").rows() == [("D2391", 3), ("D2392", 3)]
    assert "dear" in capped["line_id"].to_list()
    assert week(publication(*rows), page_line_count=4, page_pair_line_count=3).lines.height == 4


def test_lines_of_a_claim_stand_together_with_its_sum():
    rows = [line("a1", MONDAY, 100, claim_id="A"), line("b", MONDAY, 300, claim_id="B"), line("a2", MONDAY, 250, claim_id="A")]
    found = week(publication(*rows)).lines
    assert found["claim_id"].to_list() == ["A", "A", "B"]
    assert found["claim_surprise_balance"].to_list() == [Decimal("3.50"), Decimal("3.50"), Decimal(3)]


def test_locations_go_by_office_else_by_who_was_paid():
    one = week(
        publication(line("1", MONDAY, 100, payee_npi="1"), line("2", MONDAY, 300, payee_npi="2"), line("3", MONDAY, 50, payee_npi=None))
    )
    assert one.locations.select("location_id", "surprise_balance").rows() == [("2", Decimal(3)), ("1", Decimal(1)), (None, Decimal("0.50"))]


def test_the_warning_for_office_fees_is_for_payers_in_network():
    rows = [line(network, MONDAY, 1, payer=network, balance_basis="office_fee", network=network) for network in ("in", "out")]
    found = week(publication(*rows)).by_balance_basis
    assert {row["network"]: row["is_warning"] for row in found.iter_rows(named=True)} == {"in": True, "out": False}


def test_stated_and_reckoned_balances_that_differ_by_over_a_dollar_are_counted():
    """Reckoned: expected + surprise. A dollar is no difference, a cent more is."""
    money = {"expected_patient_responsibility_amount": Decimal(20), "patient_responsibility_amount": Decimal(121)}
    same, more = (
        line("1", MONDAY, 100_00, **money),
        line("2", MONDAY, 100_00, **money | {"patient_responsibility_amount": Decimal("121.01")}),
    )
    trust = week(publication(same, more)).trust
    assert (trust.differing_line_count, trust.differing_amount) == (1, Decimal("1.01"))


def test_what_is_explained_otherwise_is_that_of_the_window():
    facts = (
        ("1", "deductible", MONDAY, 50), ("2", "deductible", date(2025, 7, 1), 70),
        ("3", "maximum", MONDAY, 10), ("4", "maximum", date(2025, 6, 30), 99),
    )  # fmt: skip
    rows = [
        {"line_id": name, "claim_id": name, "explanation": why, "payment_date": day, "patient_responsibility_amount": Decimal(amount)}
        for name, why, day, amount in facts
    ]
    table = filled(MART_TABLES["explained_otherwise"], pl.DataFrame(rows))
    now = publication(line("x", MONDAY, 1), explained_otherwise=table)
    found = week(now).explained.select("explanation", "patient_responsibility_amount", "week_amount", "line_count").rows()
    assert found == [("deductible", Decimal(120), Decimal(50), 2), ("maximum", Decimal(10), Decimal(10), 1)]
    assert rest.explained_lines(now.marts, date(2025, 7, 1), 2)["line_id"].to_list() == ["2", "3"], "the dearest of each"


def test_silent_payers_come_first_and_days_are_counted_to_the_business_date():
    payments = pl.DataFrame({"payer_id": ["a", "b"], "last_payment_date": [AS_OF - timedelta(days=3), AS_OF - timedelta(days=30)]})
    silent = pl.DataFrame({"payer_id": ["a"], "usual_gap_days": [2]})
    now = publication(
        payment_totals=filled(MART_TABLES["payment_totals"], payments), silent_payers=filled(MART_TABLES["silent_payers"], silent)
    )
    assert rest.freshness(now.marts, AS_OF).select("payer_id", "silent_days", "usual_gap_days").rows() == [("a", 3, 2), ("b", 30, None)]


def test_a_week_is_the_same_whatever_order_rows_come_in():
    forth = weeks.weeks(week_of(300).marts["findings"], MONDAY, 13)
    back = weeks.weeks(week_of(300).marts["findings"].reverse(), MONDAY, 13)
    assert forth.equals(back)
