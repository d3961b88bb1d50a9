"""The validation page: alone in its file, the same every time, and nothing in it runs."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import polars as pl
import pytest

from config.load import load_settings
from expectations.gate import CHECKS_SCHEMA
from flows.mart_tables import MART_TABLES
from flows.validation_page import control_totals, render, set_aside
from transforms.drift import DRIFT_SCHEMA
from transforms.tables.quarantine import QUARANTINE

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
AS_OF = date(2026, 6, 30)
TOTALS = {"payment_cents": 100_00, "paid_cents": 123_456_00, "moved_cents": -5, "unbalanced_cents": 0, "unbalanced_count": 0}


def row(check: str, **values: object) -> dict[str, object]:
    """One passed check, or as the values say."""
    good = {"table": "files", "check": check, "kind": "law", "meaning": "it holds", "severity": "stop", "owner": "ops", "success": True}
    return good | {"errored": False, "failed_count": 0, "row_count": 3, "found": ""} | values


def item(**values: object) -> dict[str, object]:
    """One open item of the quarantine."""
    blank = dict.fromkeys(QUARANTINE.names)
    plain = {"reason_code": "line_unbalanced", "reason": "it does not add up", "next_step": "ask", "status": "open", "since": AS_OF}
    return blank | plain | {"claim_count": 1, "line_count": 1} | values


def page(rows: list[dict[str, object]], drift: list[dict[str, object]] | None = None, items: list[dict[str, object]] | None = None) -> str:
    """The page of these checks over empty tables."""
    frames = {name: table.empty() for name, table in MART_TABLES.items()}
    frames["quarantine"] = pl.DataFrame(items or [], schema=QUARANTINE.schema)
    evidence = {"lake_totals": pl.DataFrame([TOTALS]), "drift": pl.DataFrame(drift or [], schema=DRIFT_SCHEMA)}
    return render(pl.DataFrame(rows, schema=CHECKS_SCHEMA), frames, evidence, load_settings(), AS_OF).decode()


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """Every tag with its attributes."""
    found: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))  # type: ignore[method-assign]
    parser.feed(html)
    return found


def test_what_looks_like_html_is_shown_as_text() -> None:
    hostile = page(
        [row(HOSTILE, meaning=HOSTILE, found=HOSTILE, table=HOSTILE, success=False), row("unique(x)", kind="unique", meaning=HOSTILE)],
        [{"measure": HOSTILE, "subject": HOSTILE, "week": "2026-W26", "is_unusual": True, "words": HOSTILE}],
        [item(reason=HOSTILE, reason_code=HOSTILE, next_step=HOSTILE)],
    )
    assert {tag for tag, _ in tags(hostile)} & {"script", "img", "iframe", "object", "link"} == set()
    assert hostile.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 8


def test_the_page_asks_for_nothing() -> None:
    html = page([row("a")])
    assert re.findall(r"https?:|//[a-z]|url\(|@import", html) == []
    assert [attrs for _, attrs in tags(html) if attrs.keys() & {"src", "href", "srcset", "data", "action"}] == []


def test_the_same_checks_give_the_same_bytes_whatever_was_published_before() -> None:
    compared = row("row_count", kind="row_count", severity="warn", success=False)
    assert page([row("a")]) == page([row("a")]) == page([row("a"), compared])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("a"), row("b")], "Published: all 2 checks passed."),
        ([row("a"), row("b", success=False, severity="warn")], "Published with 1 warning:"),
        ([row("a", success=False), row("b", success=False, severity="warn")], "Not published: 1 of 2 checks failed"),
        ([row("a", success=False, errored=True)], "could not run"),
    ],
)
def test_the_first_lines_say_how_it_ended(rows: list[dict[str, object]], words: str) -> None:
    assert words in page(rows)


def test_quarantine_by_reason_dearest_first() -> None:
    items = [
        item(charge_amount=Decimal("10.50")), item(charge_amount=Decimal("1234.00")),
        item(reason_code="set_unreadable", claim_count=4), item(reason_code="dear", charge_amount=Decimal("9999.99")),
        item(charge_amount=Decimal("0.00"), next_step="ask somebody else"),
        item(reason_code="settled", status="released", charge_amount=Decimal("5.00")),
    ]  # fmt: skip
    found = set_aside(pl.DataFrame(items, schema=QUARANTINE.schema))
    assert [(one["reason_code"], one["item_count"], one["claim_count"], one["amount"], one["unread_count"]) for one in found] == [
        ("dear", 1, 1, "$9,999.99", 0),
        ("line_unbalanced", 3, 3, "$1,244.50", 0),
        ("set_unreadable", 1, 4, "$0.00", 1),
    ]
    assert [one["next_step"] for one in found] == ["ask", "It differs by file: altbenefit quarantine list --store DIR", "ask"]


def test_control_totals_are_dollars_with_their_outcome() -> None:
    frames = {name: table.empty() for name, table in MART_TABLES.items()}
    report = pl.DataFrame([row("payment_gaps_stated"), row("charges_conserved", success=False)], schema=CHECKS_SCHEMA)
    totals = control_totals(frames, pl.DataFrame([TOTALS]), report)
    assert [total["is_ok"] for total in totals] == [False, True, False, False, False, False], "a law that was not run has not held"
    assert dict(totals[1]["parts"]) == {
        "payments": "$100.00", "claims paid": "$123,456.00", "provider adjustments": "-$0.05",
        "difference of 0 unbalanced payments": "$0.00",
    }  # fmt: skip
