"""Nights over spoilt files, batch by batch, and what came of them: 835 files, and exports, workbooks, FHIR files and archives."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile import export_mutants, mutants

BATCH = 250
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Kind:
    """What is spoilt: how a batch is made from a count and a seed, a file's bytes, and the night that asserts on them."""

    what: str
    seed: int
    batch: Callable[[int, int], list[Any]]
    bytes_of: Callable[[Any], bytes]
    night: Callable[[Path, list[Any]], Any]


REMITTANCES = Kind("spoilt 835 files", 1_000, mutants.mutants, lambda data: data, mutants.night_of)
EXPORTS = Kind(
    "spoilt exports, workbooks, FHIR files and archives", 5_000, export_mutants.mutants, lambda named: named[1], export_mutants.night_of
)


def spoilt(kind: Kind, folder: Path, count: int, seconds: float) -> Row:
    """What was spoilt, what came of it, and how much of it could be used: every byte and claim is accounted for, or it stops."""
    begun, done, size = time.monotonic(), 0, 0
    files = {"loaded": 0, "duplicate": 0, "quarantined": 0}
    claims = dict(files)
    while done < count and time.monotonic() - begun < seconds:
        batch = kind.batch(min(BATCH, count - done), kind.seed + done)
        found = kind.night(folder / "night", batch)
        for status in files:
            files[status] += found.summary.files.get(status, 0)
            claims[status] += found.summary.claims.get(status, 0)
        files["loaded"], claims["loaded"] = files["loaded"] - 1, claims["loaded"] - 1  # the good file that every night has beside
        done, size = done + len(batch), size + sum(len(kind.bytes_of(file)) for file in batch)
        shutil.rmtree(folder / "night")
    told = ", ".join(f"{files[name]:,} files and {claims[name]:,} claims {name}" for name in files)
    return kind.what, f"{done:,} of {count:,} asked, no crash, {size / 1e6:.1f} MB all accounted for", told
