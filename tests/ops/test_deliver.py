"""Mail, webhook and ping against real servers: what arrives, what is tried again, what is not, and what is said."""

from __future__ import annotations

import json
import ssl
import subprocess
from pathlib import Path

import pytest

from flows.errors import BadUsage
from flows.notify.deliver import deliver, ping
from flows.notify.destinations import Destinations, destinations
from flows.notify.notices import Notice
from tests.ops.servers import free_port, mail_env, mail_server, web_server

NOTICE = Notice(
    "digest", "2026-06-30", "altbenefit OK: 2026-06-30", ("Files: 3 loaded.", "", "Do next:", "- nothing"), facts={"exit_code": 0}
)
SOON = (0.01, 0.01)


def test_mail_arrives_as_plain_text_at_every_recipient() -> None:
    with mail_server() as post:
        assert deliver(NOTICE, destinations(mail_env(post)), SOON) == []
    (mail,) = post.mails
    assert (mail["Subject"], mail["From"], mail["Auto-Submitted"]) == (NOTICE.subject, "audit@practice.example", "auto-generated")
    assert mail["To"] == "ops@practice.example, owner@practice.example"
    assert mail.get_content().replace("\r\n", "\n") == "Files: 3 loaded.\n\nDo next:\n- nothing\n"


def test_the_webhook_gets_json_with_a_text_that_chat_services_show() -> None:
    with web_server() as web:
        assert deliver(NOTICE, destinations({"ALTBENEFIT_WEBHOOK_URL": f"{web.url}/hook"}), SOON) == []
    ((path, body),) = web.visits
    told = json.loads(body)
    assert path == "/hook"
    assert (told["kind"], told["as_of"], told["facts"]) == ("digest", "2026-06-30", {"exit_code": 0})
    assert told["text"].startswith(f"{NOTICE.subject}\n")


@pytest.mark.parametrize(
    ("answers", "tries", "troubles"),
    [
        (["451 4.7.1 greylisted"], 2, []),
        (["451 4.7.1 greylisted"] * 3, 3, ["the mail could not be sent: the mail server answered 451"]),
        (["554 5.7.1 no"], 1, ["the mail could not be sent: the mail server answered 554"]),
    ],
)
def test_mail_is_tried_again_only_where_the_server_says_later(answers: list[str], tries: int, troubles: list[str]) -> None:
    with mail_server(*answers) as post:
        assert deliver(NOTICE, destinations(mail_env(post)), SOON) == troubles
    assert (post.tries, len(post.mails)) == (tries, 0 if troubles else 1)


@pytest.mark.parametrize(
    ("answers", "visits", "troubles"),
    [
        ([503], 2, []),
        ([429, 500], 3, []),
        ([500, 500, 500], 3, ["the webhook could not be sent: the server answered 500"]),
        ([404], 1, ["the webhook could not be sent: the server answered 404"]),
    ],
)
def test_a_webhook_is_tried_again_only_where_the_server_may_recover(answers: list[int], visits: int, troubles: list[str]) -> None:
    with web_server(*answers) as web:
        assert deliver(NOTICE, Destinations(webhook=web.url), SOON) == troubles
    assert len(web.visits) == visits


def test_one_destination_down_does_not_keep_the_others_from_hearing() -> None:
    with web_server() as web:
        env = {
            "ALTBENEFIT_SMTP_HOST": "127.0.0.1", "ALTBENEFIT_SMTP_PORT": str(free_port()), "ALTBENEFIT_SMTP_SECURITY": "none",
            "ALTBENEFIT_SMTP_FROM": "a@b.example", "ALTBENEFIT_SMTP_TO": "c@d.example", "ALTBENEFIT_WEBHOOK_URL": web.url,
        }  # fmt: skip
        assert deliver(NOTICE, destinations(env), SOON) == ["the mail could not be sent: Connection refused"]
    assert len(web.visits) == 1


def test_ping_tells_start_success_and_failure_apart() -> None:
    with web_server() as web:
        to = destinations({"ALTBENEFIT_PING_URL": f"{web.url}/uuid/"}).ping
        assert to is not None
        assert [ping(to.start), ping(to.success, "done"), ping(to.fail, "cause")] == [[], [], []]
    assert web.visits == [("/uuid/start", b""), ("/uuid", b"done"), ("/uuid/fail", b"cause")]


def test_other_services_may_have_other_addresses() -> None:
    to = destinations({"ALTBENEFIT_PING_URL": "https://a.example/x", "ALTBENEFIT_PING_FAIL_URL": "https://a.example/y"}).ping
    assert to is not None
    assert (to.start, to.success, to.fail) == ("https://a.example/x/start", "https://a.example/x", "https://a.example/y")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    try:
        subprocess.run(
            ["openssl", *words, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "certificate"],
            check=True, capture_output=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return folder / "certificate", folder / "key"


def test_mail_goes_over_starttls_and_only_to_a_server_that_can_be_trusted(certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    with mail_server(tls_context=context, require_starttls=True) as post:
        to = destinations(mail_env(post) | {"ALTBENEFIT_SMTP_SECURITY": "starttls"})
        (trouble,) = deliver(NOTICE, to, SOON)
        assert "could not be sent" in trouble
        assert post.mails == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert deliver(NOTICE, to, SOON) == []
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"ALTBENEFIT_SMTP_TO": ""}, "ALTBENEFIT_SMTP_TO"),
        ({"ALTBENEFIT_SMTP_TO": "ops"}, "ALTBENEFIT_SMTP_TO"),
        ({"ALTBENEFIT_SMTP_TO": "ops@x.example\nBcc: all@x.example"}, "ALTBENEFIT_SMTP_TO"),
        ({"ALTBENEFIT_SMTP_FROM": ""}, "ALTBENEFIT_SMTP_FROM"),
        ({"ALTBENEFIT_SMTP_PORT": "smtp"}, "ALTBENEFIT_SMTP_PORT"),
        ({"ALTBENEFIT_SMTP_SECURITY": "ssl3"}, "ALTBENEFIT_SMTP_SECURITY"),
        ({"ALTBENEFIT_WEBHOOK_URL": "file:///etc/passwd"}, "ALTBENEFIT_WEBHOOK_URL"),
        ({"ALTBENEFIT_PING_URL": "hc.example/secret"}, "ALTBENEFIT_PING_URL"),
    ],
)
def test_a_destination_that_cannot_be_meant_is_named_by_its_variable_alone(change: dict[str, str], named: str) -> None:
    good = {"ALTBENEFIT_SMTP_HOST": "h", "ALTBENEFIT_SMTP_FROM": "a@b.example", "ALTBENEFIT_SMTP_TO": "c@d.example"}
    with pytest.raises(BadUsage) as refused:
        destinations(good | change)
    assert named in refused.value.cause
    assert not any(value and value in "\n".join(refused.value.lines()) for value in change.values())


def test_nothing_set_is_nobody_told() -> None:
    assert destinations({}) == Destinations()
    assert deliver(NOTICE, Destinations()) == []


def test_a_password_is_not_shown() -> None:
    env = {"ALTBENEFIT_SMTP_HOST": "h", "ALTBENEFIT_SMTP_FROM": "a@b.example", "ALTBENEFIT_SMTP_TO": "c@d.example"}
    assert "sesame" not in repr(destinations(env | {"ALTBENEFIT_SMTP_PASSWORD": "sesame"}))
