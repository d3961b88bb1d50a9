"""The e-mail through a real mail server, and in a real browser: as its reader gets it."""

import smtplib
from pathlib import Path

import pytest

from flows.report import mail
from tests.ops.servers import mail_server
from tests.report.drawn_week import HOSTILE, week_of

CHROMIUM = Path("/usr/bin/chromium")
needs_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


def test_a_mail_server_takes_it_whole(tmp_path):
    """Sent by smtplib to a server that knows no 8-bit mail; what arrives has the same bodies and file."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(bytes(range(256)))
    week = week_of(2_000, len(HOSTILE), HOSTILE)
    sent = mail.message(week, "audit@practice.example", ["boss@practice.example"], [path])
    with mail_server(decode_data=False) as post, smtplib.SMTP("127.0.0.1", post.port, timeout=20) as client:
        client.send_message(sent)
    [got] = post.mails
    text, html = mail.render(week, ["report.xlsx"])
    bodies = [got.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")]
    assert [body.rstrip("\n") for body in bodies] == [text.rstrip("\n"), html.rstrip("\n")]
    assert [one.get_payload(decode=True) for one in got.iter_attachments()] == [path.read_bytes()]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as drive:
        open_browser = drive.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield open_browser
        open_browser.close()


@needs_browser
@pytest.mark.parametrize("width", [360, 700])
def test_it_fits_the_screen_loads_nothing_and_is_accessible(browser, tmp_path, width):
    """At the width of a phone and of a reading pane; names of 80 letters, from right to left, and hostile ones."""
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "email.html"
    path.write_text(mail.render(week_of(2_000, len(HOSTILE), HOSTILE))[1], encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert asked == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text().startswith("Patients were left with $")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    assert found.response["violations"] == [], found.generate_report()
    page.close()
