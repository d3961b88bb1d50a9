"""What a year of nights leaves behind, and what upkeep makes of it: `python -m benchmarks.age [--nights 250] [--claims 200] [--upkeep]`.

One practice's remittances come in night by night, each paid the day before, in one process; every tenth night is worked out, the
others publish what that one found. Upkeep is left out until the end, so that its effect shows: a night with news and one without
are measured on copies, before it and after; `--upkeep` has it every night, as shipped. Without the gate and without Prefect,
whose cost does not depend on a store's age. Processor seconds of this process.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.night import without_gate
from flows import upkeep
from flows.clock import operations_of
from flows.night import audit, settings_of
from flows.order import Order
from flows.store import read_manifest
from transforms.practice import make_practice

PAID_ON = re.compile(rb"BPR(?:\*[^*~]*){15}\*(\d{8})")
ENDS_ON = date(2026, 12, 31)
WORKED_OUT = 10  # every so many nights
Files = list[tuple[str, bytes]]


def main() -> None:
    """A year, then a night before and after upkeep; one JSON object on stdout, progress on stderr."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--nights", type=int, default=250)
    words.add_argument("--claims", type=int, default=200, help="claims a night")
    words.add_argument("--folder", type=Path, help="where to work; else a folder that goes away")
    words.add_argument("--upkeep", action="store_true", help="tidy at the end of every night")
    given = words.parse_args()
    os.umask(0o027)
    with tempfile.TemporaryDirectory(prefix="altbenefit-age-") as scratch:
        print(json.dumps(measured(given.folder or Path(scratch), given.nights, given.claims, given.upkeep), indent=1))


def measured(base: Path, nights: int, claims: int, is_tidied: bool) -> dict[str, Any]:
    """Cost of nights along the year; sizes and cost of the last night, before upkeep and after."""
    root = base / "practice"
    every = by_night(root, nights, claims)
    if not is_tidied:
        with (root / "config/audit.yaml").open("a") as own:
            own.write("retention: {nightly: false}\n")
    costs, last_outcome = {}, []
    for number, (day, files) in enumerate(every[:-1], start=1):
        if number % WORKED_OUT == 0:
            last_outcome.clear()
        _, costs[number] = a_night(root, day, files, lightly(last_outcome))
        print(f"night {number} of {len(every)}: {costs[number]:.2f} s", file=sys.stderr)
    last, files = every[-1]
    tidied = root.with_name("tidied")
    shutil.copytree(root, tidied, symlinks=True)
    policy, store = operations_of(None).retention, tidied / "store"
    months = settings_of(None).policy.history_retention_months
    (_, done), tidy_seconds = timed(lambda: upkeep.tidy(store, read_manifest(store), policy, months, every[-2][0]))
    found: dict[str, Any] = {"nights": len(every), "claims": nights * claims, "tidy_seconds": tidy_seconds, "tidied": done.to_dict()}
    found["night"] = {number: costs[number] for number in costs if number in (10, 50, 100, 150, 200)}
    told = {}
    for name, folder in (("before", root), ("after", tidied)):
        sizes = {part: size_of(folder / "store" / part) for part in ("lake", "reports/history", "partials", "quarantine")}
        told[name], news = a_night(folder, last, files)
        _, quiet = a_night(folder, last + timedelta(days=1), [])
        found[name] = {"sizes": sizes, "night_with_news": news, "night_without": quiet}
    found["same_bytes"] = told["before"] == told["after"]
    return found


def by_night(root: Path, nights: int, claims: int) -> list[tuple[date, Files]]:
    """The practice's configuration below root, and what comes each night: what was paid since the night before."""
    made = make_practice(claims=nights * claims, seed=3, months=12, ends_on=ENDS_ON).files
    for name, data in made.items():
        if name.startswith("config/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
    dated = sorted((paid_on(data), name, data) for name, data in made.items() if name.startswith("inbox/"))
    days = sorted({day for day, _, _ in dated})
    night_of = {day: number * nights // len(days) for number, day in enumerate(days)}
    last_of = {night_of[day]: day for day in days}
    found: dict[date, Files] = {}
    for day, name, data in dated:
        found.setdefault(last_of[night_of[day]] + timedelta(days=1), []).append((name, data))
    return sorted(found.items())


def paid_on(data: bytes) -> date:
    """The date of a remittance's first payment; what has none comes on the last night."""
    paid = PAID_ON.search(data)
    return date.fromisoformat(paid[1].decode()) if paid else ENDS_ON


def lightly(last: list[Any]) -> Callable[..., Any]:
    """A step that works out only where `last` holds no outcome yet, and keeps it there."""

    def step(name: str, function: Callable[..., Any], *args: Any) -> Any:
        if name != "work out":
            return without_gate(name, function, *args)
        if not last:
            last.append(function(*args))
        return last[0]

    return step


def a_night(
    root: Path, day: date, files: Sequence[tuple[str, bytes]], step: Callable[..., Any] = without_gate
) -> tuple[dict[str, bytes], float]:
    """What is published on a night on which only these files lie in the inbox, and the processor seconds it took."""
    shutil.rmtree(root / "inbox", ignore_errors=True)
    (root / "inbox").mkdir()
    for name, data in files:
        (root / name).write_bytes(data)
        os.utime(root / name, (1_700_000_000, 1_700_000_000))
    _, seconds = timed(lambda: audit(Order(root / "inbox", root / "store", day, root / "config"), step=step))
    return {path.name: path.read_bytes() for path in (root / "store/reports/current").iterdir()}, seconds


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the processor seconds it took."""
    begun = time.process_time()
    done = act()
    return done, round(time.process_time() - begun, 2)


def size_of(folder: Path) -> dict[str, float]:
    """Files and megabytes below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {"files": len(files), "mb": round(sum(path.stat().st_size for path in files) / 1e6, 1)}


if __name__ == "__main__":
    main()
