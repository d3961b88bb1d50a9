"""Weekly reports unattended: which are due, that each is mailed once, what an outage leaves, and who hears of a failure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.errors import BadUsage
from flows.logs import silent
from flows.weekly import due_weeks, sent, write_due
from tests.ops.night import arrives, night, remittance
from tests.ops.servers import free_port, mail_env, mail_server, web_server

MONDAY = date(2026, 3, 16)  # 2026-W12 begins; the payment of 10 March is in W11


def folders(store: Path) -> list[str]:
    return sorted(path.name for path in (store / "weekly").glob("2*"))


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    arrives(tmp_path, "a.835", remittance("1", "20260310", claims=6))
    night(tmp_path, MONDAY)
    return tmp_path


def due(folder: Path, as_of: date, said: list[str] | None = None) -> list[str]:
    return [summary.week for summary in write_due(folder / "store", None, as_of, silent, (said if said is not None else []).append)]


def test_the_report_is_mailed_once_with_page_and_workbook_to_its_own_readers(practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as post:
        for name, value in (mail_env(post) | {"ALTBENEFIT_REPORT_TO": "billing@practice.example"}).items():
            monkeypatch.setenv(name, value)
        assert due(practice, MONDAY) == ["2026-W11"]
        assert due(practice, MONDAY) == []
    (mail,) = post.mails
    assert (mail["To"], mail["Subject"][:31]) == ("billing@practice.example", "Leakage report 2026-W11: $930.0")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["report.html", "report.xlsx"]
    assert mail["Message-ID"] and mail["Date"]


def test_page_and_workbook_can_stay_at_home(practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as post:
        for name, value in (mail_env(post) | {"ALTBENEFIT_REPORT_ATTACH": "no"}).items():
            monkeypatch.setenv(name, value)
        assert due(practice, MONDAY) == ["2026-W11"]
    assert list(post.mails[0].iter_attachments()) == []


@pytest.mark.slow
def test_after_an_outage_every_missed_week_is_written_once(practice: Path) -> None:
    assert due(practice, MONDAY) == ["2026-W11"]
    arrives(practice, "b.835", remittance("2", "20260319"))
    arrives(practice, "c.835", remittance("3", "20260402"))
    night(practice, date(2026, 4, 7))
    before = {path: path.stat().st_mtime_ns for path in (practice / "store/weekly/2026-W11").iterdir()}
    assert due(practice, date(2026, 4, 7)) == ["2026-W12", "2026-W13", "2026-W14"]
    assert folders(practice / "store") == ["2026-W11", "2026-W12", "2026-W13", "2026-W14"]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert due(practice, date(2026, 4, 8)) == []


@pytest.mark.slow
def test_a_report_that_could_not_be_mailed_is_mailed_next_time(practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.weekly.NET_WAITS", ())
    said: list[str] = []
    with mail_server() as post:
        for name, value in (mail_env(post) | {"ALTBENEFIT_SMTP_PORT": str(free_port())}).items():
            monkeypatch.setenv(name, value)
        assert due(practice, MONDAY, said) == ["2026-W11"]
        assert "the report's mail could not be sent: Connection refused" in said[0]
        assert sent(practice / "store") == ""
        monkeypatch.setenv("ALTBENEFIT_SMTP_PORT", str(post.port))
        assert due(practice, MONDAY) == ["2026-W11"]
        assert due(practice, MONDAY) == []
    assert len(post.mails) == 1


def test_a_week_that_the_audit_has_not_reached_waits(practice: Path) -> None:
    due(practice, MONDAY)
    assert due(practice, date(2026, 4, 20)) == []


def test_an_outage_of_years_is_due_a_quarter_of_reports(tmp_path: Path) -> None:
    (tmp_path / "weekly/2023-W01").mkdir(parents=True)
    (tmp_path / "weekly/.sent.json").write_text('{"week": "2023-W01"}')
    weeks = due_weeks(tmp_path, date(2026, 1, 8), is_mailed=True)
    assert (len(weeks), weeks[0], weeks[-2], weeks[-1]) == (13, "2025-W41", "2025-W52", "2026-W01")


def test_a_store_without_a_publication_is_a_failure_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server() as web:
        monkeypatch.setenv("ALTBENEFIT_WEBHOOK_URL", web.url)
        with pytest.raises(BadUsage):
            due(tmp_path, MONDAY)
    assert b"nothing is published in this store yet" in web.visits[0][1]
    assert b"weekly report" in web.visits[0][1]
