"""What is refused before any cluster is asked, and what is handed over through the store."""

from __future__ import annotations

from asyncio import CancelledError
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from flows.commands.audit import run
from flows.errors import BAD_USAGE, UNEXPECTED, BadUsage, Failure
from flows.fan_out import connect
from flows.fan_out.answer import HERE, answered, require
from flows.fan_out.bundle import Bundle, pack, unpack
from flows.fan_out.crew import lost
from flows.fan_out.likeness import difference, likeness
from flows.order import Order

FRAME = pl.DataFrame(
    {"amount": [Decimal("1.10"), None], "codes": [["N2"], []], "day": [date(2026, 1, 2), None], "none": [None, None]},
    schema={"amount": pl.Decimal(12, 2), "codes": pl.List(pl.String), "day": pl.Date, "none": pl.String},
)


@pytest.mark.parametrize("address", ["tcp://scheduler:8786", "tls://10.0.0.5:8786", "tcp://[::1]:8786"])
def test_addresses_that_are_taken(address: str) -> None:
    connect.require_usable(address, with_prefect=True)


@pytest.mark.parametrize("address", ["", "scheduler:8786", "http://scheduler:8786", "tcp://scheduler", "tcp://user@scheduler:8786"])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(BadUsage, match="no address"):
        connect.require_usable(address, with_prefect=False)


def test_without_the_extra_the_command_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says so before it touches the store."""
    monkeypatch.setattr(connect, "find_spec", lambda name: None)
    order = Order(tmp_path, tmp_path / "store", date(2026, 1, 31), dask="tcp://127.0.0.1:1")
    with pytest.raises(BadUsage, match="distributed") as why:
        run(order, no_prefect=True, quiet=True)
    assert ".[dask]" in why.value.next_step
    assert not order.store.exists()


def test_a_bundle_gives_back_frames_and_bytes_as_they_were(tmp_path: Path) -> None:
    """Types of columns without a value too; and nobody but the account may look."""
    made = pack(tmp_path, {"claims": FRAME}, {"keep/quarantine/bytes/a.gz": b"\x00\xff", "here": b""})
    frames, pieces = unpack(tmp_path, made)
    assert frames["claims"].equals(FRAME) and frames["claims"].schema == FRAME.schema
    assert pieces == {"keep/quarantine/bytes/a.gz": b"\x00\xff", "here": b""}
    folder = tmp_path / made.folder
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.iterdir()]} == {0}


def test_a_bundle_that_is_not_what_was_written_is_not_taken(tmp_path: Path) -> None:
    made = pack(tmp_path, {"claims": FRAME}, {})
    path = tmp_path / made.folder / made.files[0][0]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Failure, match="does not hold what the worker wrote"):
        unpack(tmp_path, made)


def test_whatever_goes_wrong_on_a_worker_comes_back_without_its_words(tmp_path: Path) -> None:
    """Dask would keep the text of an error, which may quote a row."""

    def spoilt() -> Bundle:
        raise ValueError("DOE, JANE")

    (tmp_path / HERE).touch()
    answer = answered(likeness(), tmp_path, "read a chunk", spoilt)
    assert "DOE" not in repr(answer)
    with pytest.raises(Failure, match=r"unexpected error \(ValueError\) in the step: read a chunk \(worker on "):
        require(answer)


def test_a_fault_of_the_share_keeps_its_number_so_that_it_is_waited_for(tmp_path: Path) -> None:
    def away() -> Bundle:
        raise OSError(116, "Stale file handle", "/data/inbox/a.835")

    (tmp_path / HERE).touch()
    with pytest.raises(Failure) as why:
        require(answered(likeness(), tmp_path, "read a chunk", away))
    assert getattr(why.value, "errno", None) == 116


def test_a_worker_that_sees_another_store_or_has_other_code_is_bad_usage(tmp_path: Path) -> None:
    for needed, cause in ((likeness(), "does not see"), (likeness() | {"polars": "0.1"}, "other versions: polars")):
        with pytest.raises(BadUsage, match=cause):
            require(answered(needed, tmp_path, "read a chunk", Bundle))


def test_likeness_names_code_and_libraries() -> None:
    assert {"altbenefit", "python", "polars", "pyarrow", "distributed"} <= likeness().keys()
    assert difference(likeness()) == ""
    assert difference({"polars": "1"}, {}) == "polars missing instead of 1"


def test_errors_of_dask_are_told_by_kind_alone() -> None:
    """Their text quotes what was asked of a worker."""
    told = {lost(why).lines()[0]: lost(why).exit_code for why in (ModuleNotFoundError("DOE"), CancelledError("DOE"), OSError("DOE"))}
    assert list(told.values()) == [BAD_USAGE, UNEXPECTED, UNEXPECTED]
    assert not [line for line in told if "DOE" in line]
