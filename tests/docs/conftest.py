"""The demo's store, made once for all pages that are held against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.recipes import demo_store


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_store(tmp_path_factory.mktemp("demo"))
