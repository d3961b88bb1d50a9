"""Fixtures of the configuration tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.own_files import PAYERS, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a configuration directory from relative names and their text."""

    def _write(files: dict[str, str]) -> Path:
        for name, text in {"payers.yaml": PAYERS, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return _write
