"""Reliability figures: spoilt files, kills at random moments, two runs at once. Prints a table and writes docs/reliability.md.

Run as `python -m benchmarks.reliability --date 2026-11-23 [--only PART] [--mutants N] [--exports N] [--kills N] [--seconds S]`. Every part
stops where its share of the seconds is used up, and the table has the true counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.spoilt_nights import EXPORTS, REMITTANCES, Row, spoilt
from flows.practice import write_practice
from tests.flows.helpers import ROOT, an_835, claim, put, run, tree

PAGE = ROOT / "docs/reliability.md"
SHORTFALLS = "## Where it falls short"
OLD = (1_700_000_000, 1_700_000_000)
HOLD = """
import sys
from pathlib import Path
from flows.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""
RUN = "import sys; from pathlib import Path; from tests.flows.helpers import run; run(Path(sys.argv[1]))"


def main() -> None:
    """Take the figures asked for, print the page, and write it; rows of the parts left out stay as they were."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--date", required=True, help="the day to print beside the figures")
    words.add_argument("--only", choices=("mutants", "exports", "kills", "together"), action="append", help="one part; may be given again")
    words.add_argument("--mutants", type=int, default=10_000)
    words.add_argument("--exports", type=int, default=2_000)
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--seconds", type=float, default=3_600, help="at most so long, shared by the parts")
    given = words.parse_args()
    parts = {
        "mutants": lambda folder: spoilt(REMITTANCES, folder, given.mutants, given.seconds * 0.3),
        "exports": lambda folder: spoilt(EXPORTS, folder, given.exports, given.seconds * 0.3),
        "kills": lambda folder: killed(folder, given.kills, given.seconds * 0.4),
        "together": together,
    }
    with tempfile.TemporaryDirectory(prefix="altbenefit-reliability-") as scratch:
        folder = Path(scratch)
        key = folder / "key"
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
        os.environ["ALTBENEFIT_KEY_FILE"] = str(key)
        os.umask(0o027)
        taken = [take(folder) for name, take in parts.items() if given.only is None or name in given.only]
    before = PAGE.read_text()
    rows = {row[0]: row for row in kept_rows(before)} | {what: (what, result, rest, given.date) for what, result, rest in taken}
    page = "\n".join(lines(list(rows.values())))
    print(page)
    # What a person found out by hand stays below the figures.
    kept = before.partition(SHORTFALLS)
    PAGE.write_text(page + "\n" + ("\n" + kept[1] + kept[2] if kept[1] else ""))


def kept_rows(page: str) -> list[tuple[str, ...]]:
    """The figures of the page as it was: what, result, of which, taken on."""
    table = [line for line in page.splitlines() if line.startswith("| ") and line.count("|") == 5]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table[1:]]


def killed(folder: Path, count: int, seconds: float) -> Row:
    """Runs killed at a random moment and run again; each tree must be that of an undisturbed run."""
    practice = folder / "practice"
    write_practice(practice, claims=120, seed=5)
    for path in (practice / "inbox").iterdir():
        os.utime(path, OLD)
    whole, lasted = undisturbed(practice)
    chance, begun, done, hits = random.Random(7), time.monotonic(), 0, 0
    while done < count and time.monotonic() - begun < seconds:
        work = Path(shutil.copytree(practice, folder / "killed"))
        died = start(work)
        time.sleep(chance.uniform(0, lasted))
        died.kill()
        hits += died.wait() == -signal.SIGKILL
        run(work)
        if tree(work) != whole:
            raise SystemExit(f"kill {done + 1}: the tree differs from that of an undisturbed run")
        shutil.rmtree(work)
        done += 1
    return (
        "full runs killed at a random moment",
        f"{done:,} of {count:,} asked, all trees identical",
        f"{hits:,} died before they had ended",
    )


def undisturbed(practice: Path) -> tuple[dict[str, str], float]:
    """The tree that a run leaves which nobody kills, and how long a process of it lasts."""
    work = Path(shutil.copytree(practice, practice.with_name("killed")))
    begun = time.monotonic()
    start(work).wait()
    lasted = time.monotonic() - begun
    found = tree(work)
    shutil.rmtree(work)
    return found, lasted


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RUN, str(folder)], cwd=ROOT, stdout=subprocess.DEVNULL)


def together(folder: Path) -> Row:
    """A second run while another one holds the store."""
    put(folder / "two", "a.835", an_835(claim("1")))
    store = folder / "two-store"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(store)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    words = ["audit", "--inbox", str(folder / "two"), "--store", str(store)]
    begun = time.monotonic()
    code = subprocess.run([sys.executable, "-c", "from flows.cli import main; main()", *words], cwd=ROOT, capture_output=True, check=False)
    lasted = time.monotonic() - begun
    holder.communicate("\n")
    return "a second run at the same time", f"exit {code.returncode}", f"after {lasted:.2f} s"


def lines(rows: list[tuple[str, ...]]) -> list[str]:
    """The page."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("polars", "pyarrow", "numpy"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return [
        "# Reliability",
        "",
        "`make reliability` takes these figures and writes this page; the tests in `tests/hostile` and `tests/flows` run shorter",
        "counts of the same. A spoilt file is a remittance of a synthetic practice, or a public sample where those are at hand,",
        "with bytes changed, lost, moved or doubled. Each night over them asserts that every byte has a row in `files`, that the",
        "claims are those that a plain second reader finds, and that read = loaded + duplicate + quarantined, in claims and dollars.",
        "A killed run gets SIGKILL at a random moment, is run again, and must leave the same bytes as a run that nobody killed.",
        "",
        f"Taken on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB,",
        f"Python {platform.python_version()}, {packages}.",
        "",
        "| what | result | of which | taken on |",
        "|---|---|---|---|",
        *(f"| {what} | {result} | {rest} | {day} |" for what, result, rest, day in rows),
    ]


if __name__ == "__main__":
    main()
