"""What was set aside: listed, released, dismissed, taken anew; and it survives reruns."""

import json
from datetime import date

import polars as pl
import pytest

from flows import quarantine, retake, store
from flows.errors import BadUsage
from flows.night import audit
from flows.order import Order
from tests.flows.helpers import an_835, claim, command, put, tree, without_gate

DAY = date(2026, 6, 30)


@pytest.fixture
def order(tmp_path) -> Order:
    """A night with one claim that does not balance beside one that does, and one file that is no remittance."""
    put(tmp_path / "inbox", "a.835", an_835(claim("1") + claim("2", adjusted=5), "160"))
    put(tmp_path / "inbox", "b.txt", b"call the payer")
    given = Order(tmp_path / "inbox", tmp_path / "store", DAY)
    assert audit(given, without_gate).exit_code == 3
    return given


def _items(order: Order) -> dict[str, str]:
    found = quarantine.items(order.store, store.read_manifest(order.store))
    return dict(found.select("reason_code", "status").iter_rows())


def _id(order: Order, reason: str) -> str:
    found = quarantine.items(order.store, store.read_manifest(order.store))
    return found.filter(pl.col("reason_code") == reason)["quarantine_id"][0]


def _files(order: Order) -> dict:
    return pl.read_parquet(order.store / "lake/files/*/*.parquet").filter(pl.col("source_file") == "a.835").row(0, named=True)


def test_one_bad_claim_leaves_the_others_of_its_file(order):
    assert _items(order) == {"line_unbalanced": "open", "unknown_content": "open"}
    assert pl.read_parquet(order.store / "lake/claims/*/*.parquet").height == 1
    row = quarantine.item(order.store, store.read_manifest(order.store), _id(order, "line_unbalanced"))
    assert (row["segment_tag"], row["claim_count"], row["charge_amount"]) == ("SVC", 1, 100)
    assert (order.store / "quarantine/bytes" / f"{row['file_id']}.gz").exists()


def test_a_release_takes_the_claim_in_once_and_the_payment_adds_up(order):
    done = command("quarantine", "release", _id(order, "line_unbalanced"), "--store", order.store)
    assert done.returncode == 0, done.stderr
    assert _items(order) == {"line_unbalanced": "released", "unknown_content": "open"}
    assert pl.read_parquet(order.store / "lake/claims/*/*.parquet").height == 2
    assert pl.read_parquet(order.store / "lake/payments/*/*.parquet").select("is_balanced").rows() == [(True,)]
    row = _files(order)
    assert (row["claim_count"], row["claim_loaded_count"], row["claim_quarantined_count"]) == (2, 2, 0)
    assert (row["loaded_charge_amount"], row["quarantined_charge_amount"]) == (200, 0)
    summary = audit(order, without_gate)
    assert (summary.exit_code, summary.is_new_publication) == (4, True)


def test_what_could_not_be_read_cannot_be_released(order):
    with pytest.raises(BadUsage):
        retake.release(order.store, store.read_manifest(order.store), _id(order, "unknown_content"), b"k" * 32, DAY)


def test_a_dismissal_survives_reruns_and_reprocessing(order):
    assert command("quarantine", "dismiss", _id(order, "line_unbalanced"), "--store", order.store).returncode == 0
    audit(order, without_gate)
    assert _items(order)["line_unbalanced"] == "dismissed"
    again = Order(order.inbox, order.store, DAY, reprocess=(order.inbox / "a.835",))
    audit(again, without_gate)
    assert _items(order)["line_unbalanced"] == "dismissed"
    published = pl.read_parquet(order.store / "reports/current/quarantine.parquet")
    assert dict(published.select("reason_code", "status").iter_rows())["line_unbalanced"] == "dismissed"


def test_taking_a_file_anew_changes_nothing_where_nothing_changed(order):
    claims, files = (pl.read_parquet(order.store / f"lake/{name}/*/*.parquet") for name in ("claims", "files"))
    again = Order(order.inbox, order.store, DAY, reprocess=(order.inbox / "a.835",))
    assert audit(again, without_gate).exit_code == 3
    assert pl.read_parquet(order.store / "lake/claims/*/*.parquet").equals(claims)
    assert pl.read_parquet(order.store / "lake/files/*/*.parquet").sort("file_id").equals(files.sort("file_id"))
    assert _items(order) == {"line_unbalanced": "open", "unknown_content": "open"}


def test_a_corrected_file_taken_anew_settles_what_was_open(order):
    put(order.inbox, "a.835", an_835(claim("1") + claim("2"), "160"))
    again = Order(order.inbox, order.store, DAY, reprocess=(order.inbox / "a.835",))
    summary = audit(again, without_gate)
    assert summary.claims == {"loaded": 1, "duplicate": 1, "quarantined": 0}
    assert _items(order)["line_unbalanced"] == "released"


def test_files_that_complete_one_payment_are_taken_anew_together(order):
    """The second delivery brought the missing claim into the first one's payment; neither can be taken anew alone."""
    put(order.inbox, "c.835", an_835(claim("1") + claim("2"), "160", control=2))
    audit(order, without_gate)
    before = pl.read_parquet(order.store / "lake/claims/*/*.parquet").sort("claim_id")
    again = Order(order.inbox, order.store, DAY, reprocess=(order.inbox / "a.835",))
    audit(again, without_gate)
    after = pl.read_parquet(order.store / "lake/claims/*/*.parquet").sort("claim_id")
    numbers = ["payer_claim_control_number", "charge_amount", "paid_amount"]
    assert after.select(numbers).sort(numbers).equals(before.select(numbers).sort(numbers))
    payments = pl.read_parquet(order.store / "lake/payments/*/*.parquet")
    assert payments.select("payment_amount", "is_balanced").rows() == [(160, True)]


def test_a_file_is_not_taken_anew_without_the_one_that_completes_its_payment(order):
    completing = put(order.inbox, "c.835", an_835(claim("1") + claim("2"), "160", control=2))
    audit(order, without_gate)
    completing.unlink()
    before = tree(order.store)
    with pytest.raises(BadUsage, match="another file"):
        audit(Order(order.inbox, order.store, DAY, reprocess=(order.inbox / "a.835",)), without_gate)
    assert tree(order.store) == before


def test_a_readable_file_under_the_same_name_settles_a_whole_file_item(order):
    put(order.inbox, "b.txt", an_835(claim("9"), trace="T9"))
    audit(order, without_gate)
    assert _items(order)["unknown_content"] == "released"


def test_who_settled_an_item_and_why_is_kept_with_it_and_published_nowhere(order):
    found = _id(order, "line_unbalanced")
    done = command("quarantine", "dismiss", found, "--store", order.store, "--by", "ada", "--reason", "payer resends in May")
    assert done.returncode == 0, done.stderr
    shown = command("quarantine", "show", found, "--store", order.store).stdout
    assert f"dismissed          {date.today()} by ada: payer resends in May" in shown
    listed = json.loads(command("quarantine", "list", "--all", "--json", "--store", order.store).stdout)
    assert {row["quarantine_id"]: row["decided_by"] for row in listed}[found] == "ada"
    audit(order, without_gate)
    assert not [path for path in (order.store / "reports").rglob("*") if path.is_file() and b"resends" in path.read_bytes()]


def test_the_list_is_work_for_a_newcomer(order):
    """Dearest first; each item says where, how much, how old, why and what next; what settles it is one command to copy."""
    done = command("quarantine", "list", "--store", order.store)
    first, second = done.stdout.split(f"\n{_id(order, 'unknown_content')}")
    age = (date.today() - DAY).days
    where, why, step = first.splitlines()
    assert where == f"{_id(order, 'line_unbalanced')}  a.835, segment 17 (SVC): 1 claim, $100.00, {age} days old"
    assert "does not balance" in why and step.startswith("    next: Ask the payer")
    assert second.startswith("  b.txt: claims unknown,")
    assert done.stderr.startswith("2 items, 1 claim, $100.00 of charges.")
    shown = command("quarantine", "show", _id(order, "line_unbalanced"), "--store", order.store).stdout
    [release] = [line.split(": ")[1].split() for line in shown.splitlines() if "release" in line]
    assert command(*release[1:]).returncode == 0
    assert "release" not in command("quarantine", "show", _id(order, "unknown_content"), "--store", order.store).stdout
    again = command("quarantine", "show", _id(order, "line_unbalanced"), "--store", order.store).stdout
    assert "status             released" in again and "quarantine release" not in again
    assert _id(order, "line_unbalanced") not in command("quarantine", "list", "--store", order.store).stdout
    assert "released by" in command("quarantine", "list", "--all", "--store", order.store).stdout


def test_a_store_that_is_not_there_is_not_an_empty_list(tmp_path):
    for words in (("list",), ("show", "x")):
        done = command("quarantine", *words, "--store", tmp_path / "typo")
        assert done.returncode == 2 and "there is no store here" in done.stderr
