"""The same events by 835, by export and by both: the rankings agree to the cent, whatever came first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.night import audit
from flows.order import Order
from tests.eob.golden import FOLDER
from tests.flows.helpers import an_835, put, without_gate

NAMES = {"1": ("DOE", "JANE"), "2": ("ROE", "RICK"), "3": ("POE", "ANN")}
HEADER = (
    "Payer,Payer ID,Check Number,Check Date,Check Amount,Claim Number,Patient Account,Patient Last Name,Patient First Name,Member ID,"
    "Service Date,Procedure,Adjudicated Procedure,Charge,Paid,Adjustment Group,Adjustment Reason,Adjustment Amount\n"
)
# Claim, code billed, code paid, charge, paid, adjustments: a filling and a crown paid as less, two equal fillings, and an exam.
LINES = [
    ("1", "D2392", "D2150", 250, 96, ("CO", "45", 50), ("PR", "2", 24), ("PR", "169", 80)),
    ("2", "D2740", "D2791", 1000, 300, ("CO", "45", 200), ("PR", "2", 300), ("PR", "169", 200)),
    ("3", "D2391", "D2140", 150, 60, ("CO", "45", 30), ("PR", "2", 15), ("PR", "169", 45)),
    ("3", "D2391", "D2140", 150, 60, ("CO", "45", 30), ("PR", "2", 15), ("PR", "169", 45)),
    ("3", "D0120", "D0120", 60, 60),
]


def as_835() -> bytes:
    claims = ""
    for number, (last, first) in NAMES.items():
        mine = [line for line in LINES if line[0] == number]
        claims += f"CLP*A{number}*1*{sum(line[3] for line in mine)}*{sum(line[4] for line in mine)}**12*C{number}~"
        claims += f"NM1*QC*1*{last}*{first}****MI*M{number}~"
        for _, billed, priced, charge, paid, *adjustments in mine:
            swap = f"**1*AD:{billed}" if billed != priced else ""
            claims += f"SVC*AD:{priced}*{charge}*{paid}{swap}~DTM*472*20260301~"
            claims += "".join(f"CAS*{group}*{reason}*{amount}~" for group, reason, amount in adjustments)
    return an_835(claims, amount=str(sum(line[4] for line in LINES)))


def as_export() -> bytes:
    rows = []
    for number, billed, priced, charge, paid, *adjustments in LINES:
        last, first = NAMES[number]
        head = f"Sample Dental,S1,X77,3/12/26,{sum(line[4] for line in LINES)}.00,C{number},A{number},"
        head += f"{last.title()},{first.title()},M{number},"
        head += f"03/01/2026,{billed},{priced},${charge}.00,{paid}.00,"
        rows += [head + f"{group},{reason},{amount}.00" for group, reason, amount in adjustments or [("", "", "")]]
    # Two equal fillings in one claim need a line between them to stay two.
    exam = rows.pop()
    rows.insert(-3, exam)
    return (HEADER + "\n".join(rows) + "\n").encode("cp1252")


def audited(folder: Path, *files: tuple[str, bytes]) -> dict[str, pl.DataFrame]:
    """The marts after a night for each file, in the order given."""
    for name, data in files:
        put(folder / "inbox", name, data)
        audit(Order(folder / "inbox", folder / "store", date(2026, 3, 31), None), step=without_gate)
    return {path.stem: pl.read_parquet(path) for path in (folder / "store/reports/current").glob("*.parquet")}


def ranking(marts: dict[str, pl.DataFrame]) -> list[tuple]:
    shown = ("payer_id", "submitted_code", "paid_code", "line_count", "claim_count", "surprise_balance", "median_alternate_fee")
    return marts["payer_code_ranking"].select(shown).rows()


@pytest.fixture(scope="module")
def by_835(tmp_path_factory) -> dict[str, pl.DataFrame]:
    return audited(tmp_path_factory.mktemp("x12"), ("a.835", as_835()))


def test_an_export_alone_ranks_as_the_835_does(tmp_path, by_835) -> None:
    marts = audited(tmp_path, ("a.csv", as_export()))
    assert marts["quarantine"].is_empty()
    assert ranking(marts) == ranking(by_835) != []
    assert marts["same_event"].is_empty()


@pytest.mark.parametrize("first", ["835", "csv"])
def test_both_channels_count_once_and_the_835_stands(tmp_path, by_835, first) -> None:
    files = [("a.835", as_835()), ("a.csv", as_export())]
    marts = audited(tmp_path, *(files if first == "835" else files[::-1]))
    assert ranking(marts) == ranking(by_835)
    assert marts["findings"]["source_file"].unique().to_list() == ["a.835"]
    pairs = marts["same_event"].select("source_file", "counterpart_source_file").unique().rows()
    assert pairs == [("a.csv", "a.835")] and marts["same_event"].height == len(LINES)
    assert marts["payment_totals"]["payment_amount"].sum() == sum(line[4] for line in LINES)


def test_one_patient_amount_for_two_reasons_leaves_the_allowed_amount_unknown(tmp_path: Path) -> None:
    """Dentrix has coinsurance and downgrade in one column: a fee or share worked out of it would be invented."""
    put(tmp_path / "in", "batch.csv", (FOLDER / "dentrix_batch/export.csv").read_bytes())
    put(tmp_path / "in", "procedures.csv", (FOLDER / "open_dental_procedures/export.csv").read_bytes())  # with a deductible beside it
    audit(Order(tmp_path / "in", tmp_path / "store", date(2026, 3, 1)), without_gate)
    findings = pl.read_parquet(tmp_path / "store/reports/current/findings.parquet")
    unsplit = findings.filter((pl.col("source_file") == "batch.csv") | (pl.col("submitted_code") == "D2740"))
    assert unsplit.height >= 2 and 104 in unsplit["patient_responsibility_amount"]
    for name in ("alternate_fee", "coverage_pct", "alternate_coverage_pct"):
        assert unsplit[name].null_count() == unsplit.height, name
    assert not unsplit["is_deductible_censored"].any()
