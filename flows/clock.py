"""The practice's day, and times of day that some nights do not have."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.load import ConfigError, load_operations
from config.operations import Operations
from flows.errors import BadUsage

DAYS_AHEAD = 800  # two years and a little: every rule of a zone shows within


def operations_of(config: Path | None) -> Operations:
    """Schedules and alerts in force; a mistake in them is bad usage."""
    try:
        return load_operations(config)
    except ConfigError as why:
        raise BadUsage(str(why)) from None


def business_date(config: Path | None, now: datetime | None = None) -> date:
    """Today where the practice is, wherever the machine stands."""
    zone = ZoneInfo(operations_of(config).schedules.time_zone)
    return (now or datetime.now(UTC)).astimezone(zone).date()


def day_of_run(config: Path | None) -> date:
    """The business date of a run that was not told one. With a mistaken configuration any date serves: the run will say so itself."""
    try:
        return business_date(config)
    except BadUsage:
        return datetime.now(UTC).date()


def odd_night(zone: ZoneInfo, hour: int, minute: int, first: date) -> date | None:
    """The first coming night on which this time of day does not come, or comes twice; None where every night has it once."""
    for ahead in range(DAYS_AHEAD):
        day = first + timedelta(days=ahead)
        early = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=0)
        if early.utcoffset() != early.replace(fold=1).utcoffset():
            return day
    return None
