"""This project's reader beside what else reads an 835: the same files to both, in turn, each in a process of its own.

A slow reader gets fewer bytes, and this project then reads the same few, several times over, so that what counts is steady.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import corpus
from benchmarks.figures import ROOT, Figure, failed, figure
from benchmarks.peers.environments import NotInstalled, python_of, version_of, yields

OURS = "altbenefit"
PATIENCE = 900  # seconds for one reading
FEW_BYTES = 10_000_000  # below which this project reads them several times


@dataclass(frozen=True)
class Peer:
    """One other reader. `has_one_set_a_file`: it reads no file of several transaction sets; `stumbles_over`: a segment it cannot read."""

    module: str
    name: str
    size: int
    rounds: int
    has_one_set_a_file: bool = False
    stumbles_over: str = ""


PEERS = (
    Peer("edi_835_parser", "edi-835-parser", 100_000_000, 3, has_one_set_a_file=True),
    Peer("tigershark", "TigerShark", 2_000_000, 3),
    Peer("linuxforhealth_x12", "linuxforhealth-x12", 2_000_000, 3, stumbles_over="PER"),
    Peer("pyx12", "pyx12", 1_000_000, 3),
    Peer("oracle", "the tests' oracle", 5_000_000, 3),
    Peer("plain", "plain Python", 100_000_000, 3),
)


def measure() -> Iterator[Figure]:
    """Each other reader beside this one."""
    for peer in PEERS:
        with tempfile.TemporaryDirectory(prefix="altbenefit-peers-") as folder:
            files = written(peer, Path(folder))
            try:
                yield from compared(peer, files)
            except (NotInstalled, Stopped) as why:
                yield failed(f"peers.{peer.module}.cpu_ratio", f"{peer.name} {version_of(peer.module)}".rstrip(), str(why))


class Stopped(Exception):
    """A reader ended with an error or took too long; its text is the error's own last line."""


def compared(peer: Peer, files: list[Path]) -> Iterator[Figure]:
    """How many times this project's seconds the other takes, by processor and by the clock; and how fast it is."""
    python, size = python_of(peer.module), sum(path.stat().st_size for path in files)
    repeats = 1 if size > FEW_BYTES else 5
    rounds = []
    for _ in range(peer.rounds):
        ours = reading(OURS, python_of(OURS), files, repeats)
        rounds.append((ours, reading(peer.module, python, files, 1)))
    name = f"{peer.name} {version_of(peer.module)}".rstrip()
    note = f"{yields(peer.module)}. {difference(rounds[0][0]['found'], rounds[0][1]['found'])}".rstrip(". ")
    size_words = f"{size / 1e6:.0f} MB" + (f" in {len(files):,} files" if len(files) > 1 else "") + (
        f", without {peer.stumbles_over} segments" if peer.stumbles_over else ""
    )  # fmt: skip
    key = f"peers.{peer.module}"
    yield figure(f"{key}.cpu_ratio", name, [theirs["cpu"] / ours["cpu"] for ours, theirs in rounds], "x", note)
    yield figure(f"{key}.wall_ratio", name, [theirs["wall"] / ours["wall"] for ours, theirs in rounds], "x", size_words)
    yield figure(f"{key}.speed", name, [size / 1e6 / theirs["cpu"] for _, theirs in rounds], "MB/s")
    yield figure(f"{key}.our_speed", name, [size / 1e6 / ours["cpu"] for ours, _ in rounds], "MB/s")
    yield figure(f"{key}.peak", name, [theirs["peak_mb"] for _, theirs in rounds], "MB")


def difference(ours: dict[str, int], theirs: dict[str, int]) -> str:
    """Where a reader finds another number of rows, or other sums."""
    told = [f"{theirs[name]:,} of {ours[name]:,} {name}" for name in ("claims", "lines", "adjustments") if theirs[name] != ours[name]]
    told += [
        f"another sum of {name.removesuffix('_cents')} amounts" for name in ("charge_cents", "paid_cents") if theirs[name] != ours[name]
    ]
    return f"Finds {', '.join(told)}" if told else ""


def reading(module: str, python: Path, files: list[Path], repeats: int) -> dict:
    """One process that reads the files; its own account of seconds, memory and what it found."""
    words = [str(python), "-m", f"benchmarks.peers.{module}", "--repeats", str(repeats), *map(str, files)]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Stopped(f"not done after {PATIENCE // 60} minutes") from None
    if done.returncode:
        raise Stopped(" ".join((done.stderr.strip().splitlines() or ["ended without a word"])[-1].split())[:200])
    return json.loads(done.stdout.splitlines()[-1])


def written(peer: Peer, folder: Path) -> list[Path]:
    """The files a reader is given."""
    data = corpus(peer.size)
    if peer.stumbles_over:
        data = without(data, peer.stumbles_over.encode())
    for number, content in enumerate(one_set_each(data) if peer.has_one_set_a_file else [data]):
        (folder / f"{number:05}.835").write_bytes(content)
    return sorted(folder.iterdir())


def one_set_each(data: bytes) -> Iterator[bytes]:
    """The same transaction sets, each in an interchange of its own."""
    start, end = data.index(b"ST*835"), data.rindex(b"GE*")
    for one in re.split(rb"(?<=~)(?=ST\*835)", data[start:end]):
        yield data[:start] + one + b"GE*1*1~IEA*1*000000001~"


def without(data: bytes, tag: bytes) -> bytes:
    """The same sets without one segment each, and their trailers' counts put right."""
    data = re.sub(rb"(?<=~)" + tag + rb"\*[^~]*~", b"", data)
    return re.sub(rb"(?<=~)SE\*(\d+)", lambda match: b"SE*%d" % (int(match[1]) - 1), data)
