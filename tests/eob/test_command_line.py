"""Bad exports by the command line: what is said, with row and column and never a value; and layouts of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.eob.forms import zipped
from tests.eob.test_exports import HEADER, ROW, workbook
from tests.flows.helpers import command, put

SAID = "SECRETVALUE"
OWN = {
    "header": ["Honorar", "Erstattet"],
    "columns": {
        "submitted_code": ["Leistung"], "charge": ["Honorar"], "paid": ["Erstattet"], "patient": ["Anteil"], "service_date": ["Tag"],
        "check_date": ["Bezahlt"], "check_number": ["Beleg"],
    },
    "date_order": "dmy",
}  # fmt: skip
OWN_FILE = "Leistung;Honorar;Erstattet;Anteil;Tag;Bezahlt;Beleg;Farbe\nD2392;250.00;200.00;50.00;10/03/2025;20/03/2025;E1;x\n"


def rows_of(*changes: tuple[str, str]) -> list[list]:
    """The header and a row for each change, as cells."""
    return [HEADER.split(","), *(ROW.replace("SECRETNAME", SAID).replace(old, new).split(",") for old, new in changes)]


@pytest.fixture
def own_config(tmp_path: Path) -> Path:
    put(tmp_path / "config/eob_layouts", "own.yaml", yaml.safe_dump(OWN).encode())
    return tmp_path / "config"


@pytest.fixture(scope="module")
def bad_inbox(tmp_path_factory) -> Path:
    inbox = tmp_path_factory.mktemp("bad")
    good = ROW.replace("SECRETNAME", SAID)
    total = ",,,,,Total,,500.00,,,,192.00"
    wrong = ",,,,,Total,,900.00,,,,192.00"
    put(inbox, "colour.csv", "\n".join([HEADER + ",Colour", good + ",x"]).encode())
    put(inbox, "missing.csv", "\n".join([HEADER.replace("Check Date", "Cheque Day"), good.replace("C1", "C7")]).encode())
    put(inbox, "misnamed.csv", "\n".join([HEADER.replace("Plan Pays", "Plan Puys"), good.replace("C1", "C8")]).encode())
    put(inbox, "totals.csv", "\n".join([HEADER, good, good.replace("C1", "C3"), total, good.replace("C1", "C4"), wrong]).encode())
    book = workbook(rows_of(("C1", "C5"), ("96.00", f"{SAID}9"), ("C1", "C6")))
    put(inbox, "nested.zip", zipped({"a/book.xlsx": book, "b.csv": "\n".join([HEADER, good.replace("D2392", "")]).encode()}))
    return inbox


def test_parse_says_every_fault_and_warning(bad_inbox: Path, tmp_path: Path) -> None:
    done = command("parse", bad_inbox, "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    said = done.stderr.replace("\n", " | ")
    assert "columns that layout portal does not know: Colour" in said
    assert "required columns are missing: check_date (Check Date, Payment Date, Paid Date). The file has: Claim Number" in said
    assert "the nearest is portal, which is known by these columns as well: Plan Pays. The file has: Claim Number" in said
    assert "Cheque Day" in said and "Plan Puys" in said
    assert "nested.zip!inner.zip!a/book.xlsx, 3: the cell in column Plan Pays is not an amount" in said
    assert "nested.zip!inner.zip!b.csv, 2: the cell in column Submitted Procedure is empty" in said
    assert "totals.csv, 6: rows that state totals do not agree with the lines that they sum" in said
    assert SAID not in done.stdout + done.stderr
    read = {name: pl.read_parquet(tmp_path / f"out/{name}.parquet") for name in ("service_lines", "quarantine", "warnings")}
    assert read["service_lines"].height == 1 + 3 + 2 and read["quarantine"].height == 4
    assert set(read["warnings"].select("reason_code", "occurrence_count").rows()) == {("unknown_column", 1), ("totals_differ", 1)}
    assert not any(SAID in str(row) for name in ("quarantine", "warnings") for row in read[name].rows())


@pytest.mark.slow
def test_audit_sets_the_same_aside(bad_inbox: Path, tmp_path: Path) -> None:
    done = command("audit", "--inbox", bad_inbox, "--store", tmp_path / "store", "--as-of", "2025-03-31", "--no-prefect")
    assert done.returncode == 3 and SAID not in done.stdout + done.stderr
    assert "1 warnings (altbenefit parse says which)" in done.stdout + done.stderr
    listed = command("quarantine", "list", "--store", tmp_path / "store", "--json")
    rows = {(row["reason_code"], row["segment"], row["segment_tag"]) for row in json.loads(listed.stdout)}
    assert rows == {
        ("missing_columns", None, None), ("no_layout", None, None), ("paid_not_an_amount", 3, "Plan Pays"),
        ("submitted_code_missing", 2, "Submitted Procedure"),
    }  # fmt: skip
    assert SAID not in listed.stdout


def test_parse_reads_with_a_layout_of_ones_own(own_config: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "inbox", "own.csv", OWN_FILE.encode())
    assert "no layout" in command("parse", path, "--out", tmp_path / "without").stderr
    done = command("parse", path, "--out", tmp_path / "with", "--config", own_config)
    lines = pl.read_parquet(tmp_path / "with/service_lines.parquet")
    assert done.returncode == 0 and lines["submitted_code"].to_list() == ["D2392"]
    bad = put(tmp_path / "bad/eob_layouts", "x.yaml", b"a: 1").parents[1]
    wrong = command("parse", path, "--out", tmp_path / "wrong", "--config", bad)
    assert wrong.returncode == 2 and "eob_layouts/x.yaml" in wrong.stderr


@pytest.mark.slow
def test_a_release_reads_with_the_audits_layouts(own_config: Path, tmp_path: Path) -> None:
    """A strict run sets the payment aside for the column that the layout does not know."""
    put(tmp_path / "inbox", "own.csv", OWN_FILE.encode())
    where = ("--store", tmp_path / "store", "--config", own_config)
    night = command("audit", "--inbox", tmp_path / "inbox", *where, "--as-of", "2025-03-31", "--no-prefect", "--strict")
    assert night.returncode == 3, night.stderr
    [item] = json.loads(command("quarantine", "list", "--store", tmp_path / "store", "--json").stdout)
    done = command("quarantine", "release", item["quarantine_id"], *where)
    assert done.returncode == 0 and "1 claims came in" in done.stdout, done.stderr
