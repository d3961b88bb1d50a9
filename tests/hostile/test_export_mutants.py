"""Spoilt exports are read or set aside: no crash, no byte unaccounted for, no name in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.export_mutants import mutants, night_of


def test_a_night_over_spoilt_exports(tmp_path: Path) -> None:
    found = night_of(tmp_path, mutants(60, seed=41))
    assert found.summary.files["quarantined"] > 5 and found.summary.files["loaded"] > 5


@pytest.mark.slow
def test_nights_over_many(tmp_path: Path) -> None:
    for seed in (42, 43):
        night_of(tmp_path / str(seed), mutants(200, seed))
