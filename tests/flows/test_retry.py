"""What was set aside comes in by itself once the configuration can read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.night import audit
from flows.order import Order
from tests.flows.helpers import an_835, tree, without_gate

# A portal nobody has met: every column has another name.
STRANGE = """Mandant,Beleg,Zahltag,Fall,Tag,Getan,Bezahlt als,Rechnung,Erlaubt,Patient schuldet,Abschlag,Kasse zahlt
SAMPLE DENTAL,77,2026-03-10,F1,2026-03-01,D2392,D2150,275.00,120.00,80.00,75.00,120.00
"""
LAYOUT = """
source: a test
header: [Fall, Getan, Kasse zahlt]
columns:
  payer_name: [Mandant]
  check_number: [Beleg]
  check_date: [Zahltag]
  claim_number: [Fall]
  service_date: [Tag]
  submitted_code: [Getan]
  paid_code: [Bezahlt als]
  charge: [Rechnung]
  allowed: [Erlaubt]
  patient: [Patient schuldet]
  writeoff: [Abschlag]
  paid: [Kasse zahlt]
"""
UNBALANCED = "CLP*A*1*100*80*10*12*N1~SVC*AD:D1110*100*80~CAS*PR*2*10~"


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "config" / "eob_layouts").mkdir(parents=True)
    return Order(tmp_path / "inbox", tmp_path / "store", date(2026, 6, 30), tmp_path / "config")


def statuses(order: Order) -> list[str]:
    return pl.read_parquet(order.store / "reports/current/quarantine.parquet")["status"].to_list()


@pytest.mark.parametrize("is_gone", [False, True], ids=["still in the inbox", "only its kept bytes are left"])
def test_a_new_layout_brings_the_file_in(order: Order, is_gone: bool) -> None:
    export = order.inbox / "strange.csv"
    export.write_text(STRANGE)
    assert audit(order, step=without_gate).exit_code == 3
    assert statuses(order) == ["open"]
    if is_gone:
        export.unlink()
    assert order.config is not None
    (order.config / "eob_layouts" / "strange.yaml").write_text(LAYOUT)
    summary = audit(order, step=without_gate)
    assert (summary.exit_code, summary.claims["loaded"]) == (0, 1)
    assert statuses(order) == ["released"]
    files = pl.read_parquet(order.store / "reports/current/files.parquet")
    assert files.select("source_file", "status").rows() == [("strange.csv", "loaded")]


def test_what_is_still_bad_stays_as_it_was(order: Order) -> None:
    """Another configuration that reads no better: same items, same dates, nothing new arrived."""
    (order.inbox / "bad.835").write_bytes(an_835(UNBALANCED))
    assert audit(order, step=without_gate).exit_code == 3
    before = tree(order.store / "lake") | tree(order.store / "quarantine")
    assert order.config is not None
    (order.config / "eob_layouts" / "strange.yaml").write_text(LAYOUT)
    assert audit(order, step=without_gate).exit_code == 4
    assert tree(order.store / "lake") | tree(order.store / "quarantine") == before
