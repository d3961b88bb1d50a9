"""Years at once: which dates are published, what readers see meanwhile, going on after a kill, and past days made again."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click import UsageError
from click.testing import CliRunner

from flows.backfill import dates_of
from flows.commands.audit import audit as audit_command
from flows.errors import BadUsage, GateFailed
from flows.gate import Verdict
from flows.night import Watch, audit
from flows.practice import order_for
from flows.progress import eta, words
from tests.ops.night import ROOT, arrives, night, remittance, without_gate

FIRST, LAST = date(2026, 3, 15), date(2026, 6, 30)
ENDS = (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))


def tree(root: Path) -> dict[str, str]:
    """Every file below `root` with the hash of its bytes, or where a link points; not the lock, not the key.

    Nor `partials/`, which may be thrown away at any time: what was worked out by runs that were killed lies there, too.
    """
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] == "partials":
            continue
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file() and path.name not in (".lock", ".key"):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def backfill(folder: Path, store: Path, step=without_gate, watch: Watch | None = None):
    given = replace(order_for(folder, store), earlier=dates_of(FIRST, LAST, "month"))
    return audit(given, step, watch)


def dates_in(store: Path) -> list[str]:
    return sorted(path.name for path in (store / "reports/history").iterdir())


def test_periods_end_on_sundays_and_on_the_last_of_the_month() -> None:
    assert dates_of(FIRST, LAST, "month") == ENDS
    assert dates_of(date(2024, 2, 28), date(2024, 3, 1), "month") == (date(2024, 2, 29),)
    assert dates_of(date(2026, 6, 1), date(2026, 6, 21), "week") == (date(2026, 6, 7), date(2026, 6, 14))
    assert dates_of(date(2026, 6, 28), date(2026, 6, 30), "day") == (date(2026, 6, 28), date(2026, 6, 29))
    assert dates_of(LAST, LAST, "day") == ()
    with pytest.raises(BadUsage):
        dates_of(LAST, FIRST, "month")


@pytest.fixture(scope="module")
def filled(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store made by a backfill, undisturbed; its key is that of every store of this module."""
    store = tmp_path_factory.mktemp("filled") / "store"
    store.mkdir()
    shutil.copy2(made / "store/.key", store / ".key")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ALTBENEFIT_KEY_FILE", raising=False)
        backfill(made, store)
    return store


def test_each_period_has_its_publication_and_readers_see_the_last(filled: Path) -> None:
    assert dates_in(filled) == [str(day) for day in (*ENDS, LAST)]
    assert (filled / "reports/current").resolve().parent.name == str(LAST)


@pytest.mark.slow
def test_readers_see_what_they_had_until_all_is_there(made: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(made / "store", store, symlinks=True)
    seen = os.readlink(store / "reports/current")
    arrives(tmp_path, "new.835", remittance("1"))
    for path in (made / "inbox").iterdir():
        shutil.copy2(path, tmp_path / "inbox" / path.name)

    def looking(name, function, *args):
        assert name == "publish" or os.readlink(store / "reports/current") == seen
        return without_gate(name, function, *args)

    audit(replace(order_for(made, store), inbox=tmp_path / "inbox", earlier=ENDS), looking)
    assert os.readlink(store / "reports/current") != seen


def test_a_date_made_alone_has_the_same_bytes(made: Path, filled: Path) -> None:
    """--as-of on the same lake: the publication in history is found again by its name, and made again where it is gone."""
    store = filled.parent / "again"
    shutil.copytree(filled, store, symlinks=True)
    there = tree(store / "reports/history/2026-04-30")
    shutil.rmtree(store / "reports/history/2026-04-30")
    audit(replace(order_for(made, store), as_of=date(2026, 4, 30)), without_gate)
    assert tree(store / "reports/history/2026-04-30") == there
    audit(order_for(made, store), without_gate)
    assert tree(store) == tree(filled)


@pytest.mark.slow
def test_what_comes_later_changes_no_earlier_day(tmp_path: Path) -> None:
    """Payments dated later, and the nights that took them in, are not known to a business date before them."""
    arrives(tmp_path, "a.835", remittance("1", "20260310", claims=6))
    night(tmp_path, date(2026, 3, 11))
    (before,) = (tmp_path / "store/reports/history/2026-03-11").iterdir()
    arrives(tmp_path, "b.835", remittance("2", "20260320", claims=3))
    arrives(tmp_path, "notes.txt", b"call the payer")
    night(tmp_path, date(2026, 3, 21))
    night(tmp_path, date(2026, 3, 11))
    (after,) = [path for path in (tmp_path / "store/reports/history/2026-03-11").iterdir() if path != before]
    differing = [name for name, digest in tree(before).items() if tree(after)[name] != digest]
    assert differing == []


@pytest.mark.slow
def test_stopped_in_between_the_same_command_ends_with_the_same_bytes(made: Path, filled: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    shutil.copy2(filled / ".key", store / ".key")
    kept = []

    def stopping(name, function, *args):
        if name == "keep" and len(kept) == 1:
            raise KeyboardInterrupt
        kept.extend([name] if name == "keep" else [])
        return without_gate(name, function, *args)

    with pytest.raises(KeyboardInterrupt):
        backfill(made, store, stopping)
    assert dates_in(store) == [str(ENDS[0])]
    assert not (store / "reports/current").exists()
    lines: list[str] = []
    backfill(made, store, watch=Watch(line=lines.append))
    assert f"{ENDS[0]}: is there already" in lines
    assert tree(store) == tree(filled)


@pytest.mark.slow
def test_a_date_that_the_gate_refuses_keeps_no_other_back(made: Path, tmp_path: Path) -> None:
    judged = []

    def refusing(name, function, *args):
        if name != "gate":
            return function(*args)
        judged.append(name)
        return Verdict(reasons=("law: words",)) if len(judged) == 2 else Verdict()

    with pytest.raises(GateFailed) as stopped:
        backfill(made, tmp_path / "store", refusing)
    assert stopped.value.exit_code == 5
    assert any("2026-04-30: law: words" in line for line in stopped.value.lines())
    assert len(stopped.value.lines()) <= 5
    assert dates_in(tmp_path / "store") == ["2026-03-31", "2026-05-31", "2026-06-30"]
    assert (tmp_path / "store/reports/current").resolve().parent.name == "2026-06-30"


def test_progress_says_how_long_the_rest_takes() -> None:
    assert (words("bytes", 48_000_000, 120_000_000), eta(48, 120, 60.0)) == (" 40 % of 120.0 MB", ", about 2 min left")
    assert words("dates", 3, 36) == "  8 % of 36 dates"
    assert eta(3, 36, 60.0) == ", about 11 min left"
    assert eta(30, 36, 60.0) == ", about 12 s left"
    assert (eta(0, 36, 5.0), eta(36, 36, 5.0)) == ("", "")


@pytest.mark.parametrize(
    "options",
    [("--from", "2026-01-01", "--as-of", "2026-02-01"), ("--to", "2026-01-01"), ("--from", "2026-02-01", "--to", "2026-01-01")],
)
def test_ranges_that_cannot_be_meant_are_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "inbox").mkdir()
    words = ["--no-prefect", "--inbox", str(tmp_path / "inbox"), "--store", str(tmp_path / "store"), *options]
    refused = CliRunner().invoke(audit_command, words, standalone_mode=False)
    assert isinstance(refused.exception, BadUsage | UsageError)
    assert not (tmp_path / "store").exists()


@pytest.mark.slow
def test_killed_at_random_moments_it_still_ends_with_the_same_bytes(made: Path, filled: Path, tmp_path: Path) -> None:
    """The command itself, by SIGKILL, several times over."""
    store, dice = tmp_path / "store", random.Random(20261123)
    store.mkdir()
    shutil.copy2(filled / ".key", store / ".key")
    script = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from tests.ops.test_backfill import backfill\n"
        "backfill(Path(sys.argv[1]), Path(sys.argv[2]))\n"
    )
    words = [sys.executable, "-c", script, str(made), str(store)]
    for _ in range(6):
        run = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(1.0 + dice.random() * 3)
        run.send_signal(signal.SIGKILL)
        run.wait()
    subprocess.run(words, cwd=ROOT, check=True, timeout=120)
    assert tree(store) == tree(filled)
