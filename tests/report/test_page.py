"""The weekly page in a real Chromium: what it shows is what is published, by day, by night, on a phone and on paper."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from benchmarks.weekly import findings as many_findings
from benchmarks.weekly import marts as many_marts
from benchmarks.weekly import payer_names
from flows.mart_tables import MART_TABLES
from flows.report import page as pages
from tests.report.browsing import amounts, chromium, needs_browser, opened, violations
from tests.report.drawn_lines import MONDAY, POLICY, line, publication, week
from tests.report.drawn_week import AS_OF, HOSTILE, filled, week_of
from transforms.report.week import Publication, build_week
from transforms.tables.contract import PERCENT

pytestmark = needs_browser
needs_pdf = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler-utils (pdftotext)")
DAY = {"viewport": {"width": 1280, "height": 900}}
VIEWS = {"day": DAY, "night": DAY | {"color_scheme": "dark"}, "phone": {"viewport": {"width": 360, "height": 740}}}
QUARANTINE = filled(
    MART_TABLES["quarantine"],
    pl.DataFrame([{"quarantine_id": "q1", "source_file": "bad.835", "segment": 7, "reason_code": "line_unbalanced",
                   "reason": "does not add up", "next_step": "Ask the payer", "claim_count": 1, "charge_amount": Decimal("250.00"),
                   "status": "open", "since": AS_OF}]),
)  # fmt: skip
WON = filled(
    MART_TABLES["ask_outcomes"],
    pl.DataFrame([{"payer_id": "payer-0", "alternate_code": "D2150", "effective_from": date(2026, 1, 1), "agreed_fee": Decimal("140.00"),
                   "eligible_line_count": 9, "paid_at_agreed_count": 0, "lost_since_amount": Decimal("88.00"), "is_alert": True}]),
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with chromium() as driven:
        yield driven


@pytest.fixture(scope="module")
def year():
    """A year of three payers, one fee won, one item set aside."""
    return week_of(150, quarantine=QUARANTINE, ask_outcomes=WON)


@pytest.fixture(scope="module")
def path(year, tmp_path_factory):
    target = tmp_path_factory.mktemp("page") / "report.html"
    target.write_bytes(pages.render(year))
    return target


def test_figures_on_the_page_are_those_in_parquet(browser, path, year):
    """Headline, ranking and every payer's codes sum to the cent; so does each table that splits the total."""
    with opened(browser, path, **DAY) as page:
        total = int(year.headline.surprise_balance * 100)
        assert amounts(page.locator("[data-figure]").all_inner_texts()) == [total, total]
        pairs = page.locator(".payer table:not(.dense) tbody tr td:nth-child(4)").all_inner_texts()
        assert amounts(pairs) == [int(amount * 100) for amount in _by_payer(year)]
        assert sum(amounts(pairs)) == total
        assert sum(amounts(page.locator("#payers > .wide tbody td:nth-child(3)").all_inner_texts())) == total
        page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
        assert sum(amounts(page.locator(".dense tbody td:nth-child(11)").all_inner_texts())) == total
        assert page.locator("h1").inner_text() == pages.headline_sentence(year)
        shown = amounts(page.locator("#ask > .wide tbody tr td:nth-child(4)").all_inner_texts())
        assert shown == [int(amount * 100) for amount in year.asks_first["surprise_balance"]]


def _by_payer(year) -> list[Decimal]:
    return [amount for payer in year.payers["payer_id"] for amount in year.pairs.filter(payer_id=payer)["surprise_balance"]]


def test_a_number_leads_to_its_lines_and_they_to_file_and_segment(browser, path, year):
    with opened(browser, path, **DAY) as page:
        page.locator("#ask tbody tr").first.locator("td").nth(2).locator("a").click()
        pair = page.locator(":target")
        assert pair.get_attribute("id") == f"pair-{year.asks_first['rank'][0]}"
        pair.locator("a").first.click()
        target = page.locator(":target")
        assert target.is_visible(), "the box around the lines opens"
        row = year.lines.row(0, named=True)
        assert row["source_file"] in target.inner_text() and f"segment\u00a0{row['line_segment']}" in target.inner_text()
        assert row["line_id"] in target.inner_text()


def test_a_click_or_a_key_on_a_heading_sorts(browser, path):
    with opened(browser, path, **DAY) as page:
        table = page.locator("#payers > .wide table")
        head = table.locator("th").nth(2)
        column = table.locator("tbody td:nth-child(3)")
        head.locator("[role=button]").click()
        assert head.get_attribute("aria-sort") == "descending", "amounts begin with the most"
        assert amounts(column.all_inner_texts()) == sorted(amounts(column.all_inner_texts()), reverse=True)
        head.locator("[role=button]").press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert amounts(column.all_inner_texts()) == sorted(amounts(column.all_inner_texts()))
        table.locator("th").nth(1).locator("[role=button]").press(" ")
        assert head.get_attribute("aria-sort") is None and table.locator("th").nth(1).get_attribute("aria-sort") == "ascending"


def test_a_filter_leaves_the_rows_that_have_all_words(browser, path, year):
    with opened(browser, path, **DAY) as page:
        box = page.locator(".payer details").first
        box.locator("summary").click()
        rows = box.locator("tbody tr")
        code = year.lines.row(-1, named=True)["submitted_code"]
        box.locator("input").fill(f"{code.lower()} segment")
        visible = [row for row in rows.all() if row.is_visible()]
        assert 0 < len(visible) < rows.count() and all(code in row.inner_text() for row in visible)
        assert box.locator("[role=status]").inner_text() == f"{len(visible)} of {rows.count()}"
        box.locator("input").fill("")
        assert all(row.is_visible() for row in rows.all())


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_no_violation_of_wcag_aa(browser, path, view):
    with opened(browser, path, **VIEWS[view]) as page:
        assert violations(page) == []
        page.evaluate("document.querySelector('.payer details').open = true")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= VIEWS[view]["viewport"]["width"], (
            "the page itself never scrolls sideways"
        )


def test_without_script_everything_is_there(browser, path, year):
    with opened(browser, path, java_script_enabled=False, **DAY) as page:
        assert page.locator("[role=button], input").count() == 0
        assert page.locator(".dense tbody tr").count() == year.lines.height
        page.locator(".payer summary").first.click()
        assert page.locator(".dense tbody tr").first.is_visible()


@needs_pdf
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_on_paper_heads_repeat_pages_are_numbered_and_nothing_is_cut(browser, path, year, tmp_path, paper):
    """The long table of lines is opened first, so that it runs over pages."""
    with opened(browser, path, **DAY) as page:
        page.evaluate("document.querySelector('.payer details').open = true")
        page.pdf(path=tmp_path / "report.pdf", format=paper)
        wide = page.evaluate("[...document.querySelectorAll('.wide')].length")
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True).stdout
    sheets = text.split("\f")[:-1]
    total = f"${year.headline.surprise_balance:,}"
    assert wide and total in sheets[0]
    assert all(re.search(rf"\b{number} ?/ ?{len(sheets)}\s*$", sheet) for number, sheet in enumerate(sheets, 1))
    lined = [sheet for sheet in sheets if sheet.count("segment") > 5]
    assert len(lined) > 1 and all("File and" in sheet for sheet in lined)
    boxes = subprocess.run(["pdftotext", "-bbox", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True).stdout
    size = float(re.search(r'<page width="([\d.]+)"', boxes)[1])
    assert max(float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)) <= size - 20, "inside the margin"


BAD = {"payer": '"><img src=x onerror=alert(1)>', "code": "<b>D1</b>'\"", "file": "<i>x</i>.835"}


def no_dollars():
    """Five lines that left nothing to anybody; the ranking has no shares then."""
    now = publication(*(line(str(at), MONDAY, 0) for at in range(5)))
    nothing = pl.lit(None, PERCENT)
    ranking = now.marts["payer_code_ranking"].with_columns(surprise_share=nothing, cumulative_share=nothing)
    return week(replace(now, marts={**now.marts, "payer_code_ranking": ranking}))


ODD = {
    "nothing at all": (lambda: week(publication()), ["There is nothing to ask for yet", "Nothing is counted in the 12 months"]),
    "nothing this week": (lambda: week(publication(line("1", date(2026, 5, 4), 500))), ["No downgraded line was paid in the week"]),
    "one line": (lambda: week_of(1, 1), ["1 downgraded line of 1 patient and 1 payer"]),
    "one payer": (lambda: week_of(30, 1), ["Ask these first", "One location"]),
    "no fee schedule": (lambda: week(publication(line("1", MONDAY, 500, contracted_fee_source=None))), ["No fee schedule."]),
    "zero balance": (no_dollars, ["$0.00", "No dollars to share out"]),
    "office fee in network": (
        lambda: week(publication(line("1", MONDAY, 500, balance_basis="office_fee", network="in"))),
        ["Office-fee basis on in-network payers."],
    ),
    "hostile names": (lambda: week_of(120, len(HOSTILE), HOSTILE), ["<script>alert(1)</script>", "X" * 80]),
    "hostile codes": (
        lambda: week(publication(*(line(str(at), MONDAY, 500 + at, **BAD) for at in range(6)))),
        ["<b>D1</b>'\"", "<i>x</i>.835"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_odd_weeks_read_right(browser, tmp_path, case):
    """Nothing breaks, nothing runs, no word of a template shows through, and what is missing is said."""
    made, told = ODD[case]
    target = tmp_path / "report.html"
    target.write_bytes(pages.render(made()))
    with opened(browser, target, **VIEWS["phone"]) as page:
        text = page.locator("body").text_content()
        assert [words for words in told if words not in text] == []
        assert not re.search(r"\bNone\b(?!\.|:)|nan|Undefined|\{\{|\}\}", text)
        assert page.locator("img, main script, main i, iframe").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in ODD if not case.startswith("hostile")])
def test_odd_weeks_have_no_violation_either(browser, tmp_path, case):
    target = tmp_path / "report.html"
    target.write_bytes(pages.render(ODD[case][0]()))
    with opened(browser, target, **VIEWS["phone"]) as page:
        assert violations(page) == []


def test_names_from_right_to_left_keep_to_themselves(browser, tmp_path):
    target = tmp_path / "report.html"
    target.write_bytes(pages.render(week_of(200, len(HOSTILE), HOSTILE)))
    with opened(browser, target, **DAY) as page:
        name = next(name for name in HOSTILE if not name.isascii())
        assert page.locator(f"bdi:text-is('{name}')").count() > 3


@pytest.mark.slow
def test_a_large_practice_stays_below_two_megabytes(browser, tmp_path):
    """100,000 lines of 300 payers: capped, and said so; the table of payers counts what is not shown."""
    frames = many_marts(many_findings(100_000, payer_names(300)))
    lazy = {name: frame.lazy() for name, frame in frames.items()}
    found = build_week(Publication(lazy, AS_OF, "drawn"), None, MONDAY, POLICY)
    html = pages.render(found)
    assert len(html) < 2_000_000
    target = tmp_path / "report.html"
    target.write_bytes(html)
    with opened(browser, target, **DAY) as page:
        text = page.locator("body").text_content()
        assert "The first 100 of 300 are shown" in text and "The 60 costliest payers follow one by one" in text
        assert amounts(page.locator("[data-figure]").all_inner_texts()) == [int(found.headline.surprise_balance * 100)] * 2


def test_the_same_week_gives_the_same_bytes():
    assert pages.render(week_of(60)) == pages.render(week_of(60))
