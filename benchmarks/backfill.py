"""Years of several offices at once: `python -m benchmarks.backfill --lines 5e6`, from raw remittances to one publication a month.

A synthetic practice of three years is written out again and again under other people, claim numbers and traces, each time as
another office, until there are so many lines; then one `audit --from --to` takes it all in.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from transforms.practice import make_practice

OFFICES, MONTHS = 10, 36
FIRST, LAST = date(2023, 7, 31), date(2026, 6, 30)
LINES_A_CLAIM = 1.97
MEASURED = """
import sys, time
from benchmarks.peers.result import peak_mb
from flows.cli import altbenefit
begun = time.perf_counter()
altbenefit(sys.argv[1:], standalone_mode=False)
print(f"{time.perf_counter() - begun:.0f} s by the clock, {time.process_time():.0f} s of processor, {peak_mb()} MB at most")
"""


def main() -> None:
    """Write the inbox, run the backfill, print what it took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lines", type=float, default=5e5, help="service lines, about")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="altbenefit-backfill-") as scratch:
        folder = Path(scratch)
        count, size = write(folder, int(given.lines / LINES_A_CLAIM))
        print(f"{count:,} files, {size / 1e6:,.0f} MB", flush=True)
        order = ["audit", "--inbox", folder / "inbox", "--store", folder / "store", "--config", folder / "config", "--no-prefect"]
        order += ["--from", FIRST, "--to", LAST, "--every", "month", "--no-notify"]
        subprocess.run([sys.executable, "-c", MEASURED, *map(str, order)], check=False)


def write(folder: Path, claims: int) -> tuple[int, int]:
    """inbox/ and config/; returns how many remittances there are, and their bytes."""
    practice = make_practice(claims=claims // OFFICES, seed=3, months=MONTHS, ends_on=LAST)
    count = size = 0
    for name, data in practice.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not name.startswith("inbox/"):
            path.write_bytes(data)
            continue
        for office in range(OFFICES):
            own = path.with_name(f"{office}_{path.name}")
            own.write_bytes(another(data, b"ABCDEFGHIJ"[office : office + 1]))
            count, size = count + 1, size + len(data)
    return count, size


def another(data: bytes, mark: bytes) -> bytes:
    """The same remittance of other people: numbers of claims and persons, and the trace, begin with `mark`."""
    data = re.sub(rb"(?<=CLP\*)\w", mark, data)
    data = re.sub(rb"(?<=\*)\d(?=\d{14})", mark, data)
    return re.sub(rb"(?<=\*MI\*)\w|(?<=TRN\*1\*EFT)\d", mark, data)


if __name__ == "__main__":
    print(time.strftime("%F"))
    main()
