"""From file to Parquet: `python -m benchmarks.end_to_end [--size 50] [--rounds 2]`, or as a part of `make bench`.

One 835 of so many megabytes, in runs that alternate: read alone; read, tokened, checked and parted from what cannot be used; and
a whole night into an empty store, without Prefect, by its steps. Every round takes a fresh store. The first round does not
count: it holds what is paid once a process, as the import of Great Expectations. CPU seconds count all threads.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.corpus import corpus
from benchmarks.figures import Figure, figure
from benchmarks.paired import alternate
from flows import intake
from flows.inbox import Arrival, contents, look
from flows.night import audit, plainly
from flows.order import Order
from flows.reading import read_in_order
from transforms.tables.remittances import Blob

MEGABYTES, ROUNDS = 50, 2
AS_OF = date(2025, 4, 30)  # the corpus is paid on one day of that month
KEY = b"k" * 32
STEPS = {"take in a chunk": "taken in: read, tokens, checks, what is held, lake written", "work out": "months worked out and folded",
         "gate": "gate", "publish": "published"}  # fmt: skip


def measure(megabytes: int = MEGABYTES, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Each run, each step of the night, and the night over reading alone."""
    with tempfile.TemporaryDirectory(prefix="altbenefit-bench-") as scratch:
        inbox = Path(scratch) / "inbox"
        inbox.mkdir()
        (inbox / "bench.835").write_bytes(corpus(megabytes * 1_000_000))
        os.utime(inbox / "bench.835", (1_700_000_000, 1_700_000_000))
        arrivals = look(inbox).arrivals
        steps: list[dict[str, float]] = []
        lines = read(arrivals)
        times = alternate(
            {"read": lambda: read(arrivals), "judged": lambda: judged(arrivals), "night": lambda: steps.append(night(inbox))}, rounds
        )
    what = f"{megabytes} MB, {lines:,} lines"
    yield figure("end_to_end.read_cpu", f"{what}: read alone", times["read"].cpu, "s")
    yield figure("end_to_end.judged_cpu", "read, tokened, checked", times["judged"].cpu, "s")
    for name, words in STEPS.items():
        yield figure(f"end_to_end.{name.split()[0]}_cpu", words, [one.get(name, 0) for one in steps[1:]], "s")
    yield figure("end_to_end.night_cpu", "the whole night", times["night"].cpu, "s")
    for kind in ("cpu", "wall"):
        over = [a / b for a, b in zip(getattr(times["night"], kind), getattr(times["read"], kind), strict=True)]
        words = "processor" if kind == "cpu" else "wall clock"
        yield figure(f"end_to_end.{kind}_ratio", f"read, validated, detected and written, over reading alone, {words}", over, "x")
    taken = [one.get("take in a chunk", 0) / read_cpu for one, read_cpu in zip(steps[1:], times["read"].cpu, strict=True)]
    yield figure("end_to_end.taken_ratio", "taken into the lake, over reading alone, processor", taken, "x")


def read(arrivals: tuple[Arrival, ...]) -> int:
    """Read and forget, a batch at a time; returns the lines."""
    found = contents(arrivals)
    blobs = [Blob(one.file_id, one.source_file, found[one.file_id]) for one in arrivals]
    return sum(part.service_lines.height for part in read_in_order(blobs))


def judged(arrivals: tuple[Arrival, ...]) -> None:
    """All of taking in that needs no lake."""
    for part in intake.chunks(arrivals):
        intake.readied(part, intake.Rules(KEY, AS_OF))


def night(inbox: Path) -> dict[str, float]:
    """A night into an empty store; CPU seconds by step."""
    seconds: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any], *args: Any) -> Any:
        begun = time.process_time()
        try:
            return plainly(name, function, *args)
        finally:
            seconds[name] = seconds.get(name, 0) + time.process_time() - begun

    folder = Path(tempfile.mkdtemp(prefix="altbenefit-night-"))
    try:
        audit(Order(inbox, folder / "store", AS_OF), step=timed)
    finally:
        shutil.rmtree(folder)
    return seconds


def main() -> None:
    """Print the figures as a Markdown table."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--size", type=int, default=MEGABYTES, help="megabytes of 835")
    words.add_argument("--rounds", type=int, default=ROUNDS)
    given = words.parse_args()
    print("| what | median | least to most |\n|---|---|---|")
    for one in measure(given.size, given.rounds):
        print(f"| {one.what} | {one.value:.2f} {one.unit} | {one.low:.2f} to {one.high:.2f} |", flush=True)


if __name__ == "__main__":
    main()
