"""How fast the 835 reader is on this machine: `python -m benchmarks.read_835 [megabytes]`.

Against `polars.read_csv` with 21 text columns on the same bytes: that only cuts the file into elements, so it is the
least any reader can do. Runs alternate, so that a busy machine slows both. CPU seconds count all threads.
"""

from __future__ import annotations

import mmap
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from benchmarks.corpus import blob, corpus
from transforms import x12
from transforms.tables.remittances import Blob

RUNS = 5
SMALL_FILE, SMALL_FILES = 46_000, 2_000
LARGE_FILE = 1_000_000_000
COLUMNS = 21


def main(megabytes: int = 100) -> None:
    print(f"peak memory, {LARGE_FILE / 1e6:.0f} MB read piecewise: {peak_of_large():.0f} MB")
    data = corpus(megabytes * 1_000_000)
    one = blob(data)
    header = ("*".join(f"e{column}" for column in range(COLUMNS)) + "~").encode()
    print(f"{len(data) / 1e6:.0f} MB in one file, {RUNS} alternating runs, the best of each")
    ours, csv = alternate(lambda: read_all([one]), lambda: read_csv(header + data))
    report("835 into five tables", len(data), ours)
    report(f"read_csv, {COLUMNS} columns", len(data), csv)
    print(f"  CPU {ours[0] / csv[0]:.2f} x, wall {ours[1] / csv[1]:.2f} x of read_csv")

    small = corpus(SMALL_FILE)
    files = [blob(small, f"{number}.835") for number in range(SMALL_FILES)]
    size = len(small) * len(files)
    many, single = alternate(lambda: read_all(files), lambda: read_all([one]))
    report(f"{len(files)} files of {len(small) // 1000} KB", size, many)
    print(f"  {size / many[1] / (len(data) / single[1]):.2f} x the throughput of one file")


def read_all(blobs: list[Blob]) -> int:
    """Two threads, a batch each, results dropped: as the nightly run does."""
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(count, x12.batches(piece for one in blobs for piece in x12.cut(one))))


def count(batch: list[x12.Piece]) -> int:
    return len(x12.read(batch).service_lines)


def read_csv(data: bytes) -> int:
    frame = pl.read_csv(data, separator="*", eol_char="~", infer_schema=False, truncate_ragged_lines=True, quote_char=None)
    return frame.height


def alternate(one: Callable[[], object], other: Callable[[], object]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Least CPU and least wall seconds of each."""
    seen: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    for _ in range(RUNS):
        for number, run in enumerate((one, other)):
            wall, cpu = time.perf_counter(), time.process_time()
            run()
            seen[number].append((time.process_time() - cpu, time.perf_counter() - wall))
    first, second = ((min(cpu for cpu, _ in runs), min(wall for _, wall in runs)) for runs in seen.values())
    return first, second


def report(what: str, size: int, times: tuple[float, float]) -> None:
    cpu, wall = times
    print(f"  {what}: {cpu:.2f} s CPU, {wall:.2f} s, {size / wall / 1e6:.0f} MB/s")


def peak_of_large() -> float:
    """Resident megabytes at the most, Python and Polars included, while a large file is read from disk and results dropped."""
    part = corpus(20_000_000)
    with tempfile.TemporaryFile() as file:
        for _ in range(LARGE_FILE // len(part)):
            file.write(part)
        file.flush()
        return watched(lambda: read_mapped(file.fileno()))


def read_mapped(descriptor: int) -> int:
    """Reads a mapped file one batch at a time; pages already read go back to the system."""
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as view:
        return sum(count(batch) for batch in x12.batches(released(mapped, x12.cut(Blob("f" * 64, "large.835", view)))))


def released(mapped: mmap.mmap, pieces: Iterator[x12.Piece]) -> Iterator[x12.Piece]:
    for piece in pieces:
        mapped.madvise(mmap.MADV_DONTNEED)
        yield piece


def watched(run: Callable[[], object]) -> float:
    peak, is_done = [resident()], threading.Event()

    def watch() -> None:
        while not is_done.wait(0.02):
            peak.append(resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    run()
    is_done.set()
    watcher.join()
    return max(peak) / 1e6


def resident() -> int:
    """Bytes resident now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
