"""What a night costs on a store of some size: `python -m benchmarks.night --lines 1e6,10e6 --new 100000`.

A store is made by copying the lake of a synthetic practice month after month, each copy with other files, people and claim
numbers; then one night's remittances arrive. Times are CPU seconds and wall seconds of the night's own process, without the
start of Prefect; memory is the peak of that process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.peers.result import peak_mb
from flows import parquet, store
from flows.lake_tables import LAKE_TABLES
from flows.night import audit, plainly
from flows.order import Order
from flows.practice import write_practice
from transforms.practice import make_practice

KEYED = {
    "claims": ("patient_control_number", "payer_claim_control_number", "original_claim_control_number", "patient_id"),
    "service_lines": ("line_control_number",),
    "provider_adjustments": ("reference",),
    "payments": ("trace_number",),
}
IDS = ("file_id", "payment_id", "claim_id", "line_id")
AS_OF = date(2026, 6, 30)
STEPS: dict[str, float] = {}


def timed(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """A step that notes how long it took."""
    begun = time.perf_counter()
    try:
        return plainly(name, function, *args)
    finally:
        STEPS[name] = STEPS.get(name, 0) + time.perf_counter() - begun


def main() -> None:
    """Make the stores asked for, let a night come in on each, print a row for each."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lines", default="1e6", help="lines of the stores, by commas")
    words.add_argument("--month", type=int, default=280_000, help="lines of a month: ten busy offices")
    words.add_argument("--new", type=int, default=100_000, help="new lines of the night")
    words.add_argument("--folder", type=Path, help="where stores are made and kept; else a folder that goes away")
    words.add_argument("--night", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.night:
        night(given.night)
        return
    with tempfile.TemporaryDirectory(prefix="altbenefit-night-") as scratch:
        base = given.folder or Path(scratch)
        for lines in (int(float(one)) for one in given.lines.split(",")):
            print(json.dumps(measured(base, lines, given.month, given.new)), flush=True)


def measured(base: Path, lines: int, month: int, new: int) -> dict[str, object]:
    """The first night on a store of so many lines (every month worked out), and one with new lines."""
    made, folder = base / f"store-{lines}-{month}", base / "running"
    if not (made / "seed.json").exists():
        make(made, lines, month)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder)
    first = in_process(folder)
    put_new(folder, new)
    second = in_process(folder)
    sizes = {name: sum(path.stat().st_size for path in (folder / "store" / name).rglob("*.parquet")) for name in ("lake", "partials")}
    return {"lines": lines, "first": first, "night": second, "mb": {name: size // 10**6 for name, size in sizes.items()}}


def in_process(folder: Path) -> dict[str, object]:
    """A night in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.night", "--night", str(folder)], capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def night(folder: Path) -> None:
    """One night, measured; prints one JSON object."""
    begun, used = time.perf_counter(), time.process_time()
    summary = audit(Order(folder / "inbox", folder / "store", AS_OF, folder / "config"), step=timed)
    print(json.dumps({
        "wall": round(time.perf_counter() - begun, 1), "cpu": round(time.process_time() - used, 1), "peak_mb": peak_mb(),
        "claims": summary.claims, "counted": summary.counted_lines, "steps": {name: round(took, 1) for name, took in STEPS.items()},
    }))  # fmt: skip


def make(folder: Path, lines: int, in_month: int) -> None:
    """A store whose lake holds months of a practice, one after another, back from the business date."""
    os.umask(0o027)
    shutil.rmtree(folder, ignore_errors=True)
    write_practice(folder, claims=min(20_000, in_month // 3), seed=3)
    audit(Order(folder / "inbox", folder / "store", AS_OF, folder / "config"), step=without_gate)
    root = folder / "store"
    manifest = store.read_manifest(root)
    base = {name: store.scan(root, manifest, name).collect() for name in LAKE_TABLES if name != "quarantine"}
    shutil.rmtree(root / "partials", ignore_errors=True)
    shutil.rmtree(root / "reports", ignore_errors=True)
    files: dict[str, list[str]] = {}
    for path in [path for paths in manifest.files.values() for path in paths]:
        (root / path).unlink()
    months = max(1, round(lines / in_month))
    copies = max(1, round(lines / months / base["service_lines"].height))
    for back in range(months):
        for copy in range(copies):
            for name, rows in shifted(base, back, f"{back:03d}{copy:02d}").items():
                month = f"{AS_OF.year - (back + 12 - AS_OF.month) // 12}-{(AS_OF.month - 1 - back) % 12 + 1:02d}"
                target = root / f"lake/{name}/month={month}"
                target.mkdir(parents=True, exist_ok=True)
                sha = parquet.write_table(rows, LAKE_TABLES[name], target / "part")[:32]
                (target / "part").rename(target / f"{sha}.parquet")
                files.setdefault(name, []).append(f"lake/{name}/month={month}/{sha}.parquet")
    whole = store.Manifest({name: tuple(paths) for name, paths in files.items()}, manifest.key_check)
    (root / "manifest.json").write_bytes(whole.dump())
    shutil.rmtree(folder / "inbox")
    (folder / "inbox").mkdir()
    (folder / "seed.json").write_text(json.dumps({"lines": lines, "months": months, "copies": copies}))


def without_gate(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """The step without the gate, which is not needed to fill a lake."""
    from flows.gate import Verdict

    return Verdict() if name == "gate" else function(*args)


def shifted(base: dict[str, pl.DataFrame], back: int, mark: str) -> dict[str, pl.DataFrame]:
    """The rows of a year, all paid in one month, under other ids, numbers and persons."""
    day = pl.lit(AS_OF).dt.offset_by(f"-{back}mo").dt.month_start() + pl.duration(days=pl.col("payment_date").dt.day() - 1)
    last = pl.lit(AS_OF).dt.offset_by(f"-{back}mo").dt.month_end()
    found = {}
    for name, rows in base.items():
        ids = [(pl.lit(mark) + pl.col(column).str.slice(len(mark))).alias(column) for column in IDS if column in rows.columns]
        keys = [(pl.lit(mark) + pl.col(column).str.slice(len(mark))).alias(column) for column in KEYED.get(name, ())]
        changed = rows.with_columns(*ids, *keys)
        if name == "payments":
            changed = changed.with_columns(payment_date=pl.min_horizontal(day.cast(pl.Date), last))
        found[name] = changed
    return found


def put_new(folder: Path, lines: int) -> None:
    """Remittances of about so many lines, paid in the last three months."""
    shutil.rmtree(folder / "inbox")
    practice = make_practice(claims=lines // 2, seed=11, months=3, ends_on=AS_OF)
    for name, data in practice.files.items():
        if name.startswith("inbox/"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            os.utime(path, (1_700_000_000, 1_700_000_000))


if __name__ == "__main__":
    main()
