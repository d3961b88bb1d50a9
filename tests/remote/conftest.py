"""A real S3 server on this machine, a bucket for each test, and nothing of AWS or altbenefit from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.remote import copy
from flows.remote.address import Address
from flows.remote.copy import Copy
from tests.remote.machines import FIRST, machine, write
from tests.remote.storage import Storage, serving


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the server."""
    pytest.importorskip("moto.server", reason="the S3 server of the tests is not installed (the extra dev)")
    with serving() as url:
        yield url


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, server: str, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("ALTBENEFIT_", "AWS_"))]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT_URL": server, "AWS_ACCESS_KEY_ID": "practice", "AWS_SECRET_ACCESS_KEY": "SECRETCANARY", "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull, "ALTBENEFIT_CACHE": str(tmp_path / "cache"), "ALTBENEFIT_KEY_FILE": str(tmp_path / "key"),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    (tmp_path / "key").write_bytes(bytes(range(32)))
    (tmp_path / "key").chmod(0o600)


@pytest.fixture
def storage(server: str) -> Iterator[Storage]:
    """A bucket of this test's own."""
    made = Storage.made(server)
    yield made
    made.remove()


@pytest.fixture
def at(storage: Storage) -> Address:
    return Address(storage.bucket, "store")


@pytest.fixture
def first(at: Address, tmp_path: Path) -> Copy:
    """A store with one publication, and the machine that made it."""
    made = machine(at, tmp_path / "one")
    write(made.root, FIRST)
    return copy.give(made)
