"""Upkeep and upgrade killed at any change of the store: readers see whole sets, and the next run ends with the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.helpers import ROOT


@pytest.mark.parametrize("stride", [90, pytest.param(14, marks=pytest.mark.slow)])
def test_killed_before_a_change(old: Path, tmp_path: Path, stride: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.upkeep.killed", str(old / "store"), str(tmp_path), str(stride)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["wrong"] == {}
    assert found["changes"] > 150 and found["folded"] > 20, "an upgrade, folds and a publication that goes"
