"""Each thing that can be wrong around a night: the finding, its remedy, and exit code 2."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.check import Check
from flows.checkup import checkup
from flows.commands.doctor import doctor
from flows.lock import hold
from flows.surroundings import version_checks
from tests.ops.night import command
from tests.ops.servers import free_port, mail_env, mail_server, web_server


def found(folder: Path, name: str, **options) -> Check:
    """The finding of that name."""
    checks = checkup(folder / "store", folder / "inbox", folder / "config", **options)
    (check,) = [check for check in checks if check.name == name]
    return check


def test_all_is_well(audited: Path) -> None:
    done = command(
        "doctor",
        "--json",
        env={**os.environ, **{f"ALTBENEFIT_{name.upper()}": str(audited / name) for name in ("store", "inbox", "config")}},
    )
    checks = json.loads(done.stdout)
    assert [check for check in checks if not check["is_ok"]] == []
    assert done.returncode == 0, done.stderr
    assert {"versions", "clock", "time zone", "schedule nightly", "schedule weekly", "notices", "lock", "key file", "disk", "lake"} <= {
        check["name"] for check in checks
    }


@pytest.mark.parametrize(
    ("text", "name", "fact"),
    [
        ("schedules: {nightly: '02:30'}", "schedule nightly", "does not come exactly once"),
        ("schedules: {weekly: Sun 01:30}", "schedule weekly", "does not come exactly once"),
        ("schedules: {time_zone: Mars/Olympus}", "schedules", "no time zone"),
    ],
)
def test_schedules(audited: Path, text: str, name: str, fact: str) -> None:
    (audited / "config/audit.yaml").write_text(text + "\n")
    check = found(audited, name)
    assert not check.is_ok and fact in check.fact and "audit.yaml" in check.next_step
    done = CliRunner().invoke(doctor, ["--config", str(audited / "config")], standalone_mode=False)
    assert done.return_value == 2
    assert f"BAD  {name}" in done.stdout and "next: " in done.stdout


def test_a_file_from_the_future_tells_of_clocks_that_differ(audited: Path) -> None:
    assert found(audited, "clock of the inbox").is_ok
    (audited / "inbox/new.835").write_bytes(b"x")
    os.utime(audited / "inbox/new.835", (time.time() + 3600, time.time() + 3600))
    check = found(audited, "clock of the inbox")
    assert not check.is_ok and "60 minutes ahead" in check.fact and "time server" in check.next_step


def test_a_publication_to_come_is_named(audited: Path) -> None:
    (audited / "store/reports/history/2999-01-01").mkdir()
    assert not found(audited, "business date").is_ok


def test_a_lock_held_for_long_is_named_with_its_process(audited: Path) -> None:
    with hold(audited / "store"):
        check = found(audited, "lock")
        assert check.is_ok and f"process {os.getpid()}" in check.fact
        os.utime(audited / "store/.lock", (time.time() - 7 * 3600, time.time() - 7 * 3600))
        check = found(audited, "lock")
        assert not check.is_ok and "7.0 hours" in check.fact
    assert found(audited, "lock").fact == "no run holds the store"


def test_another_version_than_the_tested_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import flows.surroundings

    lock = flows.surroundings.LOCK.read_text(encoding="utf-8")
    assert [check.is_ok for check in version_checks()] == [True, True]
    own = tmp_path / "requirements.txt"
    own.write_text(lock.replace("sqlalchemy==2.0", "sqlalchemy==2.9"), encoding="utf-8")
    monkeypatch.setattr(flows.surroundings, "LOCK", own)
    _, versions = version_checks()
    assert not versions.is_ok and "sqlalchemy 2.0" in versions.fact and "--require-hashes" in versions.next_step


def test_who_is_told(audited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = found(audited, "notices")
    assert check.is_ok and check.fact == "nobody is told" and "ALTBENEFIT_SMTP_HOST" in check.note
    monkeypatch.setenv("ALTBENEFIT_PING_URL", "ftp://secret")
    check = found(audited, "notices")
    assert not check.is_ok and "ALTBENEFIT_PING_URL" in check.fact and "secret" not in check.fact


def test_a_trial_message_goes_everywhere_or_says_why_not(audited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as post, web_server() as web:
        for name, value in (
            mail_env(post) | {"ALTBENEFIT_WEBHOOK_URL": f"{web.url}/hook", "ALTBENEFIT_PING_URL": f"{web.url}/ping"}
        ).items():
            monkeypatch.setenv(name, value)
        assert found(audited, "trial message", is_sending=True).fact == "sent to: mail, webhook, dead-man ping"
        assert post.mails[0]["Subject"].startswith("altbenefit TEST")
        assert web.paths == ["/hook", "/ping"]
    check = found(audited, "trial message", is_sending=True)
    assert not check.is_ok and "Connection refused" in check.fact


def test_prefects_server(audited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(audited, "prefect").is_ok
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    check = found(audited, "prefect")
    assert not check.is_ok and "does not answer" in check.fact and "prefect server start" in check.next_step
