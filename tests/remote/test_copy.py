"""A store of three files on a real server: all or nothing, two at once, killed anywhere, damaged, swept."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.errors import BadUsage, StoreDamaged, StoreLocked, SystemRefused
from flows.remote import copy, exchange, objects
from flows.remote.address import Address
from flows.remote.copy import Copy
from flows.remote.view import give, view
from tests.remote.machines import FIRST, held, machine, write
from tests.remote.storage import Storage, counted


class Killed(BaseException):
    """The process ends here."""


def test_another_machine_gets_the_same_files(first: Copy, at: Address, storage: Storage, tmp_path: Path) -> None:
    other = machine(at, tmp_path / "two")
    assert held(other.root) == FIRST == storage.files()
    assert (other.root / "reports/current").resolve() == other.root / "reports/history/2026-01-31/aa"
    assert storage.pointer()["publication"] == "aa"


def test_modes_are_those_of_the_store(at: Address, tmp_path: Path) -> None:
    made = machine(at, tmp_path / "one")
    write(made.root, FIRST | {"vault/x.sealed": b"sealed"})
    (made.root / "vault/x.sealed").chmod(0o600)
    copy.give(made)
    root = machine(at, tmp_path / "two").root
    assert [(root / path).stat().st_mode & 0o777 for path in ("vault/x.sealed", "manifest.json")] == [0o600, 0o640]


def test_nothing_changed_is_one_request_and_nothing_written(first: Copy, at: Address, storage: Storage) -> None:
    before = storage.etags()
    with counted() as calls:
        copy.give(copy.bring(at, first.folder))
    assert (calls["writes"], calls["GetObject"]) == (0, 2)
    assert storage.etags() == before


def test_only_what_changed_is_sent_and_fetched(first: Copy, at: Address, tmp_path: Path) -> None:
    other = machine(at, tmp_path / "two")
    write(first.root, {"manifest.json": b"two"})
    with counted() as calls:
        copy.give(first)
    assert calls["PutObject"] == 4  # the file, the index, one that must be refused, the pointer
    with counted() as calls:
        again = copy.bring(at, other.folder)
    assert calls["GetObject"] == 3
    assert held(again.root)["manifest.json"] == b"two"


def test_what_a_run_keeps_to_itself_stays_here(first: Copy, storage: Storage) -> None:
    own = {".key": b"key", ".lock": b"", ".staging/journal.json": b"{}", ".manifest.json.new": b"x", "partials/.work/a/b": b"x"}
    write(first.root, own | {".told.json": b"{}"})
    copy.give(first)
    assert storage.files().keys() == FIRST.keys() | {".told.json"}
    assert not any(name in key for key in storage.etags() for name in (".key", ".staging", ".lock", ".work"))


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_nights_at_once_the_later_ends_as_busy(at: Address, storage: Storage, tmp_path: Path, is_first: bool) -> None:
    if not is_first:
        made = machine(at, tmp_path / "before")
        write(made.root, FIRST)
        copy.give(made)
    one, other = machine(at, tmp_path / "one"), machine(at, tmp_path / "two")
    write(one.root, FIRST | {"manifest.json": b"one's"})
    write(other.root, FIRST | {"manifest.json": b"two's"})
    copy.give(one)
    with pytest.raises(StoreLocked) as why:
        copy.give(other)
    assert why.value.exit_code == 75
    assert storage.files()["manifest.json"] == b"one's"
    again = copy.bring(at, other.folder)
    assert held(again.root)["manifest.json"] == b"one's"


@pytest.mark.parametrize("is_night_first", [True, False])
def test_a_decision_and_a_night_are_put_together(first: Copy, at: Address, storage: Storage, tmp_path: Path, is_night_first: bool) -> None:
    night = machine(at, tmp_path / "two")
    write(night.root, {"manifest.json": b"night's"})
    (tmp_path / "view").mkdir()
    with view(at, tmp_path / "view", lambda made: lambda path: path.startswith("review/")) as person:
        write(person.root, {"review/decisions.jsonl": b"{}\n"}, "")
        for act in [lambda: copy.give(night), lambda: give(person)][:: 1 if is_night_first else -1]:
            act()
    assert storage.files() == FIRST | {"manifest.json": b"night's", "review/decisions.jsonl": b"{}\n"}
    if not is_night_first:
        assert (night.root / "review/decisions.jsonl").exists(), "a second note of the same run must not take it away again"


def test_two_decisions_at_once_are_not_mixed(first: Copy, at: Address, tmp_path: Path) -> None:
    (tmp_path / "view").mkdir()
    wanted = lambda made: lambda path: path.startswith("review/")  # noqa: E731
    with view(at, tmp_path / "view", wanted) as one, view(at, tmp_path / "view", wanted) as other:
        write(one.root, {"review/decisions.jsonl": b"one\n"}, "")
        write(other.root, {"review/decisions.jsonl": b"two\n"}, "")
        give(one)
        with pytest.raises(StoreLocked):
            give(other)


CALLS = ("send", "write", "write_if_unchanged")


@pytest.mark.parametrize(
    ("moment", "is_after"), [(1, False), (3, False), (5, True), (6, False), (6, True), (7, False), (8, False), (8, True)]
)
def test_killed_before_or_after_any_object(
    first: Copy, at: Address, storage: Storage, monkeypatch: pytest.MonkeyPatch, moment: int, is_after: bool
) -> None:
    """Five files, an index, a write that must be refused, the pointer: a reader finds one store or the other, the next run ends it."""
    second = {f"lake/claims/month=2026-02/{name}.parquet": name.encode() for name in "bcd"} | {
        "manifest.json": b"two", "reports/history/2026-02-28/bb/findings.parquet": b"more",
    }  # fmt: skip
    write(first.root, second, "history/2026-02-28/bb")
    with monkeypatch.context() as patch:
        left = [moment]
        monkeypatch.setattr(objects, "AT_ONCE", 1)
        for name in CALLS:
            patch.setattr(objects, name, _dying(getattr(objects, name), left, is_after))
        with pytest.raises(Killed):
            copy.give(first)
    is_published = moment == 8 and is_after
    assert storage.files() == (FIRST | second if is_published else FIRST)
    assert storage.pointer()["publication"] == ("bb" if is_published else "aa")
    done = copy.give(copy.bring(at, first.folder))
    assert storage.files() == FIRST | second == held(done.root)


def _dying(act: Callable, left: list[int], is_after: bool) -> Callable:
    def acted(*args: object) -> object:
        left[0] -= 1
        if left[0] == 0 and not is_after:
            raise Killed
        result = act(*args)
        if left[0] == 0:
            raise Killed
        return result

    return acted


def test_work_of_a_dead_run_is_dropped_where_another_machine_published(first: Copy, at: Address, tmp_path: Path) -> None:
    write(first.root, {"manifest.json": b"of the dead", "lake/claims/month=2026-02/b.parquet": b"x"})
    other = machine(at, tmp_path / "two")
    write(other.root, {"manifest.json": b"other's"})
    copy.give(other)
    assert held(copy.bring(at, first.folder).root) == FIRST | {"manifest.json": b"other's"}


def test_a_pull_that_died_is_done_again(first: Copy, at: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = machine(at, tmp_path / "two")
    write(first.root, {"manifest.json": b"two", "lake/claims/month=2026-02/b.parquet": b"b"})
    copy.give(first)
    with monkeypatch.context() as patch:
        patch.setattr(objects, "AT_ONCE", 1)
        patch.setattr(objects, "fetch", _dying(objects.fetch, [2], False))
        with pytest.raises(Killed):
            copy.bring(at, other.folder)
    assert held(copy.bring(at, other.folder).root) == held(first.root)


def test_a_fault_on_the_way_that_can_pass_is_waited_for(first: Copy, at: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    act, faults = objects.fetch, [SystemRefused("the object storage failed (503)", errno=errno.EREMOTEIO)]

    def once(*args: object) -> bool:
        if faults:
            raise faults.pop()
        return act(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(objects, "fetch", once)
    monkeypatch.setattr(exchange, "WAITS", (0.0,))
    assert held(machine(at, tmp_path / "two").root) == FIRST


def test_the_answer_to_the_last_write_may_be_lost(first: Copy, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client asks again, and the server says that somebody was first: it was this run itself."""
    act = objects.write_if_unchanged

    def twice(at: Address, path: str, data: bytes, etag: str | None) -> str:
        act(at, path, data, etag)
        return act(at, path, data, etag)

    monkeypatch.setattr(objects, "write_if_unchanged", twice)
    write(first.root, {"manifest.json": b"two"})
    copy.give(first)
    assert storage.files()["manifest.json"] == b"two"


def test_a_storage_that_ignores_conditions_is_refused(first: Copy, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    act = objects.write_if_unchanged
    monkeypatch.setattr(objects, "write_if_unchanged", lambda at, path, data, etag: act(at, path, data, None) if etag is None else "")
    write(first.root, {"manifest.json": b"two"})
    with pytest.raises(BadUsage, match="condition"):
        copy.give(first)
    assert storage.files() == FIRST


def test_an_object_with_other_bytes_is_told(first: Copy, at: Address, storage: Storage, tmp_path: Path) -> None:
    key = next(key for key in storage.etags() if key.endswith("manifest.json"))
    storage.put(key, b"0ne")
    with pytest.raises(StoreDamaged, match="does not hold"):
        machine(at, tmp_path / "two")


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format": 1, "index": "index/none.json"}'])
def test_a_damaged_pointer_is_told(first: Copy, at: Address, storage: Storage, data: bytes) -> None:
    storage.put("store/reports/current.json", data)
    with pytest.raises(StoreDamaged) as why:
        copy.bring(at, first.folder)
    assert why.value.file.startswith("s3://") and why.value.next_step


def test_a_store_that_is_gone_is_no_new_store(first: Copy, at: Address, storage: Storage) -> None:
    storage.client.delete_object(Bucket=storage.bucket, Key="store/reports/current.json")
    with pytest.raises(StoreDamaged, match="gone"):
        copy.bring(at, first.folder)
    assert held(first.root) == FIRST


def test_only_what_no_index_names_is_swept_and_not_while_it_is_young(
    first: Copy, at: Address, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.put("store/lake/claims/month=2026-09/orphan.parquet", b"of a dead run")
    storage.put("store/mine/untouched", b"not of a store")
    write(first.root, {"manifest.json": b"two"})
    done = copy.give(first)
    named = set(storage.etags())
    assert exchange.sweep(at, done.held) == 0
    listing, later = objects.listed, datetime.now(UTC) + timedelta(days=2)

    def aged(at: Address, folder: str = "") -> list[objects.Object]:
        found = list(listing(at, folder))
        return [objects.Object(one.path, one.byte_count, one.etag, later) if one.path.endswith("current.json") else one for one in found]

    monkeypatch.setattr(objects, "listed", aged)
    swept = exchange.sweep(at, done.held)
    gone = named - set(storage.etags())
    assert swept == len(gone) == 3  # the orphan, the manifest before, the index before
    assert storage.files() == FIRST | {"manifest.json": b"two"} and "store/mine/untouched" in storage.etags()


@pytest.mark.parametrize("name", ["pointer", "index"])
def test_a_later_version_s_store_is_refused(first: Copy, at: Address, storage: Storage, name: str) -> None:
    key = "store/reports/current.json" if name == "pointer" else f"store/{storage.pointer()['index']}"
    storage.put(key, storage.get(key).replace(b'"format": 1', b'"format": 2'))
    first.folder.joinpath("state.json").unlink()
    with pytest.raises(BadUsage, match="later version"):
        copy.bring(at, first.folder)
