"""A small practice, audited once, and an environment in which nobody is told of anything unless a test says so."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from flows.night import audit
from flows.practice import order_for, write_practice
from tests.flows.helpers import CLAIMS, MONTHS, SEED
from tests.once import made_once
from tests.ops.night import without_gate


@pytest.fixture(autouse=True)
def _nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ALTBENEFIT_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """inbox/, config/ and an audited store/ of a synthetic practice."""

    def make(folder: Path) -> None:
        write_practice(folder, CLAIMS, SEED, MONTHS)
        for path in (folder / "inbox").iterdir():
            os.utime(path, (1_700_000_000, 1_700_000_000))
        os.umask(0o027)
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("ALTBENEFIT_KEY_FILE", raising=False)
            audit(order_for(folder, folder / "store"), without_gate)

    return made_once(tmp_path_factory, "practice_of_ops", make)


@pytest.fixture
def audited(made: Path, tmp_path: Path) -> Path:
    """The practice with its store, a test's own copy."""
    folder = tmp_path / "audited"
    shutil.copytree(made, folder, symlinks=True)
    return folder


@pytest.fixture
def fresh(made: Path, tmp_path: Path) -> Path:
    """The practice, nothing audited yet."""
    folder = tmp_path / "fresh"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("store"))
    return folder
