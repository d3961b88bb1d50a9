"""Why the total moved: every step by hand, and the sums at random."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.drawn_lines import LAST_MONDAY, MONDAY, line, publication, week

FIRST_TOLD = date(2026, 6, 21)


def steps(frame) -> dict:
    return {step: (amount, count) for step, _, amount, count in frame.select("step", "is_total", "amount", "line_count").iter_rows()}


def is_exact(frame) -> bool:
    """Do the changes between two totals sum to their difference, to the cent?"""
    level = None
    for is_total, amount in frame.select("is_total", "amount").iter_rows():
        if is_total and level is not None and level != amount:
            return False
        level = amount if is_total or level is None else level + amount
    return True


def test_volume_mix_and_fee_by_hand():
    """Last week: 2 lines of A at 100, 1 of B at 400: 600. This week: 3 of A at 110, 1 of C at 50: 380.

    Volume: one line more at the average of 200. Fee: 3 lines of A dearer by 10. Mix: the rest, -220 - 200 - 30 = -450.
    """
    rows = [
        line("1", LAST_MONDAY, 100_00, code="D2391"), line("2", LAST_MONDAY, 100_00, code="D2391"),
        line("3", LAST_MONDAY, 400_00, code="D2740"),
        *(line(f"4{at}", MONDAY, 110_00, code="D2391") for at in range(3)), line("5", MONDAY, 50_00, code="D2644"),
    ]  # fmt: skip
    found = steps(week(publication(*rows)).bridge)
    assert found == {
        "last_week_now": (Decimal(600), 3), "volume": (Decimal(200), 1), "mix": (Decimal(-450), None), "fee": (Decimal(30), None),
        "this_week": (Decimal(380), 4),
    }  # fmt: skip


def test_a_first_week_is_all_volume_and_a_last_one_too():
    first = steps(week(publication(line("1", MONDAY, 777))).bridge)
    assert (first["volume"][0], first["mix"][0], first["fee"][0]) == (Decimal("7.77"), 0, 0)
    gone = steps(week(publication(line("1", LAST_MONDAY, 777))).bridge)
    assert (gone["volume"][0], gone["mix"][0], gone["fee"][0]) == (Decimal("-7.77"), 0, 0)


def test_late_is_a_file_that_was_not_there_and_restated_all_else():
    """Line 1 changed, 2 was taken back, 3 came with a file of its own, 4 was in a known file but counts only now."""
    known = line("4", LAST_MONDAY, 8_00, file="a.835")
    before = publication(line("1", LAST_MONDAY, 10_00), line("2", LAST_MONDAY, 20_00), as_of=FIRST_TOLD, files=("a.835",))
    now = publication(line("1", LAST_MONDAY, 15_00), line("3", LAST_MONDAY, 40_00, file="late.835"), known)
    found = week(now, before)
    assert steps(found.bridge) | {} == {
        "last_week_published": (Decimal(30), 2), "restated": (Decimal(-7), 0), "late": (Decimal(40), 1), "last_week_now": (Decimal(63), 3),
        "volume": (Decimal(-63), -3), "mix": (0, None), "fee": (0, None), "this_week": (0, 0),
    }  # fmt: skip
    told = {row["line_id"]: (row["step"], row["old_balance"], row["new_balance"]) for row in found.restated.iter_rows(named=True)}
    assert told == {
        "3": ("late", None, Decimal(40)), "2": ("restated", Decimal(20), None), "4": ("restated", None, Decimal(8)),
        "1": ("restated", Decimal(10), Decimal(15)),
    }  # fmt: skip
    assert found.restated["line_id"].to_list() == ["3", "2", "4", "1"], "most moved first"


def test_the_window_loses_what_grew_too_old():
    """window_start moves from nothing to 1 July 2025 in the drawn ranking; an older line leaves."""
    old = date(2025, 6, 25)
    before = publication(line("old", old, 9_00), line("kept", LAST_MONDAY, 5_00), as_of=FIRST_TOLD)
    now = publication(
        line("old", old, 9_00, counted=False, not_counted_reason="outside_window"),
        line("kept", LAST_MONDAY, 5_00),
        line("new", MONDAY, 3_00),
    )
    assert steps(week(now, before).window_bridge) == {
        "published_before": (Decimal(14), 2), "paid_since": (Decimal(3), 1), "restated": (0, 0), "late": (0, 0),
        "left_window": (Decimal(-9), -1), "published_now": (Decimal(8), 2),
    }  # fmt: skip


def test_without_an_earlier_publication_nothing_is_said_of_it():
    found = week(publication(line("1", MONDAY, 1)))
    assert found.bridge["step"][0] == "last_week_now"
    assert found.window_bridge.is_empty() and found.restated.is_empty() and found.compared_with is None


drawn = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from(["D2391", "D2392", "D2740"]), st.sampled_from(["north", "south"]), st.integers(0, 99_999),
        st.booleans(), st.booleans(),
    ),
    max_size=25,
)  # fmt: skip


@given(drawn)
@settings(max_examples=40, deadline=None)
def test_steps_always_sum_to_the_cent(rows):
    """Lines of the last month, some known before, some changed since."""
    now, before = [], []
    for at, (age, code, payer, cents, was_there, changed) in enumerate(rows):
        day = date(2026, 6, 28) - timedelta(days=age)
        now.append(line(str(at), day, cents, payer, code, file=f"{at % 3}.835"))
        if was_there and day <= FIRST_TOLD:
            before.append(line(str(at), day, cents * 2 if changed else cents, payer, code, file=f"{at % 3}.835"))
    found = week(publication(*now), publication(*before, as_of=FIRST_TOLD, files=("0.835",)))
    assert is_exact(found.bridge) and is_exact(found.window_bridge)
    assert found.bridge["amount"][-1] == found.headline.week_surprise_balance
    assert found.bridge["line_count"][-1] == found.headline.week_line_count
    assert found.window_bridge["amount"][-1] == found.headline.surprise_balance
