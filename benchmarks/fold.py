"""Ranking and all marts folded from partials: `python -m benchmarks.fold --store DIR --lines 50e6`.

DIR is a store with partials (benchmarks.night makes one). The tables of its fullest month are copied, each copy with other
patients, into twelve months inside the ranking window until they stand for so many lines; then the marts are folded once, in
a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

from flows import store
from flows.night import lake_of, settings_of
from flows.outcome import NOT_FOLDED
from transforms.marts import small_marts

MONTHS = 12
AS_OF = date(2026, 6, 30)
# What grows with the lines: distinct patients, and distinct amounts of askable lines. All else is counted by payer, code, fee and
# day, and more lines of the same make larger counts, not more rows.
GROWING = ("alike_askable",)
DAYS = ("payment_date", "first_seen", "last_seen")


def main() -> None:
    """Copy, fold, print one JSON object."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--store", type=Path, required=True, help="a folder that benchmarks.night made: store and config")
    words.add_argument("--lines", type=float, default=50e6)
    words.add_argument("--fold", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.fold:
        fold(given.store, given.fold)
        return
    with tempfile.TemporaryDirectory(prefix="altbenefit-fold-") as scratch:
        facts = copied(given.store / "store", Path(scratch), int(given.lines))
        words = [sys.executable, "-m", "benchmarks.fold", "--store", str(given.store), "--fold", scratch]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        print(json.dumps(facts | json.loads(done.stdout.splitlines()[-1])))


def copied(root: Path, target: Path, lines: int) -> dict[str, int]:
    """The fullest month's tables over and over, one folder a month; returns how many lines and counted lines they stand for."""
    fullest = max(
        (root / "partials").glob("*/priced-*"),
        key=lambda one: pl.scan_parquet(one / "code_totals.parquet").select(pl.col("line_count").sum()).collect().item(),
    )
    lined = next(fullest.parent.glob("lines-*"))
    held = int(pl.read_parquet(lined / "line_days.parquet")["line_count"].sum())
    copies = max(1, round(lines / MONTHS / held))
    counted = int(pl.read_parquet(fullest / "code_totals.parquet")["line_count"].sum())
    for stage, folder in (("priced", fullest), ("lines", lined)):
        for path in sorted(folder.glob("*.parquet")):
            if path.stem in NOT_FOLDED[stage]:
                continue
            rows = pl.read_parquet(path)
            for month in range(MONTHS):
                several = copies if path.stem in GROWING or path.stem.endswith("_patients") else 1
                parts = [other(rows, month * copies + copy, month) for copy in range(several)]
                (target / str(month)).mkdir(exist_ok=True)
                pl.concat(parts).write_parquet(target / str(month) / path.name, compression="zstd", compression_level=1)
    return {"lines": held * copies * MONTHS, "counted_lines": counted * copies * MONTHS}


def other(rows: pl.DataFrame, number: int, month: int) -> pl.DataFrame:
    """The same rows of other patients and payments, some months earlier."""
    changes = [pl.col(name).dt.offset_by(f"-{month}mo") for name in DAYS if name in rows.columns]
    if "patient" in rows.columns:
        changes.append(pl.col("patient").hash(number))
    if "payment_id" in rows.columns:
        changes.append(pl.lit(f"{number:06d}") + pl.col("payment_id").str.slice(6))
    return rows.with_columns(changes)


def fold(folder: Path, kept: Path) -> None:
    """Fold once, measured."""
    settings, root = settings_of(folder / "config"), folder / "store"
    lake = lake_of(root, store.read_manifest(root))
    pl.select(pl.lit(1)).lazy().collect()
    begun, used = time.perf_counter(), time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    parts = {}
    for name in sorted({path.stem for path in (kept / "0").iterdir()}):
        scanned = pl.scan_parquet([kept / str(month) / f"{name}.parquet" for month in range(MONTHS)])
        parts[name] = scanned if name.endswith("_patients") else scanned.collect()
    found = small_marts(parts, lake, settings, AS_OF)
    print(json.dumps({
        "wall": round(time.perf_counter() - begun, 2), "cpu": round(time.process_time() - used, 2), "before_mb": before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "pairs": found["payer_code_ranking"].height,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
