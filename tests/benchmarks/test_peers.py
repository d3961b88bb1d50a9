"""The readers beside this one get files that hold the same claims, and the two that run here find the same in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from benchmarks.corpus import corpus
from benchmarks.peers import against, altbenefit, environments, oracle, plain
from flows.reading import read_in_order
from tests.shape.tree import ROOT
from transforms.tables.remittances import Blob

DATA = corpus(200_000)


@pytest.fixture(params=[reader for reader in against.PEERS if reader.has_one_set_a_file or reader.stumbles_over], ids=lambda one: one.name)
def peer(request: pytest.FixtureRequest) -> against.Peer:
    return request.param


def test_plain_python_the_oracle_and_this_project_find_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.835"
    path.write_bytes(DATA)
    found = [reader.read([path])() for reader in (altbenefit, oracle, plain)]
    assert found[0].lines == DATA.count(b"~SVC*")
    assert found[0] == found[1] == found[2]


def test_what_a_peer_is_given_is_whole_and_without_fault(peer: against.Peer, tmp_path: Path) -> None:
    """Cut into sets or relieved of a segment: no claim is lost, and every envelope still counts right."""
    small = against.Peer(peer.module, peer.name, 200_000, 1, peer.has_one_set_a_file, peer.stumbles_over)
    files = against.written(small, tmp_path)
    blobs = [Blob(f"{number:064x}", path.name, path.read_bytes()) for number, path in enumerate(files)]
    parts = list(read_in_order(blobs))
    assert sum(part.claims.height for part in parts) == DATA.count(b"~CLP*")
    assert sum(part.faults.height + part.warnings.height for part in parts) == 0
    if peer.has_one_set_a_file:
        assert [blob.data.count(b"~ST*") for blob in blobs] == [1] * DATA.count(b"~ST*")
    if peer.stumbles_over:
        assert all(f"~{peer.stumbles_over}*".encode() not in blob.data for blob in blobs)


def test_another_number_or_sum_is_told_and_no_difference_is_not() -> None:
    ours = {"claims": 2, "lines": 4, "adjustments": 6, "charge_cents": 9, "paid_cents": 8}
    assert against.difference(ours, ours) == ""
    assert against.difference(ours, ours | {"adjustments": 5, "paid_cents": 7}) == "Finds 5 of 6 adjustments, another sum of paid amounts"


def test_every_reader_says_what_it_yields_and_its_version_is_pinned() -> None:
    for peer in against.PEERS:
        module = ROOT / "benchmarks" / "peers" / f"{peer.module}.py"
        assert environments.yields(peer.module)
        foreign = "environment of its own" in module.read_text(encoding="utf-8")
        assert foreign == (ROOT / "benchmarks" / "peers" / f"{peer.module}.txt").exists() == bool(environments.version_of(peer.module))


def test_readers_of_other_environments_import_nothing_of_this_project_but_the_clock() -> None:
    """Polars is not installed there."""
    for pinned in (ROOT / "benchmarks" / "peers").glob("*.txt"):
        tree = ast.parse(pinned.with_suffix(".py").read_text(encoding="utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert {name for name in names if name.startswith(("benchmarks", "flows", "transforms"))} == {"benchmarks.peers.result"}


def test_a_reader_that_fails_is_told_by_its_own_last_line(tmp_path: Path) -> None:
    path = tmp_path / "a.835"
    path.write_bytes(b"no remittance")
    with pytest.raises(against.Stopped, match=r"^\w+Error"):
        against.reading("plain", environments.python_of("plain"), [path], 1)


def test_pinned_versions_are_hashed() -> None:
    for pinned in (ROOT / "benchmarks" / "peers").glob("*.txt"):
        entries = re.split(r"\n(?=\S)", pinned.read_text(encoding="utf-8").strip())
        assert all("--hash=sha256:" in entry for entry in entries)
