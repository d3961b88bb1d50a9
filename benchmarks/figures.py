"""What one part of the benchmarks found, kept as JSON in build/bench so that the page can be written from any mix of runs."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "bench"
LIBRARIES = ("polars", "pyarrow", "numpy", "numba")


@dataclass(frozen=True)
class Figure:
    """One number: the median of its rounds, and the least and most of them where there were several.

    `key` names it for targets and chart; `what` is what a reader of the page sees. `unit` is s, MB, MB/s, x or %.
    A figure that could not be taken has no value, and its note says why.
    """

    key: str
    what: str
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    rounds: int = 1
    note: str = ""


@dataclass(frozen=True)
class Part:
    """The figures of one part, and where and when they were taken. Load is the machine's, of one minute, before and after."""

    name: str
    day: str
    machine: str
    versions: str
    load: tuple[float, float]
    figures: tuple[Figure, ...]


def figure(key: str, what: str, values: Sequence[float], unit: str, note: str = "") -> Figure:
    """Of all rounds."""
    return Figure(key, what, statistics.median(values), unit, min(values), max(values), len(values), note)


def failed(key: str, what: str, why: str) -> Figure:
    return Figure(key, what, None, "", note=why)


def keep(name: str, load_before: float, figures: Sequence[Figure]) -> Path:
    """Write one part's figures; returns where."""
    part = Part(name, date.today().isoformat(), machine(), versions(), (load_before, load()), tuple(figures))
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{name}.json"
    path.write_text(json.dumps(asdict(part), indent=1) + "\n", encoding="utf-8")
    return path


def kept(names: Sequence[str]) -> list[Part]:
    """The parts that were ever measured in this checkout, in the order asked for."""
    found = [json.loads(path.read_text(encoding="utf-8")) for name in names if (path := KEPT / f"{name}.json").exists()]
    return [Part(**{**one, "load": tuple(one["load"]), "figures": tuple(Figure(**row) for row in one["figures"])}) for one in found]


def load() -> float:
    return round(os.getloadavg()[0], 1)


def machine() -> str:
    """Processor, cores and memory."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (OSError, ValueError):
        model, memory = platform.processor() or platform.machine(), ""
    return f"{model}, {os.cpu_count()} cores{memory}"


def versions() -> str:
    """Python and the libraries that read."""
    installed = {one.metadata["Name"].lower(): one.version for one in distributions()}
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {installed[name]}" for name in LIBRARIES if name in installed)])
