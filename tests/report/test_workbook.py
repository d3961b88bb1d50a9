"""The workbook, opened: what kind its cells are, what they sum to, and that nothing from outside runs."""

import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from flows.mart_tables import MART_TABLES
from flows.report import book_lists, book_method, headings, sheets, workbook
from flows.report.cells import CUT, MOST_CHARACTERS
from tests.report.drawn_week import AS_OF, HOSTILE, NAMES, filled, findings_of, marts_of, week_of
from tests.report.opened_book import MAIN, part, sheet, sheet_parts, table
from transforms.tables.report import Term

SHEETS = [
    "Summary",
    "Ranking",
    "Alternate codes",
    "Asks",
    "Agreed fees",
    "Findings",
    "Review",
    "Explained",
    "Quarantine",
    "Method",
    "Checks",
]
LISTS = SHEETS[1:9]
OURS = re.compile(r"(SUBTOTAL\(109,[A-Z]+\d+(:[A-Z]+\d+)?\)|(ROUND|IF)\([^\"]*(\"(yes|OK|DIFFERS|All checks: (OK|DIFFERS))\"[^\"]*)*\))")
LEAKS = "Left to patients"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A year of three payers, and its workbook."""
    week = week_of(400)
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    workbook.write(week, path)
    return week, path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The same from payers whose names are formulas, markup and the like."""
    week = week_of(600, len(HOSTILE), HOSTILE)
    path = tmp_path_factory.mktemp("hostile") / "report.xlsx"
    workbook.write(week, path)
    return week, path


def cents(cells):
    """Numbers of cells as whole cents; each must be one."""
    amounts = [Decimal(repr(float(cell.value))) for cell in cells if cell]
    assert all(amount == round(amount, 2) for amount in amounts)
    return sum(amounts, Decimal(0))


def test_sheets_stand_in_the_readers_order(written):
    assert list(sheet_parts(written[1])) == SHEETS


def test_headline_is_ranking_is_findings_to_the_cent(written):
    week, path = written
    total = week.headline.surprise_balance
    assert total > 0
    assert Decimal(repr(float(sheet(path, "Summary")["B5"].value))) == total
    assert cents(row[LEAKS] for row in table(path, "Ranking")) == total
    assert cents(row[LEAKS] for row in table(path, "Alternate codes")) == total
    counted = [row for row in table(path, "Findings") if row["Counted"].value == "yes"]
    assert cents(row[LEAKS] for row in counted) == total
    assert len(counted) == week.headline.line_count


def test_every_amount_and_date_of_the_findings_is_in_its_cell(written):
    """By line id: each money, percent, count and date column as published; a null is an empty cell."""
    week, path = written
    published = {row["line_id"]: row for row in week.marts["findings"].collect().iter_rows(named=True)}
    rows = table(path, "Findings")
    assert len(rows) == len(published)
    columns = {headings.heading(column.name): column for column in MART_TABLES["findings"].columns}
    for row in rows:
        source = published[row["Line ID"].value]
        for head, column in columns.items():
            value, cell = source[column.name], row[head]
            if value is None or value == []:
                assert cell is None or cell.value == "", head
            elif isinstance(value, Decimal):
                parts = 100 if column.unit == "percent" else 1
                assert (cell.kind, Decimal(repr(float(cell.value))) * parts) == ("n", value), head
            elif isinstance(value, date):
                assert (cell.kind, date(1899, 12, 30) + timedelta(days=int(cell.value))) == ("n", value), head
            elif isinstance(value, bool):
                assert cell.value == ("yes" if value else "no"), head
            elif isinstance(value, int):
                assert (cell.kind, int(cell.value)) == ("n", value), head


def test_money_dates_and_shares_look_like_it(written):
    """Number formats by the style of the cells: $ cents, ISO days, percent, thousands."""
    _, path = written
    styles = part(path, "xl/styles.xml")
    codes = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{MAIN}numFmt")} | {
        "4": "#,##0.00",
        "3": "#,##0",
        "10": "0.00%",
    }
    looks = [codes.get(one.get("numFmtId"), "General") for one in styles.find(f"{MAIN}cellXfs")]
    row = table(path, "Ranking")[0]
    wanted = {LEAKS: "#,##0.00", "Last seen": "yyyy-mm-dd", "Share with those above": "0.00%", "Lines": "#,##0", "Payer": "General"}
    assert {head: looks[row[head].style] for head in wanted} == wanted


@pytest.mark.parametrize("name", LISTS)
def test_lists_can_be_filtered_keep_their_head_and_print_across_a_page(written, name):
    _, path = written
    xml = part(path, sheet_parts(path)[name])
    pane = next(xml.iter(f"{MAIN}pane"))
    assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "3")
    rows = len(table(path, name))
    assert re.fullmatch(rf"A3:[A-Z]+{max(rows, 1) + 3}", next(xml.iter(f"{MAIN}autoFilter")).get("ref"))
    setup = next(xml.iter(f"{MAIN}pageSetup"))
    assert (setup.get("orientation"), setup.get("fitToHeight")) == ("landscape", "0")
    named = {one.get("name") + one.get("localSheetId"): one.text for one in part(path, "xl/workbook.xml").iter(f"{MAIN}definedName")}
    at = str(SHEETS.index(name))
    assert named[f"_xlnm.Print_Titles{at}"].endswith("$3:$3")
    assert f"_xlnm.Print_Area{at}" in named
    assert not list(xml.iter(f"{MAIN}mergeCell"))


@pytest.mark.parametrize("name", LISTS)
def test_every_heading_says_what_it_means(written, name):
    """A note on each heading and a row of the Method sheet."""
    _, path = written
    heads = [cell.value for reference, cell in sheet(path, name).items() if re.fullmatch(r"[A-Z]+3", reference)]
    notes = part(path, f"xl/comments{LISTS.index(name) + 1}.xml")
    told = ["".join(text.text or "" for text in note.iter(f"{MAIN}t")) for note in notes.iter(f"{MAIN}comment")]
    assert len(told) == len(heads)
    assert all("Unit: " in note and "In Parquet: " in note for note in told)
    explained = [row["Word or column"].value for row in table(path, "Method") if row["Where"].value == name]
    assert explained == heads


def test_text_from_outside_stays_text(hostile):
    """Names that look like formulas, fields or markup come back letter by letter, and no formula is there but ours."""
    _, path = hostile
    names = {row["Payer"].value for row in table(path, "Ranking")}
    assert {name.strip(" ") for name in names} == set(HOSTILE)
    for name in SHEETS:
        for cell in sheet(path, name).values():
            assert cell.kind != "f" or OURS.fullmatch(cell.formula), cell
    with zipfile.ZipFile(path) as book:
        assert not [one for one in book.namelist() if re.search("external|macro|vba|activeX|connection", one, re.IGNORECASE)]
        assert b"evil.example" not in b"".join(book.read(one) for one in book.namelist() if one.endswith(".rels"))


def test_a_code_of_the_ranking_leads_to_its_lines(written):
    """Each link stands on a code and ends on the first counted line of that payer and code, which is its dearest."""
    _, path = written
    links = {one.get("ref"): one.get("location") for one in part(path, sheet_parts(path)["Ranking"]).iter(f"{MAIN}hyperlink")}
    findings, ranking = table(path, "Findings"), sheet(path, "Ranking")
    assert len(links) == len(table(path, "Ranking"))
    for at, (reference, target) in enumerate(links.items()):
        row = table(path, "Ranking")[at]
        line = findings[int(re.fullmatch(r"'?Findings'?!A(\d+)", target)[1]) - 4]
        assert ranking[reference].value == line["Billed"].value == row["Billed"].value
        assert (line["Payer ID"].value, line["Counted"].value) == (row["Payer ID"].value, "yes")
        same = [one for one in findings if one["Payer ID"].value == row["Payer ID"].value and one["Billed"].value == row["Billed"].value]
        assert float(line[LEAKS].value) == max(float(one[LEAKS].value) for one in same if one[LEAKS])
        assert sum(one["Counted"].value == "yes" for one in same) == int(row["Lines"].value)


def test_the_first_asks_share_runs_over_the_asks_themselves(written):
    """Pairs of too few claims are not among them, so the ranking's own cumulative share would be another figure."""
    week, path = written
    cells, running = sheet(path, "Summary"), Decimal(0)
    first = next(int(reference[1:]) for reference, cell in cells.items() if cell.value == "Payer: billed, paid as") + 1
    for row, balance in enumerate(week.asks_first["surprise_balance"], first):
        running += balance
        assert cells[f"B{row}"].value == repr(float(balance)).removesuffix(".0")
        assert abs(Decimal(cells[f"C{row}"].value) - running / week.headline.surprise_balance) < Decimal("1e-12")


def test_what_looks_like_a_formula_is_marked_as_text_for_editing(hostile):
    """quotePrefix: Excel keeps it text even where the cell is edited and left."""
    _, path = hostile
    looks = list(part(path, "xl/styles.xml").find(f"{MAIN}cellXfs"))
    cells = [row["Payer"] for row in table(path, "Ranking")]
    marked = {cell.value for cell in cells if looks[cell.style].get("quotePrefix") == "1"}
    assert marked == {name for name in HOSTILE if name.startswith(("=", "+", "-", "@", "\t", "\r"))}


def test_same_week_same_bytes(written, tmp_path):
    week, path = written
    again = tmp_path / "elsewhere" / "other.xlsx"
    again.parent.mkdir()
    workbook.write(week, again)
    assert again.read_bytes() == path.read_bytes()
    assert [one.name for one in again.parent.iterdir()] == ["other.xlsx"]


def test_more_rows_than_a_sheet_takes_are_said_and_reckoned_with(written, tmp_path, monkeypatch):
    """The costliest lines stay; title and checks name what is missing."""
    week, _ = written
    for module in (sheets, book_lists, book_method):
        monkeypatch.setattr(module, "MOST_ROWS", 50)
    path = tmp_path / "report.xlsx"
    workbook.write(week, path)
    rows = table(path, "Findings")
    assert len(rows) == 50
    title = sheet(path, "Findings")["A1"].value
    assert "the first 50 of 400 rows" in title
    assert "reports/current/findings.parquet" in title
    ranks = week.marts["payer_code_ranking"].collect()
    first = ranks.sort("rank").row(0, named=True)
    assert {(row["Payer ID"].value, row["Billed"].value) for row in rows[: min(first["line_count"], 50)]} == {
        (first["payer_id"], first["submitted_code"])
    }
    checks = {row["Check"].value: row for row in table(path, "Checks", 4) if row["Sheet"]}
    row = checks["Counted findings = headline"]
    shown = cents(one[LEAKS] for one in rows if one["Counted"].value == "yes")
    assert Decimal(repr(float(row["Not on the sheet"].value))) == week.headline.surprise_balance - shown
    assert {one["Result"].value for one in checks.values()} == {"OK"}


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(tmp_path):
    week = week_of(5, 1, ["Z" * 40_000])
    path = tmp_path / "report.xlsx"
    workbook.write(week, path)
    name = table(path, "Findings")[0]["Payer"].value
    assert (len(name), name.endswith(CUT)) == (MOST_CHARACTERS, True)


def test_characters_that_xml_cannot_hold_come_back(tmp_path):
    name = "bell\x07 nul\x00 \ufffe \U0001f9b7 end"
    path = tmp_path / "report.xlsx"
    workbook.write(week_of(30, 1, [name]), path)
    assert {row["Payer"].value for row in table(path, "Findings")} == {name}


def test_a_long_method_stays_a_row_that_excel_opens(tmp_path):
    """Excel repairs a workbook whose row is higher than 409 points."""
    week = week_of(30)
    long = replace(week, policy=replace(week.policy, method=(Term("Ours", "word " * 4_000),)))
    path = tmp_path / "report.xlsx"
    workbook.write(long, path)
    rows = part(path, sheet_parts(path)["Method"]).iter(f"{MAIN}row")
    assert 400 < max(float(row.get("ht", "15")) for row in rows) <= 409


def test_checks_tell_marts_that_disagree(tmp_path):
    """A ranking that lacks a row: written as it is, and told, even by a program that does not recalculate."""
    marts = marts_of(findings_of(200, 3, NAMES))
    week = week_of(200, 3, payer_code_ranking=marts["payer_code_ranking"].head(5))
    path = tmp_path / "report.xlsx"
    workbook.write(week, path)
    checks = {row["Check"].value: row["Result"].value for row in table(path, "Checks", 4) if row["Sheet"]}
    assert {name for name, result in checks.items() if result != "OK"} == {"Ranking = headline", "Ranking, lines"}
    assert sheet(path, "Checks")["A2"].value == "All checks: DIFFERS"


def odd_weeks():
    nothing = week_of(0)
    few = filled(MART_TABLES["quarantine"], pl.DataFrame({
        "quarantine_id": ["0" * 16 + "-3-line_unbalanced", "0" * 16 + "-4-line_unbalanced"], "reason": ["=1+1", "a line does not balance"],
        "status": ["open", "released"], "charge_amount": [None, Decimal("120.00")], "since": [AS_OF, AS_OF],
    }))  # fmt: skip
    return {"nothing": nothing, "one line": week_of(1, 1), "300 payers": week_of(3_000, 300), "set aside": week_of(0, 1, quarantine=few)}


@pytest.mark.parametrize("kind", ["nothing", "one line", "300 payers", "set aside"])
def test_odd_weeks_are_written_and_their_checks_hold(tmp_path, kind):
    path = tmp_path / "report.xlsx"
    workbook.write(odd_weeks()[kind], path)
    assert sheet(path, "Checks")["A2"].value == "All checks: OK"
    if kind == "nothing":
        assert all(sheet(path, name)["A4"].value == "Nothing to list." for name in LISTS)
    if kind == "set aside":
        assert [row["What is wrong"].value for row in table(path, "Quarantine")] == ["=1+1", "a line does not balance"]
