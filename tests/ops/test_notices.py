"""What a night says: the digest, a failure, a gate that stopped it, silence, and what is news; each to real servers."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.errors import BadUsage, GateFailed, StepFailed
from flows.gate import Verdict
from flows.lock import hold
from tests.ops.night import arrives, night, remittance, without_gate
from tests.ops.servers import mail_env, mail_server, web_server

DAY = date(2026, 3, 11)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch):
    """A mail server and a web server that hear of every run of the test."""
    with mail_server() as post, web_server() as web:
        for name, value in (
            mail_env(post) | {"ALTBENEFIT_WEBHOOK_URL": f"{web.url}/hook", "ALTBENEFIT_PING_URL": f"{web.url}/ping"}
        ).items():
            monkeypatch.setenv(name, value)
        yield post, web


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path


def hooks(web) -> list[dict]:
    return [json.loads(body) for path, body in web.visits if path == "/hook"]


def test_a_night_that_took_something_in_sends_a_short_digest_with_what_to_do(practice, told) -> None:
    post, web = told
    arrives(practice, "a.835", remittance("1", claims=6))
    arrives(practice, "notes.txt", b"call the payer")
    assert night(practice, DAY).exit_code == 3
    (mail,) = post.mails
    text = mail.get_content()
    assert mail["Subject"] == "altbenefit ATTENTION: 2026-03-11, $930.00 surprise balance, 1 set aside"
    assert len(text.splitlines()) < 20
    assert "Files: 1 loaded, 1 quarantined. Claims: 6 loaded" in text
    assert f"1 items are set aside: altbenefit quarantine list --store {practice / 'store'}" in text
    (hook,) = hooks(web)
    assert (hook["kind"], hook["facts"]["surprise_balance"]) == ("digest", "930.00")
    assert [path for path in web.paths if path != "/hook"] == ["/ping/start", "/ping"]


def test_nothing_arrived_is_told_once_a_day_and_not_on_a_day_that_had_files(practice, told) -> None:
    post, web = told
    arrives(practice, "a.835", remittance("1"))
    night(practice, DAY)
    night(practice, DAY)
    assert len(post.mails) == 1, "files came that day"
    for _ in range(3):
        assert night(practice, date(2026, 3, 13)).exit_code == 4
    assert [mail["Subject"] for mail in post.mails][1:] == ["altbenefit NOTHING ARRIVED: 2026-03-13, no new file for 2 days"]
    assert hooks(web)[-1]["kind"] == "nothing_arrived"
    assert web.paths.count("/ping") == 5


@pytest.mark.slow
def test_an_empty_inbox_of_a_new_store_is_told(practice, told) -> None:
    post, _ = told
    night(practice, DAY)
    assert post.mails[0]["Subject"].endswith("no new file since this store was made")


@pytest.mark.slow
def test_quiet_days_is_the_practices_own(practice, told) -> None:
    post, _ = told
    (practice / "config").mkdir()
    (practice / "config/audit.yaml").write_text("alerts: {quiet_days: 3}\n")
    arrives(practice, "a.835", remittance("1"))
    for day in (11, 12, 13):
        night(practice, date(2026, 3, day))
    assert len(post.mails) == 1
    night(practice, date(2026, 3, 14))
    assert "no new file for 3 days" in post.mails[1]["Subject"]


def test_a_gate_that_stops_is_told_at_once(practice, told) -> None:
    post, web = told
    arrives(practice, "a.835", remittance("1"))

    def stopping(name, function, *args):
        return Verdict(reasons=("control_totals: the totals agree",)) if name == "gate" else function(*args)

    with pytest.raises(GateFailed):
        night(practice, DAY, step=stopping)
    (mail,) = post.mails
    assert mail["Subject"].startswith("altbenefit STOPPED by a check: 2026-03-11")
    assert "control_totals: the totals agree" in mail.get_content()
    assert hooks(web)[0]["kind"] == "gate_stopped"
    assert web.paths[0] == "/ping/start" and "/ping/fail" in web.paths and "/ping" not in web.paths


@pytest.mark.parametrize("kind", ["usage", "system", "unforeseen"])
def test_a_failure_is_told_without_the_text_of_an_error_nobody_foresaw(practice, told, kind: str) -> None:
    post, web = told
    arrives(practice, "a.835", remittance("1"))

    def failing(name, function, *args):
        if name == "take in a chunk":
            raise {"usage": BadUsage("the key file is missing", "/k", "Restore it."), "system": PermissionError(13, "no", "/store/x"),
                   "unforeseen": ValueError("JANE DOE M1")}[kind]  # fmt: skip
        return without_gate(name, function, *args)

    with pytest.raises(Exception):  # noqa: B017 - each as it was raised
        night(practice, DAY, step=failing)
    text = post.mails[0].get_content()
    assert {"usage": "the key file is missing", "system": "Permission denied", "unforeseen": "ValueError"}[kind] in text
    assert "JANE" not in text and "JANE" not in json.dumps(hooks(web))
    assert "/ping/fail" in web.paths


def test_a_mistake_in_the_configuration_is_told(practice, told) -> None:
    post, _ = told
    (practice / "config").mkdir()
    (practice / "config/audit.yaml").write_text("schedules: {nightly: noon}\n")
    with pytest.raises(BadUsage):
        night(practice, DAY)
    assert "schedules.nightly" in post.mails[0].get_content()


def test_a_held_store_is_left_to_the_run_that_holds_it(practice, told) -> None:
    post, web = told
    with hold(practice / "store"), pytest.raises(Exception, match="holds the store"):
        night(practice, DAY)
    assert post.mails == []
    assert web.paths == ["/ping/start"]


def test_a_new_pair_over_the_amount_is_news_once(practice, told) -> None:
    post, web = told
    arrives(practice, "a.835", remittance("1", claims=3))
    night(practice, DAY)
    arrives(practice, "b.835", remittance("2", "20260311", claims=6))
    night(practice, date(2026, 3, 12))
    assert post.mails[1]["Subject"] == "altbenefit ATTENTION: 2026-03-12, $1,395.00 surprise balance, 1 new alert"
    assert "NEW Newly over $1,000: SAMPLE DENTAL, D2392 ($1,395.00 on 9 claims)." in post.mails[1].get_content()
    assert "($930.00 more than at the last publication)" in post.mails[1].get_content()
    arrives(practice, "c.835", remittance("3", "20260312"))
    night(practice, date(2026, 3, 13))
    assert [alert["kind"] for hook in hooks(web) for alert in hook["alerts"]] == ["new_pair"]


@pytest.mark.slow
def test_an_agreed_fee_that_is_not_paid_is_told(practice, told) -> None:
    post, web = told
    (practice / "config").mkdir()
    (practice / "config/payers.yaml").write_text("- {payer_id: sample, name: Sample Dental, identifiers: {payer_id: [S1]}}\n")
    (practice / "config/asks.csv").write_text(
        "payer_id,procedure_code,asked_fee,agreed_fee,effective_from\nsample,D2150,170,160,2026-01-01\n"
    )
    arrives(practice, "a.835", remittance("1", claims=6))
    night(practice, DAY)
    assert "NEW Agreed fee not paid: Sample Dental, D2150 since 2026-01-01 (6 lines, $" in post.mails[0].get_content()
    arrives(practice, "b.835", remittance("2", claims=6))
    night(practice, date(2026, 3, 12))
    alerts = [alert for hook in hooks(web) for alert in hook["alerts"]]
    assert [(alert["kind"], alert["is_new"]) for alert in alerts if alert["kind"] == "agreed_fee_unpaid"] == [
        ("agreed_fee_unpaid", True), ("agreed_fee_unpaid", False),
    ]  # fmt: skip


@pytest.mark.slow
def test_a_payer_gone_silent_is_told_even_if_nothing_arrived(practice, told) -> None:
    post, _ = told
    for at, day in enumerate(("20260301", "20260305", "20260308", "20260310")):
        arrives(practice, f"{at}.835", remittance(str(at), day))
    night(practice, DAY)
    night(practice, date(2026, 3, 16))
    text = post.mails[1].get_content()
    assert "NOTHING ARRIVED" in post.mails[1]["Subject"]
    assert "NEW Silent payer: SAMPLE DENTAL, last payment 2026-03-10, 6 days ago (longest gap before: 4)." in text


@pytest.mark.slow
def test_of_few_claims_no_dollars_are_told(practice, told) -> None:
    post, _ = told
    (practice / "config").mkdir()
    (practice / "config/audit.yaml").write_text("alerts: {new_pair_amount: 300}\n")
    arrives(practice, "a.835", remittance("1"))
    night(practice, DAY)
    arrives(practice, "b.835", remittance("2", "20260311", claims=2))
    night(practice, date(2026, 3, 12))
    assert "Newly over $300: SAMPLE DENTAL, D2392 (fewer than 5 claims)." in post.mails[1].get_content()


def test_a_notice_that_cannot_be_sent_is_said_and_changes_nothing(practice, monkeypatch) -> None:
    said: list[str] = []
    with web_server(*[404] * 9) as web:
        monkeypatch.setenv("ALTBENEFIT_WEBHOOK_URL", web.url)
        monkeypatch.setenv("ALTBENEFIT_PING_URL", web.url)
        arrives(practice, "a.835", remittance("1"))
        assert night(practice, DAY, said).exit_code == 0
    assert len(said) == 3
    assert said[0] == "altbenefit: the ping could not be sent: the server answered 404; the run itself is not touched by it"


def test_a_wrong_destination_is_said_and_changes_nothing(practice, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setenv("ALTBENEFIT_WEBHOOK_URL", "chat.example/hook")
    arrives(practice, "a.835", remittance("1"))
    assert night(practice, DAY, said).exit_code == 0
    assert said == [
        "altbenefit: nobody is told of this run: ALTBENEFIT_WEBHOOK_URL is no http or https address; the run itself is not touched by it"
    ]


@pytest.mark.slow
def test_a_payers_name_steers_no_mail_reader(practice, told) -> None:
    post, _ = told
    payer = "EVIL\x1b[2J\u202eDENTAL"
    arrives(practice, "a.835", remittance("1", payer=payer, claims=3))
    night(practice, DAY)
    arrives(practice, "b.835", remittance("2", "20260311", payer=payer, claims=6))
    night(practice, date(2026, 3, 12))
    assert "Newly over" in post.mails[1].get_content()
    assert not [letter for mail in post.mails for letter in mail.get_content() if letter in "\x1b\u202e"]


def test_nothing_is_written_into_the_store_where_nobody_is_told(practice) -> None:
    arrives(practice, "a.835", remittance("1"))
    night(practice, DAY)
    night(practice, date(2026, 3, 13))
    assert not (practice / "store/.told.json").exists()
    shutil.rmtree(practice / "store")


def test_the_name_of_a_step_is_all_that_is_told_of_an_unforeseen_error() -> None:
    assert StepFailed("rank", "ValueError").lines()[0] == "altbenefit: unexpected error (ValueError) in the step: rank"
