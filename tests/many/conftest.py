"""A small practice in several chunks, with a file that is set aside, and what threads make of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import intake
from flows.night import audit
from flows.order import Order
from flows.practice import order_for, write_practice
from tests.flows.helpers import an_835, claim, put, without_gate
from tests.many.cluster import Cluster, cluster

CHUNK_BYTES = 20_000
VAULT_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # 32 letters in base64


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One key, one vault key and small chunks, here and in whatever a test starts; a folder for all of them."""
    folder = tmp_path_factory.mktemp("many")
    key = folder / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("ALTBENEFIT_", "PREFECT_API"))]:
            patch.delenv(name)
        patch.setenv("ALTBENEFIT_KEY_FILE", str(key))
        patch.setenv("ALTBENEFIT_VAULT_KEY", VAULT_KEY)
        patch.setattr(intake, "CHUNK_BYTES", CHUNK_BYTES)
        os.umask(0o027)
        yield folder


@pytest.fixture(scope="module")
def threads(settled: Path) -> Path:
    """inbox/, config/ and the store that this machine alone makes of them."""
    folder = settled / "threads"
    write_practice(folder, claims=150, seed=5)
    put(folder / "inbox", "spoilt.835", an_835(claim("1") + "CLP*A2*1*oops*1~" + claim("3"), amount="160"))
    for path in (folder / "inbox").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    audit(order_for(folder, folder / "store"), without_gate)
    return folder


@pytest.fixture
def fresh(threads: Path, tmp_path: Path) -> Order:
    """The audit of the same practice into a store that does not exist yet."""
    folder = tmp_path / "fresh"
    shutil.copytree(threads, folder, ignore=shutil.ignore_patterns("store"))
    return order_for(folder, folder / "store")


@pytest.fixture(scope="module")
def crowd(settled: Path) -> Iterator[Cluster]:
    """A scheduler and three workers."""
    with cluster(settled / "crowd", "one", "two", "three") as made:
        yield made
