"""Spoilt 835 files from a seed, and an account of them that does not come from the reader under test."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl

from tests.flows.helpers import put
from tests.hostile.inbox import Night, audited
from tests.oracle import row_reader
from tests.x12.scribble import spoil
from transforms.practice import make_practice

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples"
LARGEST_SAMPLE = 20_000
CLAIMS_A_PRACTICE = 40


def originals() -> list[bytes]:
    """A small synthetic practice's remittances and, where they are at hand, the public samples."""
    from flows.practice import ENDS_ON

    practice = make_practice(CLAIMS_A_PRACTICE, 3, 3, ENDS_ON)
    made = [bytes(data) for name, data in sorted(practice.files.items()) if name.startswith("inbox/")]
    public = [path.read_bytes() for path in sorted(SAMPLES.rglob("*")) if path.is_file() and path.stat().st_size < LARGEST_SAMPLE]
    return made + [data for data in public if row_reader.read([("f", "s", data)])["claims"]]


def mutants(count: int, seed: int) -> list[bytes]:
    """Distinct spoilt files."""
    random, sources = Random(seed), originals()
    found: dict[bytes, None] = {}
    while len(found) < count:
        found[spoil(random.choice(sources), random.randrange(2**32))] = None
    return list(found)


def night_of(folder: Path, files: list[bytes]) -> Night:
    """Audit the files; asserts that each byte is accounted for, and each claim and its charge that the oracle sees."""
    from tests.hostile.inbox import GOOD

    for number, data in enumerate(files):
        put(folder / "in", f"{number:05}.835", data)
    put(folder / "in", "good.835", GOOD)
    found = audited(folder)
    told = found.files.sort("source_file").filter(pl.col("source_file") != "good.835")
    distinct = {data: number for number, data in reversed(list(enumerate(files)))}
    assert told["source_file"].to_list() == sorted(f"{number:05}.835" for number in distinct.values())
    assert told["bytes"].sum() == sum(map(len, distinct))
    seen = {row["source_file"]: row for row in told.iter_rows(named=True)}
    for data, number in distinct.items():
        row = seen[f"{number:05}.835"]
        if row["format"] == "835":
            assert row["claim_count"] == _claims_seen(data), f"file {number}"
    return found


def _claims_seen(data: bytes) -> int:
    """Claims that the plain reader of the tests finds in a file, usable or not."""
    tables = row_reader.read([("f" * 64, "s", data)])
    return len(tables["claims"]) + sum(row["claim_count"] for row in tables["faults"])
