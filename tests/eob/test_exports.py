"""Exports as files: encodings, workbooks, what is missing, what is wrong, what must never be told."""

from __future__ import annotations

import io
import zipfile

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.exports import read_export, shipped_rules
from flows.sniff import kind_of
from tests.eob.golden import FOLDER, table
from transforms.balance import unbalanced
from transforms.tables.remittances import Blob, Remittances

PORTAL = (FOLDER / "portal/export.csv").read_bytes()
HEADER = (
    "Claim Number,Payer,Check/EFT No.,Check Date,Patient,Date of Service,Submitted Procedure,Submitted,Deductible,"
    "Network Savings,Patient Pays,Plan Pays"
)
ROW = "C1,Sample,E1,03/20/2025,SECRETNAME,03/10/2025,D2392,250.00,0.00,50.00,104.00,96.00"


def read(data: bytes, name: str = "a.csv") -> Remittances:
    return read_export(Blob("ab" * 32, name, data), shipped_rules())


def lines_of(*rows: str, header: str = HEADER) -> Remittances:
    return read("\n".join([header, *rows, ""]).encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_encoding_and_newline(encoding: str, newline: str) -> None:
    text = PORTAL.decode().replace("Doe, Jane", "Do\u00e9, Jane")
    expected = read(text.encode())
    data = text.replace("\n", newline).encode(encoding)
    assert kind_of(data) == "csv"
    assert table(read(data)) == table(expected)
    assert read(data).claims["patient_last_name"][0] == "Do\u00e9"


def workbook(rows: list[list], top: int = 0) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("Notes").write(0, 0, "nothing here")
    sheet = book.add_worksheet("EOB")
    for place, row in enumerate(rows):
        sheet.write_row(top + place, 0, row)
    book.close()
    return out.getvalue()


def test_a_workbook_reads_as_its_csv_does() -> None:
    cells: list[list] = [list(cell.split(",")) for cell in (HEADER, ROW)]
    cells[1] = [*cells[1][:5], 45726, 2392, 250, 0, 50, 0.1 + 103.9, 96]
    found = read(workbook(cells, top=3), "a.xlsx")
    told = found.service_lines.drop("line_id", "claim_id", "file_id", "source_file", "line_segment")
    expected = lines_of(ROW).service_lines.drop("line_id", "claim_id", "file_id", "source_file", "line_segment")
    assert told.equals(expected) and found.service_lines["line_segment"].to_list() == [5]
    assert kind_of(workbook(cells)) == "xlsx"


@pytest.mark.parametrize("spoil", ["entity", "bomb", "cut"])
def test_a_hostile_workbook_is_refused(spoil: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([[1]]))) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as spoilt:
        for part in book.infolist():
            data = book.read(part)
            if part.filename.endswith("sheet1.xml"):
                data = b'<!DOCTYPE s [<!ENTITY a "x">]>' + data if spoil == "entity" else data + b" " * 50_000_000 * (spoil == "bomb")
                data = data[:80] if spoil == "cut" else data
            spoilt.writestr(part.filename, data)
    found = read(out.getvalue(), "a.xlsx")
    assert found.faults["scope"].to_list() == ["file"] and found.service_lines.is_empty()


def test_a_file_without_a_layout_names_the_command() -> None:
    fault = read(b"a,b,c\n1,2,3\n").faults.row(0, named=True)
    assert fault["reason_code"] == "no_layout" and "altbenefit layouts infer a.csv" in fault["next_step"]


def test_a_missing_column_prints_both_lists() -> None:
    fault = lines_of(header=HEADER.replace("Check Date", "Cheque Day")).faults.row(0, named=True)
    assert fault["reason_code"] == "missing_columns"
    assert "check_date (Check Date, Payment Date, Paid Date)" in fault["reason"] and "Cheque Day" in fault["reason"]


def test_an_unknown_column_is_a_warning() -> None:
    found = lines_of(ROW + ",x", header=HEADER + ",Colour")
    assert found.warnings["reason_code"].to_list() == ["unknown_column"] and found.service_lines.height == 1


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("96.00", "SECRET", "paid_not_an_amount", "Plan Pays"),
        ("96.00", "", "paid_missing", "Plan Pays"),
        ("03/10/2025", "SECRET", "service_date_not_a_date", "Date of Service"),
        ("D2392", "", "submitted_code_missing", "Submitted Procedure"),
        ("104.00", "103.00", "row_unbalanced", "Submitted"),
        ("50.00,104.00", "1,050.00,104.00", "too_many_cells", "is_wide"),
        ("0.00,50.00", "200.00,50.00", "patient_below_share", "Patient Pays"),
    ],
)
def test_a_bad_row_is_set_aside_by_row_and_column_and_never_by_value(old: str, new: str, code: str, column: str) -> None:
    good = ROW.replace("C1", "C2")
    found = lines_of(good, ROW.replace(old, new), ROW.replace("D2392", "D0120"))
    [fault] = found.faults.rows(named=True)
    assert (fault["reason_code"], fault["segment"], fault["segment_tag"]) == (code, 3, column)
    assert fault["claim_count"] == 1 and found.claims["payer_claim_control_number"].to_list() == ["C2"]
    assert not any("SECRET" in str(value) for value in fault.values())


def test_a_long_file_keeps_every_line_and_its_money() -> None:
    count = 5_000
    found = lines_of(*(ROW.replace("C1", f"C{number}") for number in range(count)))
    assert found.claims.height == found.service_lines.height == count and unbalanced(found).is_empty()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 50_000)] * 4, st.sampled_from(["A", "B"])), min_size=1, max_size=12))
def test_what_is_read_always_balances(rows: list[tuple[int, int, int, int, str]]) -> None:
    """charge = paid + patient + write-off is all a row needs; each line then balances, and every amount is one of the row's."""
    cells = [
        f"{claim},Sample,E1,03/20/2025,N,03/10/2025,D2392,{sum(parts) / 100:.2f},{parts[3] / 100:.2f},{parts[0] / 100:.2f},"
        f"{(parts[1] + parts[3]) / 100:.2f},{parts[2] / 100:.2f}"
        for *parts, claim in rows
    ]
    found = lines_of(*cells)
    assert found.faults.is_empty() and unbalanced(found).is_empty() and found.service_lines.height == len(rows)
    groups = dict(found.adjustments.group_by("group_code").agg(pl.col("amount").sum()).iter_rows())
    assert groups.get("CO", 0) * 100 == sum(row[0] for row in rows)
    assert groups.get("PR", 0) * 100 == sum(row[1] + row[3] for row in rows)
