"""`layouts infer` drafts what the audit then reads; mistakes in a layout are named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from config.errors import ConfigError
from config.layouts import read_layout, read_layouts
from flows.layouts import masked, propose, write
from flows.night import audit
from flows.order import Order
from tests.flows.helpers import command, put, without_gate

UNKNOWN = """Report of our office

Ins Carrier,Chk Date,Check #,Member Name,DOS,ADA Code,UCR,Billed Fee,Amount Paid,Pt Responsibility,Contractual Adj,Ded,Colour
ACME,03/20/2025,E1,"Doe, Jane",03/10/2025,D2392,300.00,250.00,96.00,104.00,50.00,0.00,7
ACME,03/20/2025,E1,"Roe, Rick",03/11/2025,D2740,"1,200.00","1,000.00",325.00,375.00,300.00,50.00,8
"""


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    return put(tmp_path / "inbox", "unknown.csv", UNKNOWN.encode())


def test_the_identity_picks_between_candidates(unknown: Path) -> None:
    """UCR is the better name of a charge, but only Billed Fee adds up."""
    proposal = propose(unknown)
    assert proposal.draft.adds_up_pct == 100 and proposal.missing == ()
    named = {field: proposal.draft.columns[field] for field in ("charge", "paid", "patient", "writeoff", "deductible")}
    assert list(named.values()) == ["Billed Fee", "Amount Paid", "Pt Responsibility", "Contractual Adj", "Ded"]
    assert proposal.draft.columns["check_date"] == "Chk Date" and proposal.draft.unused == ("UCR", "Colour")


def test_a_draft_is_shown_masked_and_audited_once_it_is_in_place(unknown: Path, tmp_path: Path) -> None:
    own = tmp_path / "config/eob_layouts/own.yaml"
    shown = command("layouts", "infer", unknown, "--out", own)
    assert shown.returncode == 0 and "9,999.99" in shown.stdout
    assert not any(word in shown.stdout + shown.stderr for word in ("Jane", "Doe", "250.00", "D2392"))
    order = Order(tmp_path / "inbox", tmp_path / "store", date(2025, 3, 31), None)
    assert audit(order, step=without_gate).exit_code == 3
    again = Order(tmp_path / "inbox", tmp_path / "store", date(2025, 3, 31), tmp_path / "config", reprocess=(unknown,))
    audit(again, step=without_gate)
    files = pl.read_parquet(tmp_path / "store/reports/current/files.parquet")
    assert files.select("status", "line_count").rows() == [("loaded", 2)]


def test_a_draft_overwrites_nothing(unknown: Path, tmp_path: Path) -> None:
    taken = tmp_path / "a.yaml"
    taken.write_text("mine")
    with pytest.raises(Exception, match="exists"):
        write(propose(unknown), taken)


def test_masked() -> None:
    assert masked("Do\u00e9, J. 12.50") == "xxx, x. 99.99"


GOOD = {"header": ["Fee", "Paid"], "columns": {"charge": ["Fee"], "paid": ["Paid"]}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": {"fees": ["Fee"]}}, "columns.fees: unknown key"),
        ({"header": None}, "header: the key is missing"),
        ({"rows": 1}, "rows: unknown key"),
        ({"per": "claim"}, "per: 'claim' is not one of the values allowed"),
        (
            {"row_kinds": [{"kind": "subtotal", "column": "Fee", "matches": "(?<=x)total"}]},
            "row_kinds[0].matches: this is no regular expression that can be used here",
        ),
        ({"title": {"check_number": "No ("}}, "title.check_number: this is no regular expression"),
        ({"title": {"check_number": "No"}}, "title.check_number: the pattern has no group"),
        ({"columns": {"charge": ["Fee"], "paid": ["Paid"], "not_covered": ["NC"]}}, "not_covered_group: the key is missing"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, change: dict, told: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(GOOD | change))
    with pytest.raises(ConfigError) as why:
        read_layout("eob_layouts/a.yaml", path)
    assert f"eob_layouts/a.yaml, {told}" in str(why.value)


def test_two_layouts_of_one_header_are_refused(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(GOOD))
    with pytest.raises(ConfigError, match=r"the same header as a\.yaml"):
        read_layouts({f"eob_layouts/{name}.yaml": tmp_path / f"{name}.yaml" for name in "ab"})
