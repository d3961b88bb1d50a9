"""What the other benchmarks measure, at a size that fits into one run of all: each is a command of its own and prints JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import ROOT, Figure, figure

EXPORT_LINES = 1_000_000
NIGHT = {"lines": 1_000_000, "month": 28_000, "new": 10_000}
FOLD_LINES = 50_000_000
FINDINGS = 1_000_000


def exports() -> Iterator[Figure]:
    """A CSV export against `pl.read_csv` of the same file."""
    found = told("read_export", str(EXPORT_LINES))
    what = f"an export of {EXPORT_LINES:,} lines"
    yield Figure("exports.cpu", f"{what} into the same tables", found["cpu"], "s")
    yield Figure("exports.csv_cpu", f"{what}, only `pl.read_csv`", found["csv_cpu"], "s")
    yield figure("exports.cpu_ratio", f"{what}, over `pl.read_csv`", found["ratios"], "x")


def nights() -> Iterator[Figure]:
    """A night on a store of years, then the marts of 50 million lines folded from that store's partials."""
    with tempfile.TemporaryDirectory(prefix="altbenefit-bench-") as scratch:
        words = [word for name, value in NIGHT.items() for word in (f"--{name}", str(value))]
        found = told("night", *words, "--folder", scratch)
        store = f"a store of {NIGHT['lines'] / 1e6:.0f} M lines, {NIGHT['lines'] // NIGHT['month']} months"
        for key, what in (("first", f"{store}, all worked out at once"), ("night", f"{store}: a night of {NIGHT['new']:,} new lines")):
            yield Figure(f"night.{key}_cpu", what, found[key]["cpu"], "s", note=f"{found[key]['wall']} s by the clock")
            yield Figure(f"night.{key}_peak", f"{what}, peak memory", found[key]["peak_mb"], "MB")
        shutil.rmtree(Path(scratch) / f"store-{NIGHT['lines']}-{NIGHT['month']}", ignore_errors=True)
        fold = told("fold", "--store", str(Path(scratch) / "running"), "--lines", str(FOLD_LINES))
    what = f"ranking and all marts of {fold['lines'] / 1e6:.0f} M lines, folded"
    yield Figure("fold.wall", f"{what}, by the clock", fold["wall"], "s")
    yield Figure("fold.cpu", what, fold["cpu"], "s")
    yield Figure("fold.peak", f"{what}, peak memory", fold["peak_mb"], "MB")


def weekly() -> Iterator[Figure]:
    """The weekly report of a practice with many findings."""
    found = told("weekly", "--lines", str(FINDINGS))
    what = f"the weekly report of {FINDINGS / 1e6:.0f} M findings"
    yield Figure("weekly.cpu", what, found["cpu_seconds"], "s", note=f"{found['seconds']} s by the clock")
    yield Figure("weekly.peak", f"{what}, peak memory", found["peak_mb"], "MB")


def told(name: str, *words: str) -> dict:
    """The last line that a benchmark prints, which is its JSON."""
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or [f"{name} ended without a word"])[-1])
    return json.loads(done.stdout.splitlines()[-1])
