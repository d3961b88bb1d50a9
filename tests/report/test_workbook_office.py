"""The workbook opened and recalculated by LibreOffice: every check holds, until somebody overwrites a cell."""

import re
import subprocess
from decimal import Decimal

import pytest

from flows.report import book_lists, book_method, sheets, workbook
from tests.report.drawn_week import HOSTILE, week_of
from tests.report.opened_book import converted, needs_office, needs_pdf, sheet, table, tampered

pytestmark = needs_office
LEAKS = "Left to patients"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Workbooks after LibreOffice: as written, with a cell overwritten on two sheets, cut short, of nothing, of hostile names."""
    folder = tmp_path_factory.mktemp("office")
    week, strange = week_of(200), week_of(300, len(HOSTILE), HOSTILE)
    paths = {name: folder / f"{name}.xlsx" for name in ("whole", "hostile", "nothing", "short")}
    workbook.write(week, paths["whole"])
    workbook.write(strange, paths["hostile"])
    workbook.write(week_of(0), paths["nothing"])
    with pytest.MonkeyPatch.context() as patch:
        for module in (sheets, book_lists, book_method):
            patch.setattr(module, "MOST_ROWS", 50)
        workbook.write(week, paths["short"])
    paths["ranking"] = tampered(paths["whole"], "Ranking", place_of(paths["whole"], "Ranking"), "1.00", folder / "ranking.xlsx")
    paths["findings"] = tampered(paths["whole"], "Findings", place_of(paths["whole"], "Findings"), "0.02", folder / "findings.xlsx")
    made = converted(list(paths.values()), "xlsx", folder)
    return week, dict(zip(paths, made, strict=True))


def place_of(path, name):
    """The first amount left to patients on a sheet."""
    heads = {cell.value: reference for reference, cell in sheet(path, name).items() if re.fullmatch(r"[A-Z]+3", reference)}
    return heads[LEAKS].replace("3", "4")


def results(path):
    return {row["Check"].value: row["Result"].value for row in table(path, "Checks", 4) if row["Sheet"]}


@pytest.mark.parametrize("name", ["whole", "hostile", "nothing", "short"])
def test_recalculated_every_check_holds(opened, name):
    found = results(opened[1][name])
    assert len(found) == 13
    assert set(found.values()) == {"OK"}
    assert sheet(opened[1][name], "Checks")["A2"].value == "All checks: OK"


def test_recalculated_totals_are_those_of_parquet(opened):
    week, paths = opened
    rows = {row["Check"].value: row for row in table(paths["whole"], "Checks", 4) if row["Sheet"]}
    total = week.marts["payer_code_ranking"].collect()["surprise_balance"].sum()
    for check in ("Headline on the summary", "Ranking = headline", "Alternate codes = headline", "Counted findings = headline"):
        assert Decimal(repr(float(rows[check]["Sum of the sheet"].value))) == total, check


@pytest.mark.parametrize(
    ("name", "broken"), [("ranking", {"Ranking = headline"}), ("findings", {"Counted findings = headline"})], ids=["ranking", "findings"]
)
def test_an_overwritten_cell_is_told(opened, name, broken):
    found = results(opened[1][name])
    assert {check for check, result in found.items() if result == "DIFFERS"} == broken
    assert sheet(opened[1][name], "Checks")["A2"].value == "All checks: DIFFERS"


def test_another_program_reads_the_names_as_they_are(opened):
    """LibreOffice has parsed and written them anew: still text, letter by letter."""
    names = {row["Payer"].value for row in table(opened[1]["hostile"], "Ranking")}
    assert {name.strip(" ") for name in names} == set(HOSTILE)
    cells = [row["Payer"] for row in table(opened[1]["hostile"], "Findings")]
    assert {cell.kind for cell in cells} == {"s"}


@needs_pdf
@pytest.mark.slow
def test_printed_lists_repeat_their_head_and_number_their_pages(opened, tmp_path):
    week = week_of(400)
    path = tmp_path / "report.xlsx"
    workbook.write(week, path)
    [pdf] = converted([path], "pdf", tmp_path)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    pages = [page for page in text.split("\f") if page.strip()]
    findings = [page for page in pages if "Findings" in page.splitlines()[-1] or "\nFindings" in page[-400:]]
    assert len(findings) > 1
    assert all("Assigned to" in page and "Segment" in page for page in findings)
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]
    assert f"{week.headline.surprise_balance:,}" in pages[0]
