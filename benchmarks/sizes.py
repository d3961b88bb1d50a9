"""What size does to the reader: many small files, and one of 100 MB, 1 GB and 5 GB, each read in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.corpus import blob, corpus
from benchmarks.figures import ROOT, Figure, failed, figure
from benchmarks.paired import alternate
from benchmarks.read_835 import READ_LARGE, SMALL_FILE, SMALL_FILES, read_all

ROUNDS = 5
SMALL, LARGE, LARGEST = 100, 1_000, 5_000  # megabytes
PART = 20_000_000
NUMBERS = (b"*ACCT", b"*PCN", b"*MBR", b"*EFT")  # what a part's claims, members and payments are known by


def measure() -> Iterator[Figure]:
    yield from many_small()
    with tempfile.TemporaryDirectory(prefix="altbenefit-sizes-") as scratch:
        yield from growth(Path(scratch))
        yield from largest(Path(scratch))


def many_small() -> Iterator[Figure]:
    """Throughput of many small files as a share of one file's of the same size."""
    small = corpus(SMALL_FILE)
    files = [blob(small, f"{number}.835") for number in range(SMALL_FILES)]
    one = blob(corpus(len(small) * SMALL_FILES))
    found = alternate({"many": lambda: read_all(files), "one": lambda: read_all([one])}, ROUNDS)
    share = len(small) * SMALL_FILES / len(one.data) * 100
    what = f"throughput of {SMALL_FILES:,} files of {len(small) / 1000:.0f} KB, of one file's"
    yield figure("sizes.many_cpu", f"{what}, by processor", _shares(found["one"].cpu, found["many"].cpu, share), "%")
    yield figure("sizes.many_wall", f"{what}, by the clock", _shares(found["one"].wall, found["many"].wall, share), "%")


def _shares(one, many, scale: float) -> list[float]:
    return [a / b * scale for a, b in zip(one, many, strict=True)]


def growth(folder: Path) -> Iterator[Figure]:
    """Seconds a megabyte of a large file over those of a small one, and the peak memory of both."""
    files = {megabytes: written(folder / f"{megabytes}.835", megabytes) for megabytes in (SMALL, LARGE)}
    rounds = [{megabytes: read_apart(file) for megabytes, file in files.items()} for _ in range(3)]
    per_mb = [(one[LARGE][0] / LARGE) / (one[SMALL][0] / SMALL) for one in rounds]
    yield figure("sizes.growth", "seconds a megabyte at 1 GB, over those at 100 MB", per_mb, "x")
    for megabytes in files:
        yield figure(f"sizes.peak_{megabytes}", f"peak memory, {megabytes:,} MB read", [one[megabytes][1] for one in rounds], "MB")


def largest(folder: Path) -> Iterator[Figure]:
    """Peak memory of 5 GB over that of 1 GB, where the disk has room for it."""
    what = f"peak memory, {LARGEST:,} MB read"
    if shutil.disk_usage(folder).free < 2 * LARGEST * 1_000_000:
        yield failed("sizes.peak_5000", what, f"the disk has no room for {2 * LARGEST / 1000:.0f} GB")
        return
    (folder / f"{SMALL}.835").unlink()
    peaks = {megabytes: read_apart(written(folder / f"{megabytes}.835", megabytes))[1] for megabytes in (LARGE, LARGEST)}
    yield figure("sizes.peak_5000", what, [peaks[LARGEST]], "MB")
    yield figure("sizes.peak_growth", "peak memory at 5 GB, over that at 1 GB", [peaks[LARGEST] / peaks[LARGE]], "x")


def written(path: Path, megabytes: int) -> Path:
    """A file of so many megabytes: interchanges alike but for the numbers of claims, members and payments."""
    part = corpus(PART)
    with path.open("wb") as file:
        for number in range(round(megabytes * 1_000_000 / len(part))):
            one = part
            for name in NUMBERS:
                one = one.replace(name, name[:-1] + b"%c%02d" % (65 + number // 100, number % 100))
            file.write(one)
    return path


def read_apart(path: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a process that reads the file and drops what it finds."""
    done = subprocess.run([sys.executable, "-c", READ_LARGE, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    cpu, peak, _ = json.loads(done.stdout)
    return cpu, peak
