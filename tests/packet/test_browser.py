"""The packet's pages in real Chromium: nothing is fetched, and a checker finds nothing that keeps a reader out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.packet.write import Written

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: chromium)")
WIDE, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize(
    ("name", "scheme", "size"),
    [
        pytest.param("letter", "light", WIDE, id="letter by day"),
        pytest.param("evidence", "dark", WIDE, id="evidence by night"),
        pytest.param("letter", "dark", PHONE, id="letter on a phone", marks=pytest.mark.slow),
        pytest.param("evidence", "light", PHONE, id="evidence on a phone", marks=pytest.mark.slow),
    ],
)
def test_pages_read_well_everywhere(browser, full: Written, name: str, scheme: str, size: dict) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(color_scheme=scheme, viewport=size)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = (full.folder / f"send/{name}.html").resolve().as_uri()
    page.goto(address)
    found = Axe().run(page)
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "the page itself must not scroll sideways"
    assert asked == [address]
    page.close()


@pytest.mark.slow
def test_the_browser_prints_the_letter_on_as_many_pages(browser, full: Written, tmp_path: Path) -> None:
    from tests.packet.pdf import page_count, text_of

    page = browser.new_page()
    page.goto((full.folder / "send/letter.html").resolve().as_uri())
    page.pdf(path=str(tmp_path / "printed.pdf"), prefer_css_page_size=True)
    assert page_count(tmp_path / "printed.pdf") <= 2
    assert "Example Family Dental" in text_of(tmp_path / "printed.pdf")
    page.close()
