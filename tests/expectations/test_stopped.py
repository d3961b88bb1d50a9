"""A store damaged on disk: the gate names what is wrong, publishes nothing, and lets through again what is put right."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows import keyfile, parquet
from flows.errors import GateFailed
from flows.lake_tables import LAKE_TABLES
from flows.night import audit
from flows.order import Order
from flows.summary import Summary
from tests.flows.helpers import command, tree
from transforms.practice import make_practice

NEXT_DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small practice with its store, published."""
    root = tmp_path_factory.mktemp("practice")
    key = root / "key"
    key.write_bytes(b"k" * keyfile.KEY_BYTES)
    key.chmod(0o600)
    for name, data in make_practice(250, 5, 4).files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALTBENEFIT_KEY_FILE", str(key))
        audit(Order(root / "inbox", root / "store", date(2026, 6, 30), root / "config"))
    return root


@pytest.fixture
def practice(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to damage."""
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", str(published / "key"))
    shutil.copytree(published, tmp_path / "practice", symlinks=True)
    return tmp_path / "practice"


def damage(practice: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> tuple[Path, bytes]:
    """Rewrite the largest file of a lake table; returns it with its former bytes."""
    path = max((practice / "store/lake" / name).glob("*/*.parquet"), key=lambda one: (one.stat().st_size, one))
    before = path.read_bytes()
    parquet.write_table(change(pl.read_parquet(path)), LAKE_TABLES[name], path)
    return path, before


def night_after(practice: Path) -> Summary:
    """The audit of the next day."""
    return audit(Order(practice / "inbox", practice / "store", NEXT_DAY, practice / "config"))


def once_more(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows, rows.head(1)])


@pytest.mark.parametrize(
    ("table", "change", "law"),
    [
        pytest.param("claims", once_more, "lake_keys_once", id="claim twice"),
        pytest.param("payments", lambda rows: rows.with_columns(pl.col("payment_amount") + 1), "payments_balance", id="amount raised"),
        pytest.param("claims", lambda rows: rows.tail(-1), "payments_balance", id="claim lost", marks=pytest.mark.slow),
        pytest.param("service_lines", once_more, "lake_keys_once", id="line twice", marks=pytest.mark.slow),
        pytest.param("provider_adjustments", lambda rows: rows.head(0), "payments_balance", id="PLB lost", marks=pytest.mark.slow),
        pytest.param("files", lambda rows: rows.with_columns(pl.col("claim_loaded_count") + 1), "claims_conserved", id="account wrong",
                     marks=pytest.mark.slow),
        pytest.param("files", once_more, "lake_keys_once", id="file twice", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_a_damaged_lake_publishes_nothing(practice: Path, table: str, change: Callable[[pl.DataFrame], pl.DataFrame], law: str) -> None:
    before = tree(practice / "store/reports")
    damage(practice, table, change)
    with pytest.raises(GateFailed) as stopped:
        night_after(practice)
    told = "\n".join(stopped.value.lines())
    assert stopped.value.exit_code == 5
    assert 3 <= len(told.splitlines()) <= 5
    assert tree(practice / "store/reports") == before
    page = (practice / "store/validation/2026-07-01.html").read_text(encoding="utf-8")
    assert "Not published" in page
    assert law in page and law in told


@pytest.mark.slow
def test_what_is_put_right_is_published_and_its_page_of_failure_goes(practice: Path) -> None:
    path, before = damage(practice, "claims", lambda rows: rows.tail(-1))
    stopped = command(
        "audit", "--no-prefect", "--inbox", practice / "inbox", "--config", practice / "config", "--store", practice / "store",
        "--as-of", NEXT_DAY,
    )  # fmt: skip
    assert (stopped.returncode, stopped.stdout) == (5, ""), stopped.stderr
    assert "Traceback" not in stopped.stderr and len(stopped.stderr.splitlines()) <= 5
    assert "payments_balance" in stopped.stderr
    path.write_bytes(before)
    assert night_after(practice).exit_code == 4, "nothing new arrived, but the day is published"
    assert list((practice / "store/validation").iterdir()) == []
    current = practice / "store/reports/current"
    assert current.resolve().parent.name == "2026-07-01"
    assert "Not published" not in (current / "validation.html").read_text(encoding="utf-8")
