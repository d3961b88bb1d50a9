"""Runs that alternate, so that a busy machine slows all of them: what counts is one over the other, round by round."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Seconds of every round, in order. CPU seconds count all threads of this process."""

    cpu: Sequence[float]
    wall: Sequence[float]


def alternate(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Each run once a round, after a first one of each that does not count."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            cpu, wall = time.process_time(), time.perf_counter()
            run()
            if number:
                seen[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {name: Times(*zip(*found, strict=True)) for name, found in seen.items()}


def ratio(one: Sequence[float], other: Sequence[float], scale: float = 1.0) -> str:
    """Median of one over the other, and the least and the most of all rounds."""
    ratios = [a / b * scale for a, b in zip(one, other, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def least(values: Sequence[float]) -> str:
    """Median and least, in seconds."""
    return f"{statistics.median(values):.2f} s, at the least {min(values):.2f}"
