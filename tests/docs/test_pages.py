"""The docs are true: generated pages are fresh, and the analyst's queries run on a real store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations.catalogue import page as checks_page
from flows.commands.practice import DEMO_CLAIMS
from flows.dictionary import as_markdown

DOCS = Path(__file__).parents[2] / "docs"
QUERIES = re.findall(r"\n([^\n]+):\n\n```sql\n(.+?)```", (DOCS / "analyst.md").read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture
def rows(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Runs a query in the store's folder."""
    monkeypatch.chdir(demo)
    with duckdb.connect() as connection:
        yield lambda query: connection.sql(query).fetchall()


@pytest.mark.parametrize("query", [query for _, query in QUERIES], ids=[title for title, _ in QUERIES])
def test_every_query_of_the_analysts_page_answers(rows, query: str) -> None:
    assert rows(query)


def test_the_three_totals_agree(rows) -> None:
    query = next(query for title, query in QUERIES if "agree" in title)
    (totals,) = rows(query)
    assert len(set(totals)) == 1
    assert isinstance(totals[0], Decimal)
    assert totals[0] > 0


def test_every_claim_is_accounted_for(rows) -> None:
    query = next(query for title, query in QUERIES if "accounted" in title)
    ((read, loaded, duplicate, set_aside),) = rows(query)
    assert read == loaded + duplicate + set_aside
    assert loaded == DEMO_CLAIMS


def test_the_page_of_checks_is_fresh() -> None:
    assert (DOCS / "checks.md").read_text(encoding="utf-8") == checks_page(), "make docs"


def test_the_data_dictionary_is_fresh() -> None:
    assert (DOCS / "tables.md").read_text(encoding="utf-8").rstrip("\n") == as_markdown().rstrip("\n"), "make docs"


def test_links_between_pages_lead_somewhere() -> None:
    pages = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))]
    assert links
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_every_decision_is_listed_in_order() -> None:
    listed = re.findall(r"^- \[\d{4} [^\]]+\]\(([^)]+)\)", (DOCS / "decisions/README.md").read_text(encoding="utf-8"), re.M)
    assert listed == sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
