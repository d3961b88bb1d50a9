"""A ledger or an 837 of the practice names the code billed where the payer leaves SVC06 out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.errors import BadUsage
from flows.night import audit
from flows.order import Order
from tests.flows.helpers import without_gate
from tests.spec.drawn import interchange
from tests.spec.practice_fixture import FIXTURE_FEES

SILENT = interchange(
    ("CLP*A1*1*180*120*40*12*N1", "SVC*AD:D2150*180*120**1", "DTM*472*20250310", "CAS*CO*45*20", "CAS*PR*45*40", "REF*6R*P1002")
)
BILLED_837 = (
    "ISA*00*          *00*          *ZZ*EXPRACTICE     *ZZ*EXPAYER        *250311*0900*^*00501*000000001*0*T*:~"
    "GS*HC*EXPRACTICE*EXPAYER*20250311*0900*1*X*005010X224A2~ST*837*0001*005010X224A2~"
    "CLM*A1*180***11:B:1*Y*A*Y*Y~DTP*472*D8*20250310~LX*1~SV3*AD:D2392*180~REF*6R*p1002~SE*6*0001~GE*1*1~IEA*1*000000001~"
)
BILLED_CSV = "line_control_number,patient_control_number,service_date,procedure_code,charge_amount\nP1002,A1,2025-03-10,D2392,180.00\n"


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "week.835").write_bytes(SILENT)
    config = tmp_path / "config"
    (config / "fee_schedules").mkdir(parents=True)
    payer = '- {payer_id: example, name: Example Dental Plan, identifiers: {payer_id: ["EX001"]}}\n'
    (config / "payers.yaml").write_text(payer)
    fees = "".join(f"example,{code},{fee},2020-01-01,,contracted\n" for code, (_, fee) in FIXTURE_FEES.items())
    (config / "fee_schedules" / "example.csv").write_text("payer_id,procedure_code,fee,effective_from,effective_until,kind\n" + fees)
    return Order(tmp_path / "inbox", tmp_path / "store", date(2025, 12, 31), config)


def findings(order: Order) -> list[tuple[str, str, str]]:
    published = pl.read_parquet(order.store / "reports/current/findings.parquet")
    return published.select("submitted_code", "submitted_code_source", "verdict").rows()


@pytest.mark.parametrize("ledger", [BILLED_837, BILLED_CSV], ids=["837", "csv"])
def test_the_ledger_names_the_code(order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger: str) -> None:
    """Upper-cased by a clearinghouse or not, the line number joins; the marts follow although nothing new arrived."""
    audit(order, step=without_gate)
    assert findings(order) == []
    (tmp_path / "ledger.txt").write_text(ledger)
    monkeypatch.setenv("ALTBENEFIT_LEDGER", str(tmp_path / "ledger.txt"))
    audit(order, step=without_gate)
    assert findings(order) == [("D2392", "ledger", "downgraded")]


def test_a_ledger_that_cannot_be_read_names_row_and_column(order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit(order, step=without_gate)
    (tmp_path / "ledger.csv").write_text(BILLED_CSV + "P1003,A2,someday,D2392,180.00\n")
    monkeypatch.setenv("ALTBENEFIT_LEDGER", str(tmp_path / "ledger.csv"))
    with pytest.raises(BadUsage, match=r"row 3: the service date is no date"):
        audit(order, step=without_gate)


def test_a_ledger_that_is_not_there_is_bad_usage(order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit(order, step=without_gate)
    monkeypatch.setenv("ALTBENEFIT_LEDGER", str(tmp_path / "nowhere"))
    with pytest.raises(BadUsage, match="does not exist"):
        audit(order, step=without_gate)
