"""A workbook as its readers open it: cell by cell from the file itself, and recalculated by LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item>
</oor:items>"""
SECONDS = 180

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice (soffice)")
needs_pdf = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler-utils (pdftotext)")


@dataclass(frozen=True)
class Cell:
    """kind: n number, s text, f formula (value: what it last gave); style: index of its look."""

    kind: str
    value: str
    formula: str = ""
    style: int = 0


Cells = dict[str, Cell]


def part(path: Path, name: str) -> ElementTree.Element:
    """One XML part of the workbook."""
    with zipfile.ZipFile(path) as book:
        return ElementTree.fromstring(book.read(name))


def sheet_parts(path: Path) -> dict[str, str]:
    """Which part holds which sheet, in the order of the tabs."""
    targets = {one.get("Id"): one.get("Target") for one in part(path, "xl/_rels/workbook.xml.rels")}
    return {
        one.get("name"): f"xl/{targets[one.get(RELATION)]}".replace("xl//xl/", "xl/")
        for one in part(path, "xl/workbook.xml").iter(f"{MAIN}sheet")
    }


@lru_cache(maxsize=64)
def sheet(path: Path, name: str) -> Cells:
    """Every cell of a sheet that holds something, by its reference. A file read once is not read again."""
    shared = _shared(path)
    return {cell.get("r"): _cell(cell, shared) for cell in part(path, sheet_parts(path)[name]).iter(f"{MAIN}c") if len(cell)}


def table(path: Path, name: str, head_row: int = 3) -> list[dict[str, Cell | None]]:
    """The rows below the headings, each by heading; None is an empty cell. A heading that comes twice is numbered."""
    cells = sheet(path, name)
    rows: dict[int, dict[str, Cell]] = {}
    for reference, cell in cells.items():
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()
        rows.setdefault(int(row), {})[column] = cell
    heads = {column: cell.value for column, cell in rows[head_row].items()}
    assert len(set(heads.values())) == len(heads), "two columns under one heading"
    last = max(rows)
    return [{head: rows.get(row, {}).get(column) for column, head in heads.items()} for row in range(head_row + 1, last + 1)]


def _shared(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        if "xl/sharedStrings.xml" not in book.namelist():
            return []
    return ["".join(text.text or "" for text in one.iter(f"{MAIN}t")) for one in part(path, "xl/sharedStrings.xml")]


def _cell(cell: ElementTree.Element, shared: Sequence[str]) -> Cell:
    kind, style = cell.get("t", "n"), int(cell.get("s", "0"))
    value, formula = cell.findtext(f"{MAIN}v") or "", cell.findtext(f"{MAIN}f")
    if formula is not None:
        return Cell("f", value, formula, style)
    if kind == "s":
        return Cell("s", unescaped(shared[int(value)]), "", style)
    if kind == "inlineStr":
        return Cell("s", unescaped("".join(text.text or "" for text in cell.iter(f"{MAIN}t"))), "", style)
    return Cell("s" if kind == "str" else kind, value, "", style)


def unescaped(text: str) -> str:
    """_x000D_ is how a workbook writes a character that XML cannot hold."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def converted(paths: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """The workbooks opened by LibreOffice, every formula reckoned anew, and saved in another form."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    out = folder / to
    words = [
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(out),
        *map(str, paths),
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    made = [out / f"{path.stem}.{to}" for path in paths]
    assert all(path.exists() for path in made), done.stderr
    return made


def tampered(path: Path, name: str, reference: str, value: str, to: Path) -> Path:
    """A copy in which somebody overwrote one number."""
    target = sheet_parts(path)[name]
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as copy:
        for item in book.infolist():
            data = book.read(item)
            if item.filename == target:
                text, count = re.subn(rf'(<c r="{reference}"[^>]*><v>)[^<]*(</v>)', rf"\g<1>{value}\g<2>", data.decode())
                assert count == 1, reference
                data = text.encode()
            copy.writestr(item, data)
    return to
