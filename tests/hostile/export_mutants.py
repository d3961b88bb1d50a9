"""Spoilt exports, workbooks, FHIR files and archives from a seed, and a night over them."""

from __future__ import annotations

import gzip
import io
import zipfile
from functools import cache
from pathlib import Path
from random import Random

import polars as pl

from tests.eob.forms import FORMS, events, zipped
from tests.flows.helpers import put
from tests.hostile.inbox import GOOD, Night, audited
from transforms.practice import make_practice

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
MARKS = (b",", b"\t", b";", b"|", b'"', b"\n", b"\r\n", b"\0", b"-", b"$", b"(", b"\xa0", b"\xff", b"9" * 12, b"{", b"[", b"null")


@cache
def originals() -> tuple[tuple[str, bytes], ...]:
    """(ending, bytes): the golden exports, and a small practice's remittances in every form."""
    from flows.practice import ENDS_ON

    practice = make_practice(60, 3, 3, ENDS_ON)
    inbox = {name: bytes(data) for name, data in practice.files.items() if name.startswith("inbox/")}
    made = [(ending.split(".")[-1], data) for lines in events(inbox).values() for ending, write in FORMS if (data := write(lines))]
    golden = [("csv", path.read_bytes()) for path in sorted(GOLDEN.glob("*/export.csv"))]
    csv = next(data for ending, data in made if ending == "csv")
    return (*golden, *made, ("zip", zipped({"a.csv": csv})), ("csv.gz", gzip.compress(csv, mtime=0)))


def surnames() -> set[str]:
    """What no message may hold."""
    from transforms.practice.people import CANARY_NAMES

    return {"Doe", "Roe", "Poe", *(name for pair in CANARY_NAMES for name in pair)}


def mutants(count: int, seed: int) -> list[tuple[str, bytes]]:
    """Distinct spoilt files with their endings."""
    random, sources = Random(seed), originals()
    found: dict[bytes, str] = {}
    while len(found) < count:
        ending, data = random.choice(sources)
        found[spoil_workbook(data, random) if ending == "xlsx" and random.random() < 0.7 else spoil(data, random)] = ending
    return [(ending, data) for data, ending in found.items()]


def spoil(data: bytes, random: Random) -> bytes:
    """One to four edits: bytes lost, moved, doubled or replaced, lines doubled, lost or shuffled, cut off, or another encoding."""
    for _ in range(random.randint(1, 4)):
        at, length = random.randrange(len(data) + 1), random.choice((1, 1, 2, 8, 60))
        end = min(at + length, len(data))
        lines = data.split(b"\n")
        one, other = random.randrange(len(lines)), random.randrange(len(lines))
        edits = (
            data[:at] + data[end:], data[:at] + data[at:end] * 2 + data[end:], data[:at] + random.choice(MARKS) + data[end:],
            data[:at] + random.choice(MARKS) + data[at:], b"\n".join([*lines[:one], lines[other], *lines[one:]]),
            b"\n".join(lines[:one] + lines[one + 1 :]), data[:at], data.replace(b",", random.choice(MARKS), random.randrange(40)),
            bytes([*data[:at], random.randrange(256), *data[at + 1 :]]),
            data.decode("latin-1").encode(random.choice(("utf-16", "utf-16-be", "utf-8-sig"))),
        )  # fmt: skip
        data = random.choice(edits)
    return data


def spoil_workbook(data: bytes, random: Random) -> bytes:
    """The same workbook with edits inside one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as spoilt:
        parts = book.infolist()
        chosen = random.choice([part.filename for part in parts if "sheet" in part.filename or "shared" in part.filename.lower()])
        for part in parts:
            content = book.read(part)
            spoilt.writestr(zipfile.ZipInfo(part.filename), spoil(content, random) if part.filename == chosen else content)
    return out.getvalue()


def night_of(folder: Path, files: list[tuple[str, bytes]]) -> Night:
    """Audit the files; asserts that each content has its row in `files` with all its bytes, that the books balance, and that
    nothing says a name."""
    for number, (ending, data) in enumerate(files):
        put(folder / "in", f"{number:05}.{ending}", data)
    put(folder / "in", "good.835", GOOD)
    found = audited(folder)
    told = set(found.files["source_file"].str.split("!").list.first())
    assert told == {f"{number:05}.{ending}" for number, (ending, _) in enumerate(files)} | {"good.835"}
    plain = found.files.filter(~pl.col("source_file").str.contains(r"!|\.gz$") & (pl.col("source_file") != "good.835"))
    sizes = {f"{number:05}.{ending}": len(data) for number, (ending, data) in enumerate(files)}
    assert all(sizes[name] == size for name, size in plain.select("source_file", "bytes").rows())
    said = " ".join(found.items["reason"]) + " ".join(found.items["segment_tag"].drop_nulls())
    assert not [name for name in surnames() if name in said]
    return found
