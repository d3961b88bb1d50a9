"""A night that folds what is kept gives what working everything out anew gives, whatever came when; and nothing kept is trusted."""

from __future__ import annotations

import json
import os
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows import keyfile, month_work, partials, review, store
from flows.night import audit, lake_of, settings_of
from flows.order import Order
from tests.eob.forms import mixed
from tests.flows.helpers import tree, without_gate
from transforms.marts import build_marts
from transforms.practice import make_practice

ENDS_ON = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def small_months(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every month is a period of its own, worked out in several slices."""
    monkeypatch.setattr(month_work, "SMALL_YEAR_BYTES", 0)
    monkeypatch.setattr(month_work, "SLICE_LINES", 40)
    key = tmp_path / "key"
    key.write_bytes(b"k" * keyfile.KEY_BYTES)
    key.chmod(0o600)
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", str(key))


def practice_at(root: Path, claims: int, seed: int) -> list[tuple[str, bytes]]:
    """A practice's configuration below root, and its remittances by name, not delivered yet."""
    files = make_practice(claims, seed, months=4, ends_on=ENDS_ON).files
    for name, data in files.items():
        if name.startswith("config/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
    (root / "inbox").mkdir()
    return [(name, data) for name, data in files.items() if name.startswith("inbox/")]


def deliver(root: Path, files: list[tuple[str, bytes]]) -> None:
    for name, data in files:
        (root / name).write_bytes(data)
        os.utime(root / name, (1_700_000_000, 1_700_000_000))


def night(root: Path, as_of: date) -> None:
    audit(Order(root / "inbox", root / "store", as_of, root / "config"), step=without_gate)


def published(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "store/reports/current").glob("*.parquet")}


def anew(root: Path, as_of: date) -> tuple[dict[str, str], dict[str, bytes]]:
    """The same night on a copy of the store that has worked nothing out yet: what it keeps, and what it publishes."""
    cold = root.with_name(f"{root.name}-cold")
    shutil.copytree(root, cold, symlinks=True)
    for name in ("partials", "reports"):
        shutil.rmtree(cold / "store" / name)
    night(cold, as_of)
    found = tree(cold / "store/partials"), published(cold)
    shutil.rmtree(cold)
    return found


def at_once(root: Path, as_of: date) -> dict[str, pl.DataFrame]:
    """The marts worked out over the whole lake in memory, without months."""
    whole = root / "store"
    manifest = store.read_manifest(whole)
    return build_marts(lake_of(whole, manifest), settings_of(root / "config"), as_of, review.standing(whole))


def require_same(root: Path, as_of: date) -> None:
    kept, bytes_anew = anew(root, as_of)
    assert tree(root / "store/partials") == kept
    assert published(root) == bytes_anew
    for name, expected in at_once(root, as_of).items():
        found = pl.read_parquet(root / f"store/reports/current/{name}.parquet")
        plain = [column for column, kind in expected.schema.items() if not isinstance(kind, pl.List)]
        assert_frame_equal(found.sort(plain), expected.sort(plain), check_row_order=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_nights_fold_to_the_whole(tmp_path: Path, seed: int) -> None:
    """Files come in random order over some nights, the business date goes on and, once, back."""
    chance = random.Random(seed)
    root = tmp_path / "practice"
    root.mkdir()
    files = practice_at(root, claims=110, seed=seed)
    chance.shuffle(files)
    days = [ENDS_ON - timedelta(days=70), ENDS_ON - timedelta(days=3), ENDS_ON - timedelta(days=40), ENDS_ON]
    for number, as_of in enumerate(days):
        deliver(root, files[number :: len(days)])
        night(root, as_of)
        if number in (1, 3):
            require_same(root, as_of)


@pytest.mark.slow
def test_nights_of_two_channels_fold_to_the_whole(tmp_path: Path) -> None:
    """The same events by 835 and by exports and FHIR, in random order, with a publication of an earlier date between."""
    root = tmp_path / "practice"
    root.mkdir()
    plain = [(name.removeprefix("inbox/"), data) for name, data in practice_at(root, claims=60, seed=4)]
    files = [(f"inbox/{name}", data) for name, data in (*plain, *((f"again_{name}", data) for name, data in mixed(dict(plain)).items()))]
    random.Random(4).shuffle(files)
    days = [ENDS_ON - timedelta(days=3), ENDS_ON - timedelta(days=50), ENDS_ON]
    for number, as_of in enumerate(days):
        deliver(root, files[number :: len(days)])
        night(root, as_of)
    assert pl.read_parquet(root / "store/reports/current/same_event.parquet").height > 20
    require_same(root, ENDS_ON)


def test_decisions_reach_the_months_they_are_about(tmp_path: Path) -> None:
    root = tmp_path / "practice"
    root.mkdir()
    deliver(root, practice_at(root, claims=110, seed=5))
    night(root, ENDS_ON)
    waiting = pl.read_parquet(root / "store/reports/current/findings.parquet").filter(verdict="needs_review")["line_id"]
    review.decide(root / "store", waiting[0], "confirmed", "seen on the EOB", ENDS_ON, "billing")
    review.decide(root / "store", waiting[1], "rejected", "recoded", ENDS_ON, "billing")
    night(root, ENDS_ON)
    assert pl.read_parquet(root / "store/reports/current/findings.parquet")["review_decision"].to_list().count("confirmed") == 1
    require_same(root, ENDS_ON)


def cut_index(kept: Path) -> None:
    (kept / "index.json").write_bytes((kept / "index.json").read_bytes()[:200])


def change_a_byte(kept: Path) -> None:
    path = max(kept.glob("*/priced-*/findings.parquet"), key=lambda one: one.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def lose_a_stage(kept: Path) -> None:
    shutil.rmtree(next(kept.glob("*/lines-*")))


def lose_all(kept: Path) -> None:
    shutil.rmtree(kept)


@pytest.mark.parametrize(
    "harm", [change_a_byte, *(pytest.param(harm, marks=pytest.mark.slow) for harm in (lose_a_stage, cut_index, lose_all))]
)
def test_what_is_kept_is_checked_not_trusted(tmp_path: Path, harm) -> None:
    root = tmp_path / "practice"
    root.mkdir()
    deliver(root, practice_at(root, claims=60, seed=7))
    night(root, ENDS_ON - timedelta(days=1))
    night(root, ENDS_ON)
    kept, before = tree(root / "store/partials"), published(root)
    harm(root / "store/partials")
    shutil.rmtree(root / "store/reports")
    night(root, ENDS_ON)
    assert published(root) == before
    assert tree(root / "store/partials") == kept


def test_a_quiet_night_works_out_only_the_month_the_window_begins_in(tmp_path: Path) -> None:
    root = tmp_path / "practice"
    root.mkdir()
    deliver(root, practice_at(root, claims=60, seed=8))
    night(root, ENDS_ON)
    before = json.loads((root / "store" / partials.INDEX).read_bytes())
    night(root, ENDS_ON + timedelta(days=1))
    after = json.loads((root / "store" / partials.INDEX).read_bytes())
    assert after == before, "no month of four lies at the window's edge, so nothing changes"
    night(root, ENDS_ON + timedelta(days=290))
    later = json.loads((root / "store" / partials.INDEX).read_bytes())
    stages = [
        (month, stage) for month, mine in later["stages"].items() for stage, key in mine.items() if before["stages"][month][stage] != key
    ]
    assert {stage for _, stage in stages} == {"priced"}
    assert len(stages) < len(later["stages"])
