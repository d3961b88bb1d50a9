"""Paths and keys may stand in a `.env` beside where the job is started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.cli import take_dotenv


def test_only_our_names_are_taken_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("ALTBENEFIT_KEY_FILE=/from/file\nALTBENEFIT_LEDGER=/ledger\nPATH_OF_OTHERS=/never\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", "/from/environment")
    monkeypatch.setenv("ALTBENEFIT_LEDGER", "")
    monkeypatch.delenv("ALTBENEFIT_LEDGER")
    take_dotenv()
    assert os.environ["ALTBENEFIT_KEY_FILE"] == "/from/environment"
    assert os.environ["ALTBENEFIT_LEDGER"] == "/ledger"
    assert "PATH_OF_OTHERS" not in os.environ


def test_no_file_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    take_dotenv()
