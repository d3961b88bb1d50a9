"""Whole nights on a real server: the same bytes as in folders, nothing written twice, two machines, a killed process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.errors import StoreLocked
from flows.night import audit
from flows.order import Order
from flows.practice import order_for, write_practice
from flows.remote import files
from flows.remote.address import Address
from flows.remote.places import at_hand
from flows.summary import Summary
from tests.flows.helpers import ROOT, without_gate
from tests.remote.storage import Storage, counted

pytestmark = pytest.mark.slow
LATE = 5  # files that arrive after the first night


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    write_practice(tmp_path / "practice", claims=60, seed=5, months=3)
    for path in (tmp_path / "practice/inbox").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return tmp_path / "practice"


@pytest.fixture
def night(practice: Path, storage: Storage) -> Callable[..., Summary]:
    """An audit from bucket to bucket, by a machine with a cache of its own."""
    storage.upload(practice / "inbox", "in")
    inbox, store = Address(storage.bucket, "in"), Address(storage.bucket, "store")

    def run(machine: str = "one", act: Callable[[Order], Summary] = lambda order: audit(order, without_gate), **changes: object) -> Summary:
        os.environ["ALTBENEFIT_CACHE"] = str(practice / machine)
        with at_hand(inbox, store) as places:
            order = replace(order_for(practice, places.store), inbox=places.inbox, **changes)
            return places.within(lambda: act(order))

    return run


def in_folder(practice: Path) -> dict[str, bytes]:
    """The files of a store in a folder, after the same audit."""
    audit(order_for(practice, practice / "store"), without_gate)
    root = practice / "store"
    return {path: (root / path).read_bytes() for path in files.walk(root)}


def test_the_same_bytes_as_in_a_folder_and_a_second_run_writes_nothing(practice: Path, night: Callable, storage: Storage) -> None:
    arrived = storage.etags("in/")
    assert night().exit_code == 0
    expected = in_folder(practice)
    found = storage.files()
    assert [path for path in found.keys() | expected.keys() if found.get(path) != expected.get(path)] == []
    before = storage.etags()
    with counted() as calls:
        assert night().exit_code == 4
    assert (calls["writes"], storage.etags()) == (0, before)
    assert storage.etags("in/") == arrived, "the inbox is read and nothing else"
    with counted() as calls:
        assert night("elsewhere").exit_code == 4  # a machine without a copy
    assert (calls["writes"], storage.etags()) == (0, before)


def test_what_arrives_later_and_what_is_gone(practice: Path, night: Callable, storage: Storage) -> None:
    late = sorted((practice / "inbox").iterdir())[:LATE]
    for path in late:
        storage.client.delete_object(Bucket=storage.bucket, Key=f"in/{path.name}")
    night()
    storage.upload(practice / "inbox", "in")
    with counted() as calls:
        assert night().files["loaded"] == LATE
    assert calls["GetObject"] <= LATE + 2  # the late ones, pointer and index
    found = storage.files()
    gone = sorted(storage.etags("in/"))[0]
    storage.client.delete_object(Bucket=storage.bucket, Key=gone)
    assert night().exit_code == 4
    assert storage.files() == found


def test_two_nights_at_once_publish_one(practice: Path, night: Callable, storage: Storage) -> None:
    """The second machine begins while the first is at work, and ends after it."""

    def meanwhile(order: Order) -> Summary:
        summary = audit(order, without_gate)
        here = os.environ["ALTBENEFIT_CACHE"]
        night("two", as_of=order.as_of - timedelta(days=1))
        os.environ["ALTBENEFIT_CACHE"] = here
        return summary

    with pytest.raises(StoreLocked) as why:
        night("one", meanwhile)
    assert why.value.exit_code == 75
    other = storage.files()
    assert night("one").exit_code == 4, "all that arrived is taken in; its business date is published now"
    assert other.items() <= {**storage.files(), **{path: data for path, data in other.items() if path.startswith("partials/")}}.items()
    assert len({path.split("/")[2] for path in storage.files() if path.startswith("reports/history/")}) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from flows.night import audit
from flows.practice import order_for
from flows.remote import objects
from flows.remote.address import Address
from flows.remote.places import at_hand
from tests.flows.helpers import without_gate
from dataclasses import replace
left = [int(sys.argv[3])]
def dying(act):
    def acted(*args):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*args)
    return acted
for name in ("send", "write", "write_if_unchanged"):
    setattr(objects, name, dying(getattr(objects, name)))
practice, bucket = Path(sys.argv[1]), sys.argv[2]
with at_hand(Address(bucket, "in"), Address(bucket, "store")) as places:
    order = replace(order_for(practice, places.store), inbox=places.inbox)
    places.within(lambda: audit(order, without_gate))
print(left[0])
"""


def killed(practice: Path, storage: Storage, moment: int) -> subprocess.CompletedProcess:
    words = [sys.executable, "-c", KILLED, str(practice), storage.bucket, str(moment)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


def test_a_process_killed_between_uploads(practice: Path, night: Callable, storage: Storage) -> None:
    os.environ["ALTBENEFIT_CACHE"] = str(practice / "one")
    for moment in (1, 30):
        assert killed(practice, storage, moment).returncode == -signal.SIGKILL
        assert "store/reports/current.json" not in storage.etags()
    assert night("one").exit_code in (0, 4)  # its copy had it all
    found, expected = storage.files(), in_folder(practice)
    lasting = {path for path in found.keys() | expected.keys() if not path.startswith("partials/")}
    assert [path for path in lasting if found.get(path) != expected.get(path)] == []


def test_odd_keys_reach_the_inbox(practice: Path, night: Callable, storage: Storage) -> None:
    """A key that is a folder's as well, climbs, is longer than a file's name, or is a folder's mark: nothing is lost without a word."""
    first = sorted((practice / "inbox").iterdir())[0]
    data = first.read_bytes()
    for key in (
        "in/a.835",
        "in/a.835/b.835",
        "in/../../../tmp/altbenefit-escaped.835",
        f"in/{'long' * 60}.835",
        "in/mark/",
        "in//double.835",
    ):
        storage.put(key, b"" if key.endswith("/") else data.replace(b"~", b"~ ") if "double" in key else data)
    assert night().exit_code in (0, 3)
    assert not Path("/tmp/altbenefit-escaped.835").exists()
    copies = [path for path in (practice / "one").glob("inbox-*/inbox/**/*") if path.is_file()]
    assert len(copies) == len([key for key in storage.etags("in/") if not key.endswith("/")])
    assert all(path.stat().st_mode & 0o077 == 0 for path in copies)
