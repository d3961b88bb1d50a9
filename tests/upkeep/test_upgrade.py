"""A store of the older format is brought to this one by the first run that writes; one of a newer format is refused by all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from flows import quarantine, upgrade
from flows.checkup import checkup
from flows.cli import altbenefit
from flows.errors import BAD_USAGE, StoreDamaged, StoreTooNew
from flows.manifest import FORMAT, format_of
from flows.night import audit
from flows.order import Order
from flows.store import JOURNAL, STAGING, read_manifest
from flows.summary import Summary
from tests.flows.helpers import tree, without_gate

LAST_NIGHT = date(2026, 6, 30)


def night(old: Path) -> Summary:
    return audit(Order(old / "inbox", old / "store", LAST_NIGHT, old / "config"), step=without_gate)


def command(*words: object) -> Result:
    return CliRunner().invoke(altbenefit, [str(word) for word in words], standalone_mode=False)


def findings(store: Path) -> dict[str, object]:
    rows = pl.read_parquet(store / "reports/current/findings.parquet").filter("counted")
    return dict(rows.select("line_id", "surprise_balance").iter_rows())


def test_the_fixture_is_of_the_older_format(old: Path) -> None:
    assert "format" not in json.loads((old / "store/manifest.json").read_bytes())
    assert format_of(old / "store") == 1


def test_the_first_night_upgrades_and_publishes_the_same(old: Path) -> None:
    store = old / "store"
    before, items = findings(store), quarantine.items(store, read_manifest(store))
    assert len(before) > 3 and items.height == 1
    summary = night(old)
    assert (summary.exit_code, summary.surprise_balance) == (4, "760.00"), "nothing new, and the total that commit 96b221b printed"
    assert format_of(store) == FORMAT
    assert findings(store) == before
    assert quarantine.items(store, read_manifest(store)).equals(items)
    assert len(list((store / "reports/history").glob("2026-06-2[89]/*"))) == 2, "what was published before stays"
    there = tree(store)
    assert not night(old).is_new_publication
    assert tree(store) == there


def test_readers_take_an_old_store_as_it_is(old: Path) -> None:
    there = tree(old)
    listed = command("quarantine", "list", "--store", old / "store", "--json")
    assert listed.exit_code == 0 and "broken.835" in listed.stdout
    assert command("review", "list", "--store", old / "store").return_value == 0
    assert tree(old) == there


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(old: Path) -> None:
    there = tree(old)
    told = command("tidy", "--store", old / "store", "--config", old / "config", "--dry-run")
    assert "the store goes from format 1 to 2" in told.stdout and "Dry run" in told.stdout
    assert tree(old) == there


def test_a_damaged_file_keeps_an_old_store_as_it_is(old: Path) -> None:
    path = next((old / "store/lake/claims").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-9] + b"         ")
    with pytest.raises(StoreDamaged, match="missing or damaged"):
        upgrade.prepare(old / "store")
    assert format_of(old / "store") == 1


def make_newer(store: Path) -> None:
    body = json.loads((store / "manifest.json").read_bytes())
    (store / "manifest.json").write_text(json.dumps(body | {"format": FORMAT + 1, "files": {"unheard of": [1]}}))


WRITING_AND_READING = [
    "audit --inbox {0}/inbox --config {0}/config --no-prefect --no-notify --store {0}/store",
    "audit --inbox {0}/inbox --config {0}/config --no-prefect --dry-run --store {0}/store",
    "tidy --store {0}/store",
    "report --config {0}/config --no-prefect --store {0}/store",
    "packet --payer 1 --config {0}/config --store {0}/store",
    "share --out {0}/pack --store {0}/store",
    "explain {1} --store {0}/store",
    "quarantine list --store {0}/store",
    "quarantine dismiss X --store {0}/store",
    "review list --store {0}/store",
    "review confirm {1} --store {0}/store",
    "payers list --store {0}/store",
    "report --due --config {0}/config --no-prefect --store {0}/store",
    "vault reveal --even-to-a-file abc --store {0}/store",
    "predict --payer 1 --code D2392 --store {0}/store",
]


@pytest.mark.parametrize("line", WRITING_AND_READING, ids=lambda line: " ".join(line.split()[:2]))
def test_a_newer_store_is_refused(old: Path, line: str) -> None:
    finding = next(iter(findings(old / "store")))
    make_newer(old / "store")
    there = {name: value for name, value in tree(old / "store").items() if name != ".lock"}
    done = command(*line.format(old, finding).split())
    why = done.exception
    assert isinstance(why, StoreTooNew) and why.exit_code == BAD_USAGE, done.output
    assert f"format {FORMAT + 1}" in why.cause and "Install" in why.next_step and len(why.lines()) <= 5
    assert {name: value for name, value in tree(old / "store").items() if name != ".lock"} == there


def test_what_a_newer_version_left_half_done_stays_for_it(old: Path) -> None:
    newer = {"moves": [], "deletes": [], "manifest": json.dumps({"format": FORMAT + 1, "files": {}, "key_check": ""})}
    (old / "store" / STAGING).mkdir()
    (old / "store" / STAGING / JOURNAL).write_text(json.dumps(newer))
    there = tree(old / "store")
    with pytest.raises(StoreTooNew):
        upgrade.prepare(old / "store")
    assert tree(old / "store") == there


def test_doctor_knows_formats(old: Path) -> None:
    def said() -> tuple[bool, str, str]:
        (found,) = [check for check in checkup(old / "store", None, None) if check.name == "store format"]
        return found.is_ok, found.fact, found.note + found.next_step

    is_ok, fact, more = said()
    assert is_ok and fact.startswith("1;") and "back the store up" in more
    upgrade.prepare(old / "store")
    assert said() == (True, f"{FORMAT}; this altbenefit writes {FORMAT}", "")
    make_newer(old / "store")
    is_ok, fact, more = said()
    assert not is_ok and f"format {FORMAT + 1}" in fact and "Install" in more
