"""What every reader here hands over, so that all do the same work, and how its time is taken. Python's standard library only.

Each reader is a module of its own that runs in its own environment: `PYTHON -m benchmarks.peers.NAME [--repeats N] FILE...`. Its
`read(paths)` returns a `Found`; the clock runs round that alone, after all imports. One line of JSON goes to stdout.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Found:
    """How many claims, service lines and adjustments a reader found, and their sums in cents; -1 where it does not tell."""

    claims: int
    lines: int
    adjustments: int
    charge_cents: int
    paid_cents: int
    adjusted_cents: int


def main(read: Callable[[Sequence[Path]], Callable[[], Found]]) -> None:
    """Read the files named on the command line, timed; print seconds, peak memory and what was found.

    `read` does all the work and leaves its result in memory; what it returns counts that result, outside the clock.
    With several repeats a first reading does not count.
    """
    words = argparse.ArgumentParser()
    words.add_argument("files", type=Path, nargs="+")
    words.add_argument("--repeats", type=int, default=1)
    given = words.parse_args()
    warnings.simplefilter("ignore")  # of which some print one for each segment they do not know
    times, count = [], None
    for number in range(given.repeats + (given.repeats > 1)):
        count = None  # the result before goes first, or memory would be counted twice
        cpu, wall = time.process_time(), time.perf_counter()
        count = read(given.files)
        if number or given.repeats == 1:
            times.append((time.process_time() - cpu, time.perf_counter() - wall))
    assert count is not None
    cpus, walls = zip(*times, strict=True)
    print(json.dumps({"cpu": statistics.median(cpus), "wall": statistics.median(walls), "peak_mb": peak_mb(), "found": asdict(count())}))


def peak_mb() -> int:
    """Of this process alone, in megabytes; `ru_maxrss` would tell the parent's where that is larger."""
    status = Path("/proc/self/status")
    if not status.exists():
        return -1
    return next(int(line.split()[1]) // 1000 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def cents(amount: object) -> int:
    """Of an amount in dollars, as text, Decimal or float: floats come from readers that keep money as such."""
    return round(float(str(amount)) * 100)
