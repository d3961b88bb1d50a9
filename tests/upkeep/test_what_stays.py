"""Which publications stay: counted days, week ends, month ends. A wrong clock takes nothing away."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from config.operations import Retention
from flows.outdated import to_keep

NEWEST = date(2026, 6, 30)
EVERY_NIGHT = [NEWEST - timedelta(days=back) for back in range(800)]


def policy(days: int, weeks: int) -> Retention:
    return Retention(is_nightly=True, fold_after_days=31, history_days=days, history_weeks=weeks, settled_days=365)


def test_days_then_sundays_then_month_ends() -> None:
    kept = sorted(to_keep(EVERY_NIGHT, policy(7, 4), 3), reverse=True)
    days = [date(2026, 6, 30) - timedelta(days=back) for back in range(7)]
    assert kept == [*days, date(2026, 6, 21), date(2026, 6, 14), date(2026, 5, 31), date(2026, 4, 30)]
    # The first of the four weeks is the present one and ends on its newest day; of the three months June ends there too.


def test_what_was_published_less_often_stays_longer() -> None:
    weekly = [NEWEST - timedelta(weeks=back) for back in range(200)]
    assert to_keep(weekly, policy(92, 53), 72) >= set(weekly[:92])


def test_a_clock_gone_wrong_takes_one_place_and_no_more() -> None:
    before = to_keep(EVERY_NIGHT, policy(92, 53), 72)
    after = to_keep([*EVERY_NIGHT, date(2099, 1, 1)], policy(92, 53), 72)
    assert len(before - after) <= 2 and date(2099, 1, 1) in after


@pytest.mark.parametrize("seed", range(30))
def test_night_by_night_and_all_at_once_leave_the_same(seed: int) -> None:
    chance = random.Random(seed)
    nights = sorted(chance.sample(EVERY_NIGHT, chance.randint(1, 300)))
    given, months = policy(chance.randint(2, 20), chance.randint(0, 20)), chance.randint(1, 20)
    there: set[date] = set()
    for night in nights:
        there = to_keep({*there, night}, given, months)
        assert night in there
    assert there == to_keep(nights, given, months) == to_keep(there, given, months)
