"""Processor seconds from typing a command to its answer, where no remittance is read."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, figure

ROUNDS = 9
COMMANDS = {
    "help": ("--help",),
    "parse_help": ("parse", "--help"),
    "explain_help": ("explain", "--help"),
    "audit_help": ("audit", "--help"),
}


def measure() -> Iterator[Figure]:
    """In turn, after a first one of each that does not count."""
    program = str(Path(sys.executable).with_name("altbenefit"))
    runs = {name: (program, *words) for name, words in COMMANDS.items()} | {"python": (sys.executable, "-c", "")}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(ROUNDS + 1):
        for name, words in runs.items():
            took = cpu_of(words)
            if number:
                times[name].append(took)
    for name, words in COMMANDS.items():
        yield figure(f"startup.{name}", f"`altbenefit {' '.join(words)}`", times[name], "s")
    yield figure("startup.python", "Python itself, doing nothing", times["python"], "s")


def cpu_of(words: tuple[str, ...]) -> float:
    """Of a process and its own children, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
