"""When the job runs and what is worth a word: shipped values, a practice's own, and each mistake with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from config.load import load_operations, load_settings
from tests.config.own_files import Write, refused


def test_shipped() -> None:
    shipped = load_operations()
    assert (shipped.schedules.nightly_cron, shipped.schedules.weekly_cron) == ("0 4 * * *", "30 5 * * mon")
    assert shipped.schedules.time_zone == "America/New_York"


def test_one_key_of_a_section_may_be_given_alone(write: Write) -> None:
    own = load_operations(
        write({"audit.yaml": "schedules:\n  time_zone: America/Los_Angeles\n  weekly: sun 23:05\nalerts: {quiet_days: 3}\n"})
    )
    assert (own.schedules.time_zone, own.schedules.nightly_cron) == ("America/Los_Angeles", "0 4 * * *")
    assert own.schedules.weekly_cron == "5 23 * * sun"
    assert (own.alerts.quiet_days, own.alerts.new_pair_amount) == (3, Decimal(1000))


def test_retention_is_safe_and_on() -> None:
    """Weekly reports reach back a quarter of a year and look at the week before: that much stays day by day."""
    retention = load_operations().retention
    assert retention.is_nightly and retention.history_days >= 92 and retention.history_weeks >= 52 and retention.settled_days >= 365


def test_schedules_alerts_and_retention_change_no_publication(write: Write) -> None:
    before = load_settings(write({})).config_id
    assert load_settings(write({"audit.yaml": "retention: {nightly: false, history_days: 400}\n"})).config_id == before
    assert load_settings(write({"audit.yaml": "schedules: {nightly: '05:00'}\nalerts: {new_pair_amount: 5}\n"})).config_id == before


@pytest.mark.parametrize(
    ("text", "place", "fact"),
    [
        ("schedules: {time_zone: EST5}", "schedules.time_zone", "no time zone"),
        ("schedules: {time_zone: ../../etc/passwd}", "schedules.time_zone", "no time zone"),
        ("schedules: {nightly: '25:00'}", "schedules.nightly", "no time of day"),
        ("schedules: {nightly: 4am}", "schedules.nightly", "no time of day"),
        ("schedules: {weekly: '05:30'}", "schedules.weekly", "no day of the week"),
        ("schedules: {weekly: Mon}", "schedules.weekly", "no time of day"),
        ("schedules: {hourly: '05:30'}", "schedules.hourly", "unknown key"),
        ("schedules: [1]", "schedules", "mapping"),
        ("alerts: {new_pair_amount: -1}", "alerts.new_pair_amount", "not an amount"),
        ("alerts: {quiet_days: 0}", "alerts.quiet_days", "whole number"),
        ("retention: {history_days: 1}", "retention.history_days", "whole number"),
        ("retention: {fold_after_days: soon}", "retention.fold_after_days", "whole number"),
        ("retention: {nightly: maybe}", "retention.nightly", "one of"),
        ("retention: {keep: 7}", "retention.keep", "unknown key"),
    ],
)
def test_a_mistake_names_its_place(write: Write, text: str, place: str, fact: str) -> None:
    refused(write({"audit.yaml": text}), "audit.yaml", place, fact)
