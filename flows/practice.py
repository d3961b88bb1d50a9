"""A synthetic practice on disk: its files, the audit of it, and how right the audit was."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from flows.errors import BadUsage
from flows.night import audit
from flows.order import Order
from flows.publish import CURRENT
from transforms.evaluate import Evaluation, evaluate
from transforms.practice import make_practice, truth_from_csv

FACTS = "practice.json"
PRACTICE = "practice"  # where a demo keeps its synthetic practice
ENDS_ON = date(2026, 6, 30)
DATE_LETTERS = 10  # of a file name: the day it was sent


def write_practice(out: Path, claims: int, seed: int, months: int = 12) -> int:
    """Write a practice to `out`: inbox/, config/ and truth/. Returns the number of inbox files; existing files are replaced."""
    if (out / "inbox").exists() and not (out / FACTS).exists():
        raise BadUsage("the folder holds an inbox that is no synthetic practice", str(out), "Name an empty folder as --out.")
    try:
        practice = make_practice(claims, seed, months, ENDS_ON)
    except ValueError as why:
        raise BadUsage(str(why)) from None
    for stale in (out / "inbox").glob("*"):
        stale.unlink()
    for name, data in practice.files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    facts = {"claims": claims, "seed": seed, "months": months, "as_of": ENDS_ON.isoformat()}
    (out / FACTS).write_text(json.dumps(facts) + "\n")
    return sum(name.startswith("inbox/") for name in practice.files)


def order_for(folder: Path, store: Path) -> Order:
    """The audit of a synthetic practice, or of the one in a demo's folder, on the day its history ends.

    Raises BadUsage where the folder holds none.
    """
    folder = practice_folder(folder)
    path = folder / FACTS
    if not path.exists():
        raise BadUsage("the folder holds no synthetic practice", str(folder), "Run: altbenefit synth --out DIR --claims N --seed S")
    as_of = date.fromisoformat(json.loads(path.read_text())["as_of"])
    return Order(folder / "inbox", store, as_of, folder / "config")


@contextmanager
def before_last_week(order: Order) -> Iterator[Order]:
    """The same audit as of the Sunday before the last whole week: what had arrived by then, all but its last file, which comes late.

    The inbox it names holds copies and is gone afterwards.
    """
    sunday = order.as_of - timedelta(days=order.as_of.weekday() + 8)
    names = [path.name for path in sorted(order.inbox.iterdir()) if path.name[:DATE_LETTERS] <= sunday.isoformat()]
    with tempfile.TemporaryDirectory(prefix="altbenefit-demo-") as scratch:
        for name in names[:-1]:
            shutil.copy2(order.inbox / name, Path(scratch) / name)
        yield replace(order, inbox=Path(scratch), as_of=sunday)


def practice_folder(folder: Path) -> Path:
    """The folder itself, or the practice inside a demo's folder."""
    inside = folder / PRACTICE
    return inside if not (folder / FACTS).exists() and (inside / FACTS).exists() else folder


def evaluate_practice(folder: Path) -> Evaluation:
    """Audit the practice into a store that is thrown away, and compare what was published with the truth."""
    with tempfile.TemporaryDirectory(prefix="altbenefit-evaluate-") as scratch:
        order = order_for(folder, Path(scratch) / "store")
        audit(order)
        current = order.store / CURRENT
        findings, explained = (pl.read_parquet(current / f"{name}.parquet") for name in ("findings", "explained_otherwise"))
        return evaluate(findings, explained, truth_from_csv((practice_folder(folder) / "truth/lines.csv").read_bytes()))
