"""A real Chromium for the pages, and what is asked of every page: nothing loaded, links that lead somewhere, no error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
needs_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DEAD_LINKS = (
    """() => [...document.querySelectorAll('a[href^="#"]')].map(link => link.hash.slice(1)).filter(id => !document.getElementById(id))"""
)
SAME_IDS = """() => {
  const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as drive:
        browser = drive.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, path: Path, **context: Any) -> Iterator[Any]:
    """The page in a window of its own. Fails where it loads anything but itself, logs an error, or its links lead nowhere."""
    window = browser.new_context(**context)
    page = window.new_page()
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: (told.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(path.as_uri())
    yield page
    assert {url.partition("#")[0] for url in asked} == {path.as_uri()}
    assert told == []
    if context.get("java_script_enabled", True):
        assert page.evaluate(DEAD_LINKS) == []
        assert page.evaluate(SAME_IDS) == []
    window.close()


def violations(page: Any) -> list[str]:
    """What axe finds against WCAG 2.2 AA, in short."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]} ({len(one['nodes'])})" for one in found]


def amounts(texts: list[str]) -> list[int]:
    """Dollars as shown, in cents."""
    return [int(re.sub(r"[$,.\s]", "", text).replace("\u2212", "-")) for text in texts]
