"""Golden pairs, one a shipped layout. `ALTBENEFIT_GOLDEN=rewrite` writes them anew; the diff is reviewed like code."""

from __future__ import annotations

import os

import pytest

from config.load import load_settings
from tests.eob.golden import FOLDER, read_file, table

NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def test_golden_pair_for_every_shipped_layout() -> None:
    assert [layout.name for layout in load_settings().layouts] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str) -> None:
    found = table(read_file(FOLDER / name / "export.csv"))
    expected = FOLDER / name / "expected.csv"
    if os.environ.get("ALTBENEFIT_GOLDEN") == "rewrite":
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
