"""Upkeep changes no answer: two stores, one tidied every night and one never, are the same to everybody who reads them."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows import month_work, outdated, upkeep
from flows.clock import operations_of
from flows.night import audit
from flows.order import Order
from flows.store import read_manifest
from tests.flows.helpers import tree, without_gate
from transforms.practice import make_practice

ENDS_ON = date(2026, 6, 30)
TIDY = {"history_days": 2, "history_weeks": 1, "settled_days": 1, "fold_after_days": 1}


def a_store(root: Path, files: dict[str, bytes], retention: dict[str, object]) -> Path:
    """A practice nothing of which was delivered yet, with its own retention."""
    for name, data in files.items():
        if name.startswith("config/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
    with (root / "config/audit.yaml").open("a") as policy:
        policy.write("history_retention_months: 1\nretention:\n" + "".join(f"  {key}: {value}\n" for key, value in retention.items()))
    (root / "inbox").mkdir()
    return root


def night(root: Path, as_of: date, files: Sequence[tuple[str, bytes]] = ()) -> dict[str, bytes]:
    """What readers see after a night on which these files came."""
    for name, data in files:
        (root / name).write_bytes(data)
        os.utime(root / name, (1_700_000_000, 1_700_000_000))
    audit(Order(root / "inbox", root / "store", as_of, root / "config"), step=without_gate)
    link = root / "store/reports/current"
    return {"id": os.readlink(link).encode()} | {path.name: path.read_bytes() for path in link.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "claims", "nights"), [(1, 40, 3), (2, 80, 4)])
def test_tidied_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, claims: int, nights: int) -> None:
    """Same tables, same ids, same partial results night after night; and a day that went is made again as it was."""
    monkeypatch.setattr(month_work, "SMALL_YEAR_BYTES", 40_000 if seed == 2 else 0)  # a year as a whole, or month by month
    chance = random.Random(seed)
    files = make_practice(claims, seed, months=4, ends_on=ENDS_ON).files
    arriving = [(name, data) for name, data in files.items() if name.startswith("inbox/")]
    chance.shuffle(arriving)
    tidied = a_store(tmp_path / "tidied", files, {"nightly": "true", **TIDY})
    plain = a_store(tmp_path / "plain", files, {"nightly": "false"})
    days = [ENDS_ON + timedelta(days=number) for number in range(nights)]
    told = {}
    for number, day in enumerate(days):
        told[day] = night(tidied, day, arriving[number::nights])
        assert told[day] == night(plain, day, arriving[number::nights])
    assert tree(tidied / "store/partials") == tree(plain / "store/partials")
    assert len(read_manifest(tidied / "store").folded) > 5
    assert count(tidied, "lake") < count(plain, "lake") / 2
    gone = days[0]
    assert not (tidied / "store/reports/history" / gone.isoformat()).exists()
    assert night(tidied, gone) == night(plain, gone), "made again from the folded lake"
    assert sorted(tidied.glob(f"store/reports/history/{gone}/*")), "what readers see stays, however old"


def test_a_day_that_went_has_its_bytes_again(old: Path) -> None:
    """Nothing came since, so it is also what was published then."""
    root = old / "store"
    then = night(old, date(2026, 6, 30))
    night(old, date(2026, 7, 1))
    night(old, date(2026, 7, 2))
    retention = replace(operations_of(None).retention, history_days=2, history_weeks=0)
    _, done = upkeep.tidy(root, read_manifest(root), retention, 1, date(2026, 7, 2))
    assert done.publications.files > 50 and not (root / "reports/history/2026-06-30").exists()
    assert night(old, date(2026, 6, 30)) == then
    assert outdated.shown_date(root) == "2026-06-30"


def count(practice: Path, folder: str) -> int:
    return len(list((practice / "store" / folder).rglob("*.parquet")))
