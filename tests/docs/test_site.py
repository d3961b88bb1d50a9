"""The site builds without a warning and without the network, and its pages ask nobody for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.privacy.house import NO_NETWORK
from tests.shape.tree import ROOT

FETCHES = re.compile(
    r"""(?:<(?:script|img|iframe|source|video)[^>]*\ssrc=|<link[^>]*rel="(?:stylesheet|icon|preload)"[^>]*href=|url\(|@import\s)["']?(https?:)?//"""
)


@pytest.mark.slow
def test_the_site_is_built_offline_and_fetches_nothing(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(ROOT / "docs"), str(tmp_path / "site")]
    alone = [] if subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode else [*NO_NETWORK]
    built = subprocess.run([*alone, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = [path for path in (tmp_path / "site").rglob("*") if path.suffix in {".html", ".css"}]
    assert {page.stem for page in pages} >= {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert [path.name for path in pages if FETCHES.search(path.read_text(encoding="utf-8"))] == []
