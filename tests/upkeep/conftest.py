"""A store that an older version wrote, and one key for all stores of a test."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

# Written by commit 96b221b, before stores said a format: 45 synthetic claims of seed 5 in three nights (28 to 30 June 2026), with
# a file that could not be read; config/ beside it. Its partials were left out.
FORMAT_1 = Path(__file__).with_name("format_1.tar.xz")


@pytest.fixture(autouse=True)
def _one_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path_factory.mktemp("key") / "key"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", str(path))
    os.umask(0o027)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """config/, an empty inbox/ and a store/ of format 1."""
    with tarfile.open(FORMAT_1) as packed:
        packed.extractall(tmp_path, filter="data")
    (tmp_path / "format_1/inbox").mkdir()
    return tmp_path / "format_1"
