"""How fast the 835 reader is on this machine, and how much memory it takes.

Run as `python -m benchmarks.read_835 [--megabytes 100] [--rounds 5] [--large 1000 ...]`. Against `polars.read_csv` with 21
and 12 text columns on the same bytes: that only cuts the file into elements, so it is the least any reader can do; and
against the plain row reader that the tests hold it to. Prints a Markdown table of ratios, medians of paired rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.corpus import blob, corpus
from benchmarks.paired import Times, alternate, least, ratio
from flows.reading import read_in_order
from tests.oracle import row_reader
from transforms.tables.remittances import Blob

ROOT = Path(__file__).parents[1]
SMALL_FILE, SMALL_FILES = 46_000, 2_000
PLAIN_BYTES = 1_000_000  # what the plain reader is given; it takes a tenth of a second a megabyte
PART_BYTES = 20_000_000
COLUMNS = (21, 12)
READ_LARGE = """
import json, mmap, sys, time
from flows.reading import read_in_order
from transforms.tables.remittances import Blob
with open(sys.argv[1], "rb") as file:
    view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
began = time.process_time()
lines = sum(part.service_lines.height for part in read_in_order([Blob("f" * 64, "large.835", view)]))
cpu = time.process_time() - began
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([cpu, int(peak.split()[1]) / 1000, lines]))
"""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--megabytes", type=int, default=100)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--large", type=int, nargs="*", default=[100, 1_000], help="megabytes of files whose memory is watched")
    given = words.parse_args()
    print("| what | CPU | wall |\n|---|---|---|")
    for row in (*against_csv(given.megabytes * 1_000_000, given.rounds), *against_plain(given.rounds), *many_small(given.rounds)):
        print("| " + " | ".join(row) + " |", flush=True)
    print("\n| one file | peak memory | CPU per MB, of the first |\n|---|---|---|")
    found = [large(megabytes) for megabytes in given.large]
    for megabytes, (cpu, peak) in zip(given.large, found, strict=True):
        print(f"| {megabytes:,} MB | {peak:.0f} MB | {cpu / megabytes / (found[0][0] / given.large[0]):.2f} |", flush=True)


def against_csv(size: int, rounds: int) -> list[tuple[str, str, str]]:
    """One file against read_csv on the same bytes."""
    data = corpus(size)
    one = blob(data)
    runs = {"835": lambda: read_all([one])}
    for columns in COLUMNS:
        whole = csv_bytes(data, columns)
        runs[f"csv{columns}"] = lambda whole=whole: read_csv(whole)
    found = alternate(runs, rounds)
    return [
        (f"{len(data) / 1e6:.0f} MB of 835 into five tables", least(found["835"].cpu), least(found["835"].wall)),
        *(compared(f"over read_csv, {columns} columns", found["835"], found[f"csv{columns}"]) for columns in COLUMNS),
    ]


def against_plain(rounds: int) -> list[tuple[str, str, str]]:
    """How many times as long the plain row reader takes for the same bytes."""
    data = corpus(PLAIN_BYTES)
    repeated = [blob(data, f"{number}.835") for number in range(8)]
    ours = alternate({"ours": lambda: read_all(repeated), "plain": lambda: row_reader.read([("f" * 64, "a.835", data)])}, rounds)
    faster = (ratio(ours["plain"].cpu, ours["ours"].cpu, len(repeated)), ratio(ours["plain"].wall, ours["ours"].wall, len(repeated)))
    return [("plain row reader over it", *faster)]


def many_small(rounds: int) -> list[tuple[str, str, str]]:
    """Throughput of many small files as a share of that of one file of the same size."""
    small = corpus(SMALL_FILE)
    files = [blob(small, f"{number}.835") for number in range(SMALL_FILES)]
    one = blob(corpus(len(small) * SMALL_FILES))
    found = alternate({"many": lambda: read_all(files), "one": lambda: read_all([one])}, rounds)
    scale = len(small) * SMALL_FILES / len(one.data)
    what = f"throughput of {SMALL_FILES:,} files of {len(small) / 1000:.0f} KB, of one file's"
    return [(what, ratio(found["one"].cpu, found["many"].cpu, scale), ratio(found["one"].wall, found["many"].wall, scale))]


def large(megabytes: int) -> tuple[float, float]:
    """CPU seconds, and resident megabytes at the most, Python and Polars included, to read a file from disk and drop the results."""
    part = corpus(PART_BYTES)
    with tempfile.NamedTemporaryFile(suffix=".835") as file:
        for _ in range(megabytes * 1_000_000 // PART_BYTES):
            file.write(part)
        file.flush()
        runs = [_read_apart(file.name) for _ in range(3 if megabytes <= 100 else 1)]
    return statistics.median(cpu for cpu, _ in runs), max(peak for _, peak in runs)


def _read_apart(path: str) -> tuple[float, float]:
    """In a process of its own, so that nothing else is in its memory."""
    done = subprocess.run([sys.executable, "-c", READ_LARGE, path], cwd=ROOT, capture_output=True, text=True, check=True)
    cpu, peak, _ = json.loads(done.stdout)
    return cpu, peak


def compared(what: str, one: Times, other: Times) -> tuple[str, str, str]:
    return what, ratio(one.cpu, other.cpu), ratio(one.wall, other.wall)


def read_all(blobs: list[Blob]) -> int:
    """As the nightly run reads, results dropped."""
    return sum(part.service_lines.height for part in read_in_order(blobs))


def csv_bytes(data: bytes, columns: int) -> bytes:
    """The same bytes below a header of so many columns."""
    return ("*".join(f"e{column}" for column in range(columns)) + "~").encode() + data


def read_csv(data: bytes) -> int:
    frame = pl.read_csv(data, separator="*", eol_char="~", infer_schema=False, truncate_ragged_lines=True, quote_char=None)
    return frame.height


if __name__ == "__main__":
    main()
