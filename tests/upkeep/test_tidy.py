"""`altbenefit tidy`, and the same at the end of every audit: what goes, what stays, and what is said of it."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows import folding, quarantine, store, upgrade, upkeep
from flows.cli import altbenefit
from flows.clock import operations_of
from flows.manifest import KEPT
from flows.night import Watch, audit
from flows.order import Order
from flows.store import read_manifest
from tests.flows.helpers import an_835, claim, put, tree, without_gate

DAY = date(2026, 6, 30)
OWN = "history_retention_months: 1\nretention: {history_days: 2, history_weeks: 0, fold_after_days: 1, settled_days: 1}\n"


def command(*words: object) -> Result:
    return CliRunner().invoke(altbenefit, [str(word) for word in words], standalone_mode=False)


def sizes(root: Path) -> tuple[int, int]:
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    return len(files), sum(path.stat().st_size for path in files)


def test_it_says_beforehand_what_it_then_does(old: Path) -> None:
    root = old / "store"
    (old / "config/audit.yaml").write_text(OWN)
    (root / "validation").mkdir()
    for day in ("2026-06-01", "2026-06-29"):
        (root / f"validation/{day}.html").write_text("<p>stopped</p>")
    there = tree(root)
    said = json.loads(command("tidy", "--store", root, "--config", old / "config", "--dry-run", "--json").stdout)
    assert tree(root) == there
    files, size = sizes(root)
    told = command("tidy", "--store", root, "--config", old / "config", "--json")
    assert json.loads(told.stdout) == said and told.return_value == 0
    assert (said["format_before"], said["format"]) == (1, 2)
    assert said["lake"]["files"] > 2 * said["lake"]["into"] > 0
    assert said["publications"]["files"] > 20 and said["validation_pages"]["files"] == 1
    after = sizes(root)
    parts = [said[name] for name in ("lake", "publications", "validation_pages", "settled_bytes", "partials")]
    assert files - after[0] == sum(part["files"] - part["into"] for part in parts)
    manifest = len((root / "manifest.json").read_bytes()) + len((root / ".lock").read_bytes())
    assert size - after[1] == pytest.approx(sum(part["bytes"] for part in parts), abs=manifest + 20_000)
    assert sorted(path.name for path in (root / "reports/history").iterdir()) == ["2026-06-29", "2026-06-30"]
    assert [path.name for path in (root / "validation").iterdir()] == ["2026-06-29.html"]
    again = command("tidy", "--store", root, "--config", old / "config")
    assert again.stdout == "nothing to tidy\n"


def test_what_readers_see_stays_however_old(old: Path) -> None:
    root = old / "store"
    (root / "reports/current").unlink()
    (oldest,) = (root / "reports/history/2026-06-28").iterdir()
    (root / "reports/current").symlink_to(oldest.relative_to(root / "reports"))
    retention = replace(operations_of(None).retention, history_days=2, history_weeks=0)
    upgrade.prepare(root)
    upkeep.tidy(root, read_manifest(root), retention, 1, DAY)
    assert (root / "reports/current/findings.parquet").exists()


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    done = command("tidy", "--store", tmp_path / "nowhere")
    assert getattr(done.exception, "exit_code", None) == 2 and not (tmp_path / "nowhere").exists()


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A night with a claim that does not balance and a file that is no remittance: both are set aside, their bytes kept."""
    put(tmp_path / "inbox", "a.835", an_835(claim("1") + claim("2", adjusted=5), "160"))
    put(tmp_path / "inbox", "b.txt", b"call the payer")
    given = Order(tmp_path / "inbox", tmp_path / "store", DAY)
    assert audit(given, without_gate).exit_code == 3
    return given


def test_bytes_go_once_all_of_a_file_is_long_settled(order: Order) -> None:
    root = order.store
    items = quarantine.items(root, read_manifest(root))
    (item,) = items.filter(reason_code="unknown_content")["quarantine_id"]
    store.commit(root, read_manifest(root), quarantine.with_status(root, read_manifest(root), item, quarantine.DISMISSED))
    quarantine.note(root, item, quarantine.DISMISSED, "asked for a resend", date(2026, 7, 1), "ops")
    audit(order, without_gate)
    published = (root / "reports/current/quarantine.parquet").read_bytes()
    generation, count = read_manifest(root).generation, len(read_manifest(root).files[KEPT])
    retention = replace(operations_of(None).retention, settled_days=30)
    for as_of, goes in ((date(2026, 7, 31), 0), (date(2026, 8, 1), 1)):
        _, done = upkeep.tidy(root, read_manifest(root), retention, 72, as_of)
        assert done.settled_bytes.files == goes
    after = read_manifest(root)
    assert len(after.files[KEPT]) == count - 1 and all((root / path).exists() for path in after.files[KEPT])
    assert after.generation == generation, "nothing is published anew for it"
    assert quarantine.item(root, after, item)["status"] == quarantine.DISMISSED
    assert not audit(order, without_gate).is_new_publication
    assert (root / "reports/current/quarantine.parquet").read_bytes() == published
    shown = command("quarantine", "show", item, "--store", root)
    assert "not kept; see the inbox" in shown.stdout


def test_every_night_ends_with_it_unless_told_otherwise(order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files of June, taken in on two nights; by August their month is closed."""
    said: list[str] = []
    (tmp_path / "config").mkdir()
    (tmp_path / "config/audit.yaml").write_text("retention: {nightly: false}\n")
    put(order.inbox, "later.835", an_835(claim("9"), "80", trace="T9", control=90))
    order, watch = replace(order, as_of=date(2026, 8, 3)), Watch(line=said.append)
    audit(replace(order, config=tmp_path / "config"), without_gate, watch)
    assert not [line for line in said if "folded" in line] and not read_manifest(order.store).folded

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(folding, "fold", full)
        audit(order, without_gate, watch)
    assert said[-1] == "tidying is put off to the next run (No space left on device); what is published stands"
    assert (order.store / "reports/current").resolve().parent.name == "2026-08-03"
    audit(order, without_gate, watch)
    assert "files of the lake folded into" in said[-1] and read_manifest(order.store).folded


def test_a_backfill_keeps_what_it_made(order: Order, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/audit.yaml").write_text(OWN)
    days = (date(2026, 7, 1), date(2026, 7, 2))
    order = replace(order, config=tmp_path / "config", as_of=date(2026, 7, 3))
    audit(replace(order, earlier=days), without_gate)
    assert len(list((order.store / "reports/history").iterdir())) == 4
    audit(order, without_gate)
    assert sorted(path.name for path in (order.store / "reports/history").iterdir()) == ["2026-07-02", "2026-07-03"]
