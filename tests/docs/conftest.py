"""The demo's store, made once for all pages that are held against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.recipes import demo_store
from tests.once import made_once


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "demo", demo_store) / "store"
