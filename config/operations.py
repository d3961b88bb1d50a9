"""`audit.yaml`, the part that ops reads: when the job runs, on which clock, what is worth a word, and what is kept how long.

Nothing here changes what is published, so it is no part of `config_id`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.files import SHIPPED, read_yaml
from config.values import Place, flag, mapping, money, text, whole

FILE = "audit.yaml"
SECTIONS = ("schedules", "alerts", "retention")
SCHEDULE_KEYS = ("time_zone", "nightly", "weekly")
ALERT_KEYS = ("new_pair_amount", "quiet_days")
RETENTION_BOUNDS = {  # smallest and largest value that makes sense
    "fold_after_days": (1, 3_650),
    "history_days": (2, 36_500),
    "history_weeks": (0, 5_200),
    "settled_days": (1, 36_500),
}
RETENTION_KEYS = ("nightly", *RETENTION_BOUNDS)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Schedules:
    """When `altbenefit serve` starts its runs, on the practice's own clock. weekday: 0 is Monday."""

    time_zone: str
    nightly_hour: int
    nightly_minute: int
    weekly_weekday: int
    weekly_hour: int
    weekly_minute: int

    @property
    def nightly_cron(self) -> str:
        return f"{self.nightly_minute} {self.nightly_hour} * * *"

    @property
    def weekly_cron(self) -> str:
        """The weekday by name: cron dialects number it differently."""
        return f"{self.weekly_minute} {self.weekly_hour} * * {WEEKDAYS[self.weekly_weekday].lower()}"


@dataclass(frozen=True)
class Alerts:
    """What is told beside the digest: dollars from which a new pair is news, and days without a file that are too many."""

    new_pair_amount: Decimal
    quiet_days: int


@dataclass(frozen=True)
class Retention:
    """What upkeep folds and removes, and whether every audit ends with it.

    Days after a month's end until its small files are folded; the newest business dates, and the newest weeks, of which a
    publication is kept; days since an item set aside was settled until its bytes go.
    """

    is_nightly: bool
    fold_after_days: int
    history_days: int
    history_weeks: int
    settled_days: int


@dataclass(frozen=True)
class Operations:
    """Schedules, alerts and retention."""

    schedules: Schedules
    alerts: Alerts
    retention: Retention


def read_operations(files: dict[str, Path]) -> Operations:
    """The sections in force; a key that the practice's own audit.yaml leaves out keeps its shipped value."""
    shipped, own = (_sections(path) for path in (SHIPPED / FILE, files[FILE]))
    return Operations(
        _schedules(shipped["schedules"] | own["schedules"], Place(FILE, "schedules")),
        _alerts(shipped["alerts"] | own["alerts"], Place(FILE, "alerts")),
        _retention(shipped["retention"] | own["retention"], Place(FILE, "retention")),
    )


def _sections(path: Path) -> dict[str, dict[str, Any]]:
    body = read_yaml(FILE, path)
    body = body if isinstance(body, dict) else {}
    keys = {"schedules": SCHEDULE_KEYS, "alerts": ALERT_KEYS, "retention": RETENTION_KEYS}
    return {name: mapping(body.get(name), Place(FILE, name), keys[name]) for name in SECTIONS}


def _schedules(values: dict[str, Any], place: Place) -> Schedules:
    zone = text(values["time_zone"], place.at("time_zone"))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise place.at("time_zone").error(f"{zone!r} is no time zone", "Write an IANA name, such as America/Chicago.") from None
    night = _clock(text(values["nightly"], place.at("nightly")), place.at("nightly"), "04:00")
    day, _, clock = text(values["weekly"], place.at("weekly")).partition(" ")
    if day.title() not in WEEKDAYS:
        raise place.at("weekly").error(f"{day!r} is no day of the week", f"Write one of {', '.join(WEEKDAYS)} and a time: Mon 05:30.")
    return Schedules(zone, *night, WEEKDAYS.index(day.title()), *_clock(clock, place.at("weekly"), "Mon 05:30"))


def _clock(value: str, place: Place, example: str) -> tuple[int, int]:
    found = CLOCK.fullmatch(value.strip())
    if not found:
        raise place.error(f"{value!r} is no time of day", f"Write hours and minutes of a 24-hour clock: {example}.")
    return int(found[1]), int(found[2])


def _alerts(values: dict[str, Any], place: Place) -> Alerts:
    amount = money(values["new_pair_amount"], place.at("new_pair_amount"))
    return Alerts(amount, whole(values["quiet_days"], place.at("quiet_days"), 1, 365))


def _retention(values: dict[str, Any], place: Place) -> Retention:
    numbers = {key: whole(values[key], place.at(key), *bounds) for key, bounds in RETENTION_BOUNDS.items()}
    return Retention(flag(values["nightly"], place.at("nightly")), **numbers)
