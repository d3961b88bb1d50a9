"""What `doctor` looks at beside the store: clock and zone, schedules, versions, who is told, Prefect's server. Nothing is changed."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.check import Check
from flows.clock import business_date, odd_night, operations_of
from flows.errors import Failure
from flows.notify import deliver, notices
from flows.notify.destinations import destinations, report_box
from flows.serve import times_of

LOCK = Path(__file__).resolve().parents[1] / "requirements.txt"  # of the checkout that is installed
SKEW_SECONDS = 300.0
WATCHED = ("prefect", "fastapi", "sqlalchemy", "polars", "pyarrow", "great-expectations")  # where another version broke something
OLDEST_PYTHON = (3, 11)


def clock_checks(store: Path | None, inbox: Path | None, config: Path | None) -> list[Check]:
    """The clock against reason, against what lies in the inbox, and against what is published already."""
    now = datetime.now(UTC)
    fact, step = f"{now:%Y-%m-%d %H:%M} UTC", "Set the clock (timedatectl set-ntp true); business dates follow it."
    found = [Check("clock", date(2024, 1, 1) < now.date() < date(2100, 1, 1), fact, step)]
    ahead = [path.stat().st_mtime - now.timestamp() for path in inbox.glob("*")] if inbox and inbox.is_dir() else []
    if ahead:
        most = max(0.0, *ahead)
        fact = "no file in the inbox is from the future" if most <= SKEW_SECONDS else f"a file there is {most / 60:.0f} minutes ahead"
        step = "Set this machine's clock and the file server's by the same time server."
        found.append(Check("clock of the inbox", most <= SKEW_SECONDS, fact, step))
    published = sorted(path.name for path in (store / "reports/history").glob("????-??-??")) if store else []
    if published:
        try:
            is_past = date.fromisoformat(published[-1]) <= business_date(config)
        except (Failure, ValueError):
            is_past = True  # the configuration has a line of its own
        step = "Set the clock; or an audit ran with an --as-of to come: its publication stays in history and harms nothing."
        found.append(Check("business date", is_past, f"the latest publication is of {published[-1]}", step))
    return found


def schedule_checks(config: Path | None) -> list[Check]:
    """The time zone, and times that some night lacks or has twice."""
    try:
        schedules = operations_of(config).schedules
    except Failure as why:
        return [Check("schedules", False, why.cause.splitlines()[0], "Correct audit.yaml; an IANA zone needs the tzdata package.")]
    zone, today = ZoneInfo(schedules.time_zone), datetime.now(UTC).date()
    local = os.environ.get("TZ") or _machine_zone()
    note = "" if local == schedules.time_zone else f"cron and systemd use the machine's zone ({local}) unless told otherwise."
    found = [Check("time zone", True, f"{schedules.time_zone}; business date {business_date(config)}", note=note)]
    for name, hour, minute in times_of(schedules):
        odd = odd_night(zone, hour, minute, today)
        is_risky = odd is not None or hour == 2
        fact = f"{hour:02d}:{minute:02d} {schedules.time_zone}" + (f" does not come exactly once on {odd}" if odd else "")
        found.append(Check(f"schedule {name}", not is_risky, fact, f"Set schedules.{name} in audit.yaml outside 02:00 to 03:00."))
    return found


def _machine_zone() -> str:
    link = os.path.realpath("/etc/localtime")
    return link.split("zoneinfo/", 1)[1] if "zoneinfo/" in link else "not known"


def version_checks() -> list[Check]:
    """Python, and the libraries in which another version is known to break something, against the tested ones."""
    python = ".".join(map(str, sys.version_info[:3]))
    found = [Check("python", sys.version_info >= OLDEST_PYTHON, python, "Install Python 3.11 or newer and run make setup again.")]
    if not LOCK.exists():
        return found
    tested = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE))
    other = [f"{name} {_installed(name)} instead of {tested[name]}" for name in WATCHED if _installed(name) != tested.get(name)]
    fact = ", ".join(other) or f"altbenefit {_installed('altbenefit')}, prefect {tested['prefect']} and the others as tested"
    step = "Install what was tested: pip install --no-deps --require-hashes -r requirements.txt."
    return [*found, Check("versions", not other, fact, step)]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def notice_checks(is_sending: bool) -> list[Check]:
    """Who is told; with `is_sending` a trial message goes to each destination."""
    try:
        to = destinations()
        report_box(to.mail)
    except Failure as why:
        return [Check("notices", False, why.cause, why.next_step)]
    named = [word for word, there in (("mail", to.mail), ("webhook", to.webhook), ("dead-man ping", to.ping)) if there]
    quiet = "" if to.ping else "Without ALTBENEFIT_PING_URL nobody notices a machine that is off."
    note = quiet if named else "Nobody hears of a failed night: set ALTBENEFIT_SMTP_HOST or ALTBENEFIT_WEBHOOK_URL."
    found = [Check("notices", True, " and ".join(named) or "nobody is told", note=note)]
    if is_sending:
        troubles = deliver.deliver(notices.trial(date.today().isoformat()), to, waits=())
        troubles += deliver.ping(to.ping.success, "trial", waits=()) if to.ping else []
        fact = "; ".join(troubles) or f"sent to: {', '.join(named) or 'nobody'}"
        found.append(Check("trial message", not troubles, fact, "Check address, port, security and password in the environment."))
    return found


def prefect_checks() -> list[Check]:
    """The Prefect server, where one is named."""
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        return [Check("prefect", True, "no server is named: each run brings its own")]
    import httpx

    try:
        is_there = httpx.get(f"{url.rstrip('/')}/health", timeout=5).status_code == 200
    except (httpx.HTTPError, httpx.InvalidURL):
        is_there = False
    fact = f"the server of PREFECT_API_URL {'answers' if is_there else 'does not answer'}"
    return [Check("prefect", is_there, fact, "Start it (prefect server start), correct PREFECT_API_URL, or run with --no-prefect.")]
