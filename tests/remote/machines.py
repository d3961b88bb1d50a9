"""A store of three files, and machines that hold copies of it."""

from __future__ import annotations

from pathlib import Path

from flows.remote import copy, files
from flows.remote.address import Address
from flows.remote.copy import Copy

FIRST = {
    "lake/claims/month=2026-01/a.parquet": b"claims",
    "manifest.json": b"one",
    "reports/history/2026-01-31/aa/findings.parquet": b"findings",
}


def write(root: Path, tree: dict[str, bytes], current: str = "history/2026-01-31/aa") -> None:
    for path, data in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    files.point(root, current)


def machine(at: Address, home: Path) -> Copy:
    """The copy of a machine of its own."""
    home.mkdir(exist_ok=True)
    return copy.bring(at, home)


def held(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path in files.walk(root)}
