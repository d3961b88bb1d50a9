"""docs/report.png, the demo's page as the README shows it: `python -m tests.report.picture DEMO` (make docs)."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from tests.report.browsing import chromium

PICTURE = Path(__file__).parents[2] / "docs/report.png"
VIEW = {"width": 1280, "height": 1640}
COLOURS = 64  # a third of the size, and no eye sees it


def draw(demo: Path, target: Path) -> None:
    """The top of the newest page in a demo's store."""
    page = max((demo / "store/weekly").glob("*/report.html"))
    with chromium() as browser:
        window = browser.new_page(viewport=VIEW, color_scheme="light")
        window.goto(page.resolve().as_uri())
        window.screenshot(path=target)
    Image.open(target).quantize(COLOURS).save(target, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), PICTURE)
