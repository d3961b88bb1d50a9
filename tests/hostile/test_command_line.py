"""Hostile files of every format by the command line, gate, pages and all: nothing crashes, is lost, or runs in what comes out."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tests.eob.fhir_drawn import eob, item, written
from tests.flows.helpers import an_835, command, put
from tests.hostile.inbox import GOOD
from tests.hostile.test_content import EBCDIC
from tests.hostile.test_store_trouble import zipped
from tests.privacy.house import House
from tests.privacy.spoilt import PORTAL, row, workbook

MARKUP = '=HYPERLINK("http://x","<script>alert(1)</script>")\x1b[2J'
DEEP = b'{"resourceType":"ExplanationOfBenefit","item":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BENEFIT = written(eob(item("D2392", submitted="200", benefit="96", noncovered="104", carcs="45")))


def changed(book: bytes, part: str, change) -> bytes:
    """A workbook with one part of it changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


BOOK = workbook(row("80.00"))
HOSTILE = {
    "entities.xlsx": changed(BOOK, "xl/sharedStrings.xml", lambda data: data.replace(b"?>", b"?>" + ENTITIES, 1)),
    "bomb.xlsx": changed(BOOK, "xl/worksheets/sheet1.xml", lambda data: data + b" " * 60_000_000),
    "sheet.xlsx": zipped({"[Content_Types].xml": b"<x/>"}),
    "deep.json": DEEP,
    "deep.ndjson": BENEFIT.replace(b"\n", b" ") + b"\n" + DEEP,
    "bomb.gz": gzip.compress(bytes(120_000_000)),
    "up.zip": zipped({"../../../escaped.835": GOOD.replace(b"GOOD", b"UP01")}),
    "nul.csv": PORTAL + row("80.00").replace(b"D2392", b"D23\0\0"),
    "nul.835": GOOD.replace(b"GOOD", b"G\0\0D"),
    "wide.835": GOOD.decode().encode("utf-16"),
    "wide.json": BENEFIT.decode().encode("utf-16"),
    "ebcdic.835": EBCDIC,
    "ebcdic.csv": (PORTAL + row("80.00")).decode().encode("cp037"),
    "letter.835": b"%PDF-1.7\n" + bytes(range(256)) * 40,
    "line.csv": PORTAL + b'"' + b"x," * 2_000_000,
}


@pytest.mark.slow
def test_every_hostile_file_is_accounted_for_by_the_command(tmp_path):
    for name, data in HOSTILE.items():
        put(tmp_path / "in", name, data)
    put(tmp_path / "in", "good.835", GOOD)
    done = command("audit", "--inbox", tmp_path / "in", "--store", tmp_path / "store", "--as-of", "2026-06-30", "--no-prefect")
    assert done.returncode == 3 and "Traceback" not in done.stderr and "panicked" not in done.stderr, done.stderr
    files = pl.read_parquet(tmp_path / "store/reports/current/files.parquet").with_columns(
        top=pl.col("source_file").str.split("!").list.first()
    )
    assert set(files["top"]) == {*HOSTILE, "good.835"}
    plain = files.filter(pl.col("source_file") == pl.col("top"))
    sizes = {name: len(data) for name, data in (HOSTILE | {"good.835": GOOD}).items()}
    assert dict(plain.select("source_file", "bytes").iter_rows()).items() <= sizes.items()
    assert files.filter(pl.col("claim_count") != pl.sum_horizontal(r"^claim_(loaded|duplicate|quarantined)_count$")).is_empty()
    assert dict(files.select("source_file", "status").iter_rows()).items() >= {"good.835": "loaded", "up.zip!escaped.835": "loaded"}.items()
    refused = set(files.filter(pl.col("status") == "quarantined")["top"])
    assert refused >= {"entities.xlsx", "bomb.xlsx", "sheet.xlsx", "deep.json", "bomb.gz", "ebcdic.835", "ebcdic.csv", "letter.835"}
    assert "root:" not in command("quarantine", "list", "--store", tmp_path / "store").stdout
    assert not [path for path in tmp_path.rglob("escaped.835")] and not (tmp_path.parent / "escaped.835").exists()


def downgraded(number: int) -> str:
    """A filling of 2392 paid as 2150 to a patient of its own."""
    head = f"CLP*A{number}*1*275*120*155*12*C{number}~NM1*QC*1*DOE*JANE****MI*M{number}~"
    return f"{head}SVC*AD:D2150*275*120**1*AD:D2392~DTM*472*20260301~CAS*PR*169*155~"


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> House:
    """Every output there is of a payer whose name is markup, of odd codes, by three formats."""
    house = House(tmp_path_factory.mktemp("markup"))
    inbox, store = house.work / "practice/inbox", house.work / "store"
    odd = downgraded(90).replace("AD:D2392", "AD:=1+1") + downgraded(91).replace("AD:D2392", "AD:\x1b[31m")
    claims = "".join(downgraded(number) for number in range(14)) + odd
    put(inbox, "x.835", an_835(claims, amount=str(16 * 120)).replace(b"SAMPLE DENTAL", MARKUP.encode()))
    quoted = MARKUP.replace('"', '""')
    put(inbox, "x.csv", PORTAL + row("80.00").replace(b"Example Plan", f'"{quoted}"'.encode()).replace(b"D2392", b"@SUM(1)"))
    put(inbox, "header.csv", PORTAL.replace(b"Remarks", b"\x1b[2JRemark=1") + row("80.00").replace(b"CHK1", b"CHK2"))
    put(inbox, "x.json", BENEFIT.replace(b"D2392", b"+1"))
    put(inbox, '=cmd"<img src=x onerror=alert(1)>.835', an_835(downgraded(1).replace("*155*12", "*x*12"), trace="T9"))
    (house.work / "practice/config").mkdir()
    audit = house.audit("store", "--no-prefect")
    assert audit.returncode == 3, audit.stderr
    findings = pl.read_parquet(store / "reports/current/findings.parquet")
    items = pl.read_parquet(store / "reports/current/quarantine.parquet")
    payer = findings.filter("counted")["payer_id"].mode()[0]
    done = house.several(
        ["parse", inbox, "--out", house.work / "parsed", "--format", "csv"], ["dictionary"],
        *([*words, "--store", store] for words in (
            ["quarantine", "list"], *(["quarantine", "show", one] for one in items["quarantine_id"]), ["review", "list"],
            ["explain", findings["line_id"][0]], ["payers", "list"], ["payers", "suggest"],
            ["predict", "--out", house.work / "predicted"], ["share", "--out", house.work / "pack", "--min-cell", "2"],
            ["packet", "--payer", payer, "--out", house.work / "packet"], ["report", "--no-prefect"],
        )),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return house


def of_kind(house: House, pattern: str) -> list[Path]:
    return [path for path in house.root.rglob(pattern) if "practice" not in path.parts and path.is_file() and not path.is_symlink()]


@pytest.mark.slow
def test_no_terminal_is_steered(printed):
    said = (printed.root / "told").read_text()
    assert "HYPERLINK" in said and not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", said.replace("\r", ""))


@pytest.mark.slow
def test_no_page_or_mail_runs_what_a_payer_sent(printed):
    pages = [*of_kind(printed, "*.htm*"), *of_kind(printed, "*.svg")]
    assert {"validation.html", "report.html", "email.html"} <= {path.name for path in pages}
    for page in pages:
        text = page.read_text()
        assert "<script>alert" not in text and "<img src=x" not in text, page
    assert any("&lt;script&gt;" in page.read_text() for page in pages)


@pytest.mark.slow
def test_no_spreadsheet_computes_what_a_payer_sent(printed):
    tables = of_kind(printed, "*.csv")
    assert {path.parent.name for path in tables} >= {"parsed", "pack", "predicted"}
    for table in tables:
        cells = [cell for line in csv.reader(io.StringIO(table.read_text())) for cell in line]
        wild = [cell for cell in cells if re.match(r"\s*[=+@\t-]", cell) and not re.fullmatch(r"[+-]?[\d.]+", cell)]
        assert wild == [], table
    books = of_kind(printed, "*.xlsx")
    assert books
    for path in books:
        with zipfile.ZipFile(path) as book:
            sheets = b"".join(book.read(name) for name in book.namelist() if "worksheets" in name)
        assert not re.search(rb"<f[ >][^<]*(HYPERLINK|SUM\(1\))|<hyperlink [^>]*r:id", sheets), path
