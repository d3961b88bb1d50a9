"""CONTRIBUTING.md followed to the letter, in a copy of the tree: each change takes the files it names, and no other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shape.tree import ROOT, tracked

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### \.\.\. (.+?)\n(.+?)(?=^##)", PAGE, flags=re.M | re.S))
FILES = re.compile(r"^(at the end of )?`([^`\n]+)`\n\n```\w+\n(.+?)^```", flags=re.M | re.S)
DIFF = re.compile(r"^```diff\n(.+?)^```", flags=re.M | re.S)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What git keeps, elsewhere."""
    for path in tracked():
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def follow(copy: Path, section: str) -> None:
    """Write the files and apply the differences that a section shows."""
    found = False
    for at_end, name, text in FILES.findall(SECTIONS[section]):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        with (copy / name).open("a" if at_end else "x", encoding="utf-8") as out:
            out.write(text)
        found = True
    for difference in DIFF.findall(SECTIONS[section]):
        subprocess.run(["git", "apply", "-"], cwd=copy, input=difference, text=True, check=True)
        found = True
    assert found


def python(copy: Path, *words: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=copy, capture_output=True, text=True, env=os.environ | environment, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def passes(copy: Path, *tests: str) -> None:
    python(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


@pytest.mark.slow
def test_a_rule(copy: Path) -> None:
    follow(copy, "a downgrade rule")
    python(copy, "-m", "tests.spec.document")
    passes(copy, "tests/spec/test_cases.py", "tests/config/test_shipped.py", "-k", "F17 or rule or manual")


@pytest.mark.slow
def test_a_layout(copy: Path) -> None:
    follow(copy, "a layout of an export")
    environment = {"ALTBENEFIT_GOLDEN": "rewrite"}
    python(copy, "-m", "pytest", "-q", "-k", "golden", "tests/eob/test_golden.py", **environment)
    passes(copy, "tests/eob/test_golden.py")
    written = (copy / "tests/golden/example_plan/expected.csv").read_text(encoding="utf-8")
    assert "D2392,export,D2150,275.00,120.00" in written


@pytest.mark.slow
def test_a_check(copy: Path) -> None:
    follow(copy, "a check")
    page = python(copy, "-m", "expectations.catalogue")
    assert page != (ROOT / "docs/checks.md").read_text(encoding="utf-8") and "median_alternate_fee" in page
    passes(copy, "tests/shape/test_words.py", "-k", "column or money")


@pytest.mark.slow
def test_a_column(copy: Path) -> None:
    follow(copy, "a published column")
    code, small = "from flows.cli import main; main()", copy / "small"
    python(copy, "-c", code, "synth", "--out", str(small), "--claims", "200", "--months", "4")
    places = [word for name in ("inbox", "store", "config") for word in (f"--{name}", str(small / name))]
    python(copy, "-c", code, "audit", *places, "--as-of", "2026-06-30", "--no-prefect")
    query = "import polars as pl; print(pl.read_parquet('small/store/reports/current/payer_code_ranking.parquet')['gap_fee'].sum() > 0)"
    assert python(copy, "-c", query).strip() == "True"
    passes(copy, "tests/shape/test_words.py", "-k", "column or money")
