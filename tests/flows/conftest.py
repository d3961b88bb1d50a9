"""A small practice, audited once a session; each test works on its own copy."""

import os
import shutil
from pathlib import Path

import pytest

from flows.night import audit
from flows.practice import order_for, write_practice
from tests.flows.helpers import CLAIMS, MONTHS, SEED, without_gate
from tests.once import made_once


@pytest.fixture(scope="session")
def key_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("key") / "key"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def _one_key(key_file, monkeypatch):
    """All stores of a test have one key, so that their bytes can be compared."""
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", str(key_file))


@pytest.fixture(scope="session")
def _audited(tmp_path_factory, key_file) -> Path:
    def make(folder: Path) -> None:
        write_practice(folder, CLAIMS, SEED, MONTHS)
        for path in (folder / "inbox").iterdir():
            os.utime(path, (1_700_000_000, 1_700_000_000))
        os.umask(0o027)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ALTBENEFIT_KEY_FILE", str(key_file))
            audit(order_for(folder, folder / "store"), without_gate)

    return made_once(tmp_path_factory, "practice_of_flows", make)


@pytest.fixture
def practice(_audited, tmp_path) -> Path:
    """inbox/ and config/ of a practice, nothing audited yet."""
    folder = tmp_path / "practice"
    shutil.copytree(_audited, folder, ignore=shutil.ignore_patterns("store"))
    return folder


@pytest.fixture
def audited(_audited, tmp_path) -> Path:
    """The same practice with its store."""
    folder = tmp_path / "audited"
    shutil.copytree(_audited, folder, symlinks=True)
    return folder
