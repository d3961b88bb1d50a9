"""The schedules on Prefect's own schedule objects: both nights a year on which clocks change, and times that no night should have."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect.client.schemas.schedules import CronSchedule

from config.load import load_operations
from flows.clock import business_date, day_of_run, odd_night
from flows.errors import BadUsage
from flows.serve import deployments_of, require_steady
from tests.ops.night import ROOT

SHIPPED = load_operations().schedules
PATHS = {"inbox": "/data/inbox", "store": "/data/store", "config": None}
ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "Pacific/Honolulu", "Europe/Berlin", "Australia/Lord_Howe")


def times(cron: str, zone: str, first: datetime, count: int) -> list[datetime]:
    """When Prefect's server would start runs."""
    from prefect.server.schemas.schedules import CronSchedule as OnServer

    schedule = CronSchedule(cron=cron, timezone=zone)
    on_server = OnServer(cron=schedule.cron, timezone=schedule.timezone)
    return asyncio.run(on_server.get_dates(n=count, start=first))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("first", [date(2026, 3, 6), date(2026, 10, 23), date(2026, 10, 30), date(2027, 3, 26)], ids=str)
def test_the_audit_starts_once_every_night_at_four_whatever_the_clocks_do(zone: str, first: date) -> None:
    start = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))
    local = [moment.astimezone(ZoneInfo(zone)) for moment in times(SHIPPED.nightly_cron, zone, start, 7)]
    assert [moment.date() for moment in local] == [first + timedelta(days=ahead) for ahead in range(7)]
    assert {(moment.hour, moment.minute) for moment in local} == {(4, 0)}


@pytest.mark.parametrize(("changes", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25)])
def test_the_night_clocks_change_is_an_hour_shorter_or_longer_and_has_one_run(changes: date, hours: int) -> None:
    zone = ZoneInfo("America/New_York")
    before = datetime(changes.year, changes.month, changes.day, 4, tzinfo=zone) - timedelta(days=1)
    first, second = times(SHIPPED.nightly_cron, "America/New_York", before, 2)
    assert (second.astimezone(UTC) - first.astimezone(UTC)) == timedelta(hours=hours)


def test_the_report_comes_on_mondays_after_the_audit() -> None:
    start = datetime(2026, 10, 20, tzinfo=ZoneInfo("America/New_York"))
    local = [moment.astimezone(ZoneInfo("America/New_York")) for moment in times(SHIPPED.weekly_cron, "America/New_York", start, 3)]
    assert [(moment.isoweekday(), moment.hour, moment.minute) for moment in local] == [(1, 5, 30)] * 3


def test_the_deployments_carry_schedule_zone_and_paths_and_nothing_else() -> None:
    own = replace(SHIPPED, time_zone="America/Chicago", nightly_hour=3, nightly_minute=15)
    night, week = deployments_of(own, PATHS)
    ((at_night,), (in_week,)) = ([one.schedule for one in deployment.schedules] for deployment in (night, week))
    assert (at_night.cron, at_night.timezone) == ("15 3 * * *", "America/Chicago")
    assert (in_week.cron, in_week.timezone) == ("30 5 * * mon", "America/Chicago")
    assert night.parameters == PATHS
    assert week.parameters == {"store": "/data/store", "config": None}


@pytest.mark.parametrize(
    ("zone", "hour", "minute", "odd"),
    [
        ("America/New_York", 2, 30, date(2026, 3, 8)),  # does not come
        ("America/New_York", 1, 30, date(2026, 11, 1)),  # comes twice
        ("America/New_York", 4, 0, None),
        ("America/New_York", 3, 0, None),
        ("America/Phoenix", 2, 30, None),
        ("Europe/London", 1, 30, date(2026, 3, 29)),
    ],
)
def test_times_that_some_night_lacks_or_has_twice_are_found(zone: str, hour: int, minute: int, odd: date | None) -> None:
    first = date(2026, 5, 1) if odd == date(2026, 11, 1) else date(2026, 1, 1)
    assert odd_night(ZoneInfo(zone), hour, minute, first) == odd


def test_serve_refuses_such_a_time_and_names_key_and_night() -> None:
    with pytest.raises(BadUsage) as refused:
        require_steady(replace(SHIPPED, weekly_hour=2, weekly_minute=10), date(2026, 1, 1))
    assert "schedules.weekly: 02:10 in America/New_York does not come exactly once on 2026-03-08" in refused.value.cause
    require_steady(SHIPPED, date(2026, 1, 1))


def test_the_business_date_is_that_of_the_practice(tmp_path: Path) -> None:
    (tmp_path / "audit.yaml").write_text("schedules: {time_zone: Pacific/Honolulu}\n")
    late = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
    assert (business_date(None, late), business_date(tmp_path, late)) == (date(2026, 6, 30), date(2026, 6, 30))
    assert business_date(tmp_path, datetime(2026, 7, 1, 9, 0, tzinfo=UTC)) == date(2026, 6, 30)
    assert business_date(None, datetime(2026, 7, 1, 9, 0, tzinfo=UTC)) == date(2026, 7, 1)


def test_a_mistaken_zone_leaves_the_error_to_the_run(tmp_path: Path) -> None:
    (tmp_path / "audit.yaml").write_text("schedules: {time_zone: Mars/Olympus}\n")
    assert day_of_run(tmp_path) == datetime.now(UTC).date()


def test_prefect_yaml_has_the_shipped_schedules_and_flows_that_exist() -> None:
    import flows.scheduled

    body = yaml.safe_load((ROOT / "flows/prefect.yaml").read_text(encoding="utf-8"))
    stated = {one["name"]: (one["schedules"][0]["cron"], one["schedules"][0]["timezone"]) for one in body["deployments"]}
    assert stated == {"nightly": (SHIPPED.nightly_cron, SHIPPED.time_zone), "weekly": (SHIPPED.weekly_cron, SHIPPED.time_zone)}
    for one in body["deployments"]:
        file, name = one["entrypoint"].split(":")
        assert (ROOT / file).exists() and hasattr(flows.scheduled, name)
