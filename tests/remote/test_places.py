"""Places of a run: folders, addresses, the cache, and requests that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import BadUsage, StoreLocked
from flows.remote import cache, exchange, objects
from flows.remote.address import Address
from flows.remote.places import at_hand
from tests.remote.machines import FIRST, write
from tests.remote.storage import Storage


def test_a_sweep_that_is_refused_does_not_undo_the_night(
    at: Address, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def refused(*_: object) -> int:
        raise BadUsage("the object storage refuses (AccessDenied)", str(at))

    monkeypatch.setattr(exchange, "sweep", refused)
    storage.put("in/mark/", b"")
    with at_hand(Address(at.bucket, "in"), at) as places:
        places.within(lambda: write(places.store, FIRST))
    assert storage.files() == FIRST
    assert "not removed" in capsys.readouterr().err


def test_a_dry_run_gives_nothing(at: Address, storage: Storage) -> None:
    storage.put("in/mark/", b"")
    with at_hand(Address(at.bucket, "in"), at, is_giving=False) as places:
        places.within(lambda: write(places.store, FIRST))
    assert storage.etags("store/") == {}


def test_an_inbox_in_a_bucket_and_a_store_in_a_folder(at: Address, storage: Storage, tmp_path: Path) -> None:
    storage.put("in/2026/a.835", b"ISA")
    with at_hand(Address(at.bucket, "in"), tmp_path / "store") as places:
        places.within(lambda: None)
        assert places.store == tmp_path / "store"
        assert (places.inbox / "2026/a.835").read_bytes() == b"ISA"
        assert places.named([Address(at.bucket, "in/2026/a.835"), tmp_path]) == (places.inbox / "2026/a.835", tmp_path)
        with pytest.raises(BadUsage):
            places.named([Address(at.bucket, "elsewhere/a.835")])


@pytest.mark.parametrize("name", ["read", "fetch", "send", "write", "write_if_unchanged", "listed", "delete"])
def test_every_request_says_that_there_is_no_bucket(name: str, tmp_path: Path) -> None:
    nowhere, file = Address("there-is-none", "store"), tmp_path / "file"
    file.write_bytes(b"x")
    more: dict[str, tuple] = {"fetch": ("a", file), "send": ("a", file), "write": ("a", b""), "listed": (), "delete": (["a"],)}
    more |= {"read": ("a",), "write_if_unchanged": ("a", b"", None)}
    with pytest.raises(BadUsage, match="no such bucket"):
        list(getattr(objects, name)(nowhere, *more[name]) or ())


def test_a_second_run_on_this_machine_hears_of_it_at_once(at: Address, tmp_path: Path) -> None:
    with cache.alone(tmp_path, at), pytest.raises(StoreLocked), cache.alone(tmp_path, at):
        pass


def test_the_cache_is_open_to_its_owner_only(at: Address) -> None:
    assert cache.folder_of(at, "store").stat().st_mode & 0o777 == 0o700


def test_another_endpoint_is_another_copy(at: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    here = cache.folder_of(at, "store")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example")
    assert cache.folder_of(at, "store") != here
