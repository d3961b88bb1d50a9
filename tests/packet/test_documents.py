"""The documents as their readers open them: PDF, DOCX in Word's stead, and what they say against what is published."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import polars as pl
import pytest

from flows.packet.blocks import ISOLATE, dollars, isolated
from flows.packet.letter import letter
from flows.packet.word import as_docx
from flows.packet.write import Written, figures_of, write_packet
from tests.packet.drawn import Line, lines, order, pages_made, store
from tests.packet.pdf import last_line, needs_pdf_tools, page_count, pages_of, paper_of, text_of

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (Debian: libreoffice-writer)")
RIGHT_TO_LEFT = 'שירותי שיניים בע"מ (1999)'
HOSTILE = '</style></title><script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7*7 }}'


def texts(folder: Path) -> dict[str, str]:
    """Everything readable in a packet, by file."""
    found = {path.name: path.read_text() for path in folder.rglob("*") if path.suffix in {".html", ".txt"}}
    for path in folder.rglob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            found[path.name] = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels")))
    return found | {path.name: text_of(path) + path.read_bytes().decode("latin-1") for path in folder.rglob("*.pdf")}


@needs_pdf_tools
def test_the_longest_letter_ends_within_a_page_and_a_half(full: Written) -> None:
    """Twelve codes, more than the letter lists, every kind of reason, and both kinds of ask."""
    path = full.folder / "send/letter.pdf"
    assert full.figures.asks.height > 8
    assert page_count(path) == 2
    assert last_line(path) <= Decimal("0.5")


@needs_pdf_tools
def test_the_order_is_burden_then_ask_then_evidence(full: Written) -> None:
    said = text_of(full.folder / "send/letter.pdf")
    places = [said.index(part) for part in ("members were left with", "What we ask", "Why", "Attached are", "Sincerely")]
    assert places == sorted(places)


@needs_pdf_tools
def test_figures_in_the_pdf_are_those_published(full: Written, full_store: Path) -> None:
    """The total is that of the findings, to the cent; every ask and every pair stands in it."""
    own = pl.read_parquet(full_store / "reports/current/findings.parquet").filter(pl.col("counted") & (pl.col("payer_id") == "north"))
    first, evidence = (text_of(full.folder / f"send/{name}.pdf") for name in ("letter", "evidence"))
    assert dollars(own["surprise_balance"].sum()) in first
    assert dollars(own["benefit_shortfall"].sum()) in first
    assert f"{own['patient_id'].n_unique()} of your members" in " ".join(first.split())
    flat = " ".join(evidence.split())
    for row in full.figures.asks.iter_rows(named=True):
        assert f"{dollars(row['current_fee'])} {dollars(row['asked_fee'])}" in flat, row["alternate_code"]
    by_pair = own.group_by("submitted_code", "paid_code").agg(pl.len(), pl.col("surprise_balance").sum())
    hidden = {"D2962", "D2335"}  # 3 lines, and the next smallest that would give them away
    assert set(full.figures.pairs["submitted_code"].drop_nulls()) == set(by_pair["submitted_code"]) - hidden
    for code, paid, count, balance in by_pair.filter(~pl.col("submitted_code").is_in(hidden)).rows():
        assert re.search(rf"{code} {paid} {count} .*?{re.escape(dollars(balance))}", flat), code
    relief = full.figures.asks.filter(pl.col("borne_by") == "patient")["patient_saving"].sum()
    assert dollars(relief) in first


@needs_pdf_tools
@pytest.mark.parametrize(("paper", "points"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_both_papers_are_printed_without_cut_columns(
    full: Written, full_store: Path, tmp_path: Path, paper: str, points: tuple[int, int]
) -> None:
    made = full if paper == "letter" else write_packet(order(full_store, tmp_path / "p", paper=paper))
    for name in ("letter", "evidence"):
        path = made.folder / f"send/{name}.pdf"
        assert paper_of(path) == points
        edges = [(float(word["xMin"]), float(word["xMax"])) for page in pages_of(path) for word in page]
        assert min(left for left, _ in edges) > 40 and max(right for _, right in edges) < points[0] - 40
    section = docx.Document(str(made.folder / "send/letter.docx")).sections[0]
    assert section.page_width is not None and round(section.page_width.pt) == points[0]


def test_the_docx_has_styles_real_tables_and_the_same_words(full: Written) -> None:
    document = docx.Document(str(full.folder / "send/letter.docx"))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[0] == "Title" and {"Heading 1", "Heading 2", "List Bullet", "Normal"} <= set(styles)
    table = document.tables[0]
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    asks = full.figures.asks.filter(pl.col("borne_by") == "patient")
    assert [row[0] for row in cells] == ["You pay", *asks["alternate_code"].to_list()[:8], "All, with the others"]
    assert cells[1][4] == dollars(asks["asked_fee"][0])
    assert cells[-1][6] == dollars(asks["patient_saving"].sum())
    html = (full.folder / "send/letter.html").read_text()
    plain = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for paragraph in document.paragraphs:
        if paragraph.style.name in {"Normal", "List Bullet"} and paragraph.text.startswith(("In payments", "For ", "Attached")):
            assert paragraph.text.replace("'", "&#39;") in plain


@needs_office
@needs_pdf_tools
@pytest.mark.slow
def test_the_docx_opens_in_an_office_program(full: Written, tmp_path: Path) -> None:
    words = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    files = [str(full.folder / f"send/{name}.docx") for name in ("letter", "evidence")]
    subprocess.run([*words, *files], check=True, capture_output=True, timeout=120)
    assert page_count(tmp_path / "letter.pdf") <= 2
    for name in ("letter", "evidence"):
        theirs, ours = (" ".join(text_of(folder / f"{name}.pdf").split()) for folder in (tmp_path, full.folder / "send"))
        assert set(re.findall(r"\$[\d,.]+\d", theirs)) == set(re.findall(r"\$[\d,.]+\d", ours))


def test_nobody_can_be_found_in_it(full: Written) -> None:
    """No line, claim, patient, file or day of service: the drawn ones are all called secret."""
    for name, said in texts(full.folder).items():
        assert "secret" not in said, name
        assert "2026-03-10" not in said and "March 10" not in said, name


def test_who_signs_comes_from_the_environment_and_is_a_marked_blank_otherwise(full: Written, full_store: Path, tmp_path: Path) -> None:
    signed, blank = full.folder, pages_made(order(full_store, tmp_path))
    said = (signed / "send/letter.html").read_text()
    assert "Example Family Dental" in said and "Alex Example, DDS" in said and "[Name" not in said
    assert '<span class="blank">[Name of who signs]</span>' in blank["letter"]
    assert "ALTBENEFIT_PRACTICE_SIGNATORY" in blank["notes"]
    figures, facts, _ = figures_of(order(full_store, tmp_path))
    word = docx.Document(io.BytesIO(as_docx(letter(figures, facts), "letter")))
    runs = [run for paragraph in word.paragraphs for run in paragraph.runs]
    assert {run.text for run in runs if run.font.highlight_color} >= {"[Name of the practice]", "[Title]"}


def test_the_note_stays_out_of_what_is_sent(full: Written) -> None:
    assert {path.name for path in (full.folder / "send").iterdir()} == {
        f"{n}.{e}" for n in ("letter", "evidence") for e in ("html", "pdf", "docx")
    }
    assert (full.folder / "keep/notes.txt").read_text().startswith("FOR YOUR OWN EYES")


@pytest.mark.parametrize(
    "name", ["Übermäßig Lange Zahnversicherungsgesellschaft auf Gegenseitigkeit, Abteilung West", RIGHT_TO_LEFT, HOSTILE]
)
def test_any_payer_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    made = write_packet(order(store(tmp_path, lines(12, name=name)), tmp_path / "p"))
    html = (made.folder / "send/letter.html").read_text()
    assert "<script" not in html and "<img" not in html
    assert html.count("</style>") == 1
    document = docx.Document(str(made.folder / "send/letter.docx"))
    assert any(name in paragraph.text for paragraph in document.paragraphs)
    assert (made.folder / "send/evidence.pdf").stat().st_size > 5_000


def test_a_name_from_right_to_left_is_kept_apart_and_control_characters_go() -> None:
    assert isolated(RIGHT_TO_LEFT).startswith(ISOLATE)
    assert isolated("Plain") == "Plain"
    assert isolated("a\x00\x1b[31mb\u202e") == "a[31mb"


def test_where_the_practice_bears_it_the_letter_says_so(tmp_path: Path) -> None:
    said = pages_made(order(store(tmp_path, lines(12, absorbed=80, coverage=80)), tmp_path / "p"))["letter"]
    assert "this practice write off the difference: $960.00" in said
    assert "coinsurance would rise by $43.20" in said
    assert "Relief to your members" not in said


def test_without_contracted_fees_the_letter_asks_without_a_figure(tmp_path: Path) -> None:
    rows = [Line(**{**line.__dict__, "contracted": None, "absorbed": 30}) for line in lines(12)]
    made = pages_made(order(store(tmp_path, rows), tmp_path / "p"))
    assert "parity" in made["letter"] and "We ask</th>" not in made["letter"]
    assert "The letter names no fee" in made["notes"] and "fee_schedules/" in made["notes"]


def test_the_letter_gives_the_reasons_its_lines_have(tmp_path: Path) -> None:
    said = pages_made(order(store(tmp_path, lines(12, tier=3)), tmp_path / "p", tiers=(1, 2, 3)))["letter"]
    assert "exactly the cheaper procedure&#39;s fee" in said and "shows both codes" not in said


def test_comparisons_are_masked_named_or_left_out(full_store: Path, tmp_path: Path) -> None:
    masked, named, without = (
        pages_made(order(full_store, tmp_path, **options))["evidence"] for options in ({}, {"is_named": True}, {"has_comparators": False})
    )
    assert "Payer A" in masked and "South" not in masked and "West" not in masked
    assert "South" in named and "Payer A" not in named
    assert "other payers" not in without and "South" not in without


def test_market_figures_are_quoted_with_their_source(full: Written) -> None:
    said = (full.folder / "send/evidence.html").read_text()
    assert "Example survey of dental fees, 2025: the 80th percentile in ZIP area 940" in said and "$214.00" in said


def test_the_letter_is_dated_by_its_figures_or_as_told(full_store: Path, tmp_path: Path) -> None:
    for day, said in ((None, "June 30, 2026"), (date(2026, 7, 9), "July 9, 2026")):
        assert said in pages_made(order(full_store, tmp_path, letter_date=day))["letter"]
