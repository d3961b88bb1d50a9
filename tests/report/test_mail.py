"""The weekly e-mail: what it says, how large it is, and that it is read as it was meant."""

import re
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from html.parser import HTMLParser

import polars as pl
import pytest

from flows.mart_tables import MART_TABLES
from flows.report import mail, words
from tests.report.drawn_week import AS_OF, HOSTILE, filled, week_of

MOST_BYTES, MOST_LINES = 100_000, 60
LOADS = {"src", "srcset", "href", "background", "poster", "data", "action", "formaction"}


class Page(HTMLParser):
    """Elements and attributes of a page, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def crowded(names=("N" * 80,)):
    """The most there can be to say: 300 payers, 40 reasons, silent, unmapped and unpriced ones."""
    reasons = pl.DataFrame({"quarantine_id": [f"{at:016d}-1-fault" for at in range(40)]}).with_columns(
        reason_code=pl.format("fault_{}", pl.int_range(40)), reason=pl.lit("a reason in many words, " * 20),
        next_step=pl.lit("do this; " * 60),
        status=pl.lit("open"), charge_amount=pl.lit("1234.56").cast(pl.Decimal(12, 2)), since=pl.lit(AS_OF),
    )  # fmt: skip
    silent = pl.DataFrame({"payer_id": [f"payer-{at:03d}" for at in range(60)], "payer_name": ["S" * 80] * 60, "silent_days": [99] * 60})
    marts = {"quarantine": reasons, "silent_payers": silent, "unmapped_payers": silent.select("payer_id")}
    return week_of(6_000, 300, names, **{name: filled(MART_TABLES[name], frame) for name, frame in marts.items()})


@pytest.fixture(scope="module")
def week():
    return week_of(400)


def test_headline_and_first_asks_are_those_of_the_ranking(week):
    text, html = mail.render(week)
    total = words.dollars(week.marts["payer_code_ranking"].collect()["surprise_balance"].sum())
    for said in (" ".join(text.split()), Page(html).text):
        assert f"Patients were left with {total}" in said
        for row in week.asks_first.head(5).iter_rows(named=True):
            assert words.dollars(row["surprise_balance"]) in said
            assert f"{row['submitted_code']} paid as {row['alternate_code']}" in said
        assert words.dollars(week.review_totals["candidate_amount"].sum()) in said


KINDS = {"crowded": crowded, "nothing": lambda: week_of(0), "one line": lambda: week_of(1, 1), "hostile": lambda: crowded(HOSTILE)}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_short_enough_whatever_the_week(make):
    text, html = mail.render(make())
    assert max(len(text.encode()), len(html.encode())) < MOST_BYTES
    assert len(text.splitlines()) < MOST_LINES
    assert "THE FULL REPORT" in text
    assert "\n\n\n" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]


def test_nothing_is_loaded_and_nothing_runs():
    """No image, link, script, style sheet or form: an element that could ask the network for something is not there."""
    _, html = mail.render(crowded(HOSTILE))
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= {
        "html", "head", "meta", "title", "body", "table", "thead", "tbody", "tr", "td", "th", "p", "h1", "h2", "b", "bdi", "br", "span",
    }  # fmt: skip
    assert not [(tag, name) for tag, attributes in page.elements for name in attributes if name in LOADS or name.startswith("on")]
    assert not re.search(r"url\(|@import|expression\(|https?://(?!www\.w3\.org/1999/xhtml)(?!evil\.example)", html)


def test_layout_is_what_outlook_keeps():
    """Tables with inline styles; every style that matters is on its element, for a style sheet may be dropped."""
    _, html = mail.render(week_of(400))
    page = Page(html)
    assert "<style" not in html
    assert not [attributes for _, attributes in page.elements if "class" in attributes]
    assert all("style" in attributes for tag, attributes in page.elements if tag in {"th", "p", "h1", "h2"})
    assert not re.search(r"flex|grid|position:|float:", html)


def test_names_from_outside_break_neither_page_nor_lines():
    text, html = mail.render(week_of(2_000, len(HOSTILE), [f"{name}\nBcc: x" for name in HOSTILE]))
    assert "<script" not in html
    assert not [line for line in text.splitlines() if line.startswith("Bcc")]
    assert "\t" not in text
    assert "\r" not in text


def test_a_name_read_from_right_to_left_turns_nothing_round():
    text, html = mail.render(week_of(400, 1, ["שירותי שיניים"]))
    assert "1. \u2068שירותי שיניים\u2069\n" in text
    assert "<bdi>שירותי שיניים</bdi>" in html


def test_what_waits_and_what_could_not_be_used_are_told():
    text, _ = mail.render(crowded())
    assert "- 600 lines to confirm or reject" in text
    assert "60 payers silent" in text
    assert "1 item, $1,234.56 of charges" in text
    assert "37 more reasons" in text


def test_a_week_of_nothing_says_so():
    text, html = mail.render(week_of(0))
    for said in (text, Page(html).text):
        assert "No downgraded line counts in this window." in said
        assert "No file has arrived yet." in said
    assert "ASK THESE FIRST" not in text


def test_few_claims_are_no_ask(week):
    text, _ = mail.render(week_of(3, 1))
    assert "No pair of payer and procedure rests on enough claims" in text
    assert "$0.00 that nobody" not in text


def test_the_message_is_parsed_as_it_was_built(week, tmp_path):
    """Plain text first, HTML as its alternative, files byte for byte with their names and types; 7-bit throughout."""
    paths = [tmp_path / "report.html", tmp_path / "report.xlsx", tmp_path / "table.csv"]
    for at, path in enumerate(paths):
        path.write_bytes(bytes(range(256)) * (at + 1))
    sent = mail.message(week, "Practice <audit@practice.example>", ["boss@practice.example", "billing@practice.example"], paths)
    data = sent.as_bytes()
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    got = message_from_bytes(data, policy=policy.default)
    assert got["Subject"] == f"Leakage report 2026-W26: {words.dollars(week.headline.surprise_balance)} left to patients"
    assert got["To"] == "boss@practice.example, billing@practice.example"
    assert got["Auto-Submitted"] == "auto-generated"
    text, html = mail.render(week, [path.name for path in paths])
    assert got.get_body(("plain",)).get_content().replace("\r\n", "\n") == text
    assert got.get_body(("html",)).get_content().replace("\r\n", "\n") == html
    files = list(got.iter_attachments())
    assert [(one.get_filename(), one.get_content_type()) for one in files] == [
        ("report.html", "text/html"),
        ("report.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("table.csv", "application/octet-stream"),
    ]
    assert [one.get_payload(decode=True) for one in files] == [path.read_bytes() for path in paths]
    assert "Attached: report.html, report.xlsx, table.csv." in " ".join(text.split())


def test_the_same_week_gives_the_same_message(week, tmp_path):
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"workbook")
    first, second = (mail.message(week, "a@practice.example", ["b@practice.example"], [path]).as_bytes() for _ in range(2))
    assert first == second


def test_what_is_too_large_for_a_mail_is_named_instead(week, tmp_path, monkeypatch):
    monkeypatch.setattr(mail, "MOST_ATTACHED_BYTES", 1_000)
    sizes = {"report.html": 800, "report.xlsx": 900, "small.csv": 200}
    paths = [tmp_path / name for name in sizes]
    for path in paths:
        path.write_bytes(b"x" * sizes[path.name])
    sent = mail.message(week, "a@practice.example", ["b@practice.example"], paths)
    assert [one.get_filename() for one in sent.iter_attachments()] == ["report.html", "small.csv"]
    assert "Too large to attach: report.xlsx." in " ".join(sent.get_body(("plain",)).get_content().split())


def test_an_address_cannot_smuggle_in_a_header(week):
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        mail.message(week, "a@practice.example", ["b@practice.example\r\nBcc: c@evil.example"])


def test_the_bar_below_an_ask_is_its_share_of_the_first(week):
    _, html = mail.render(week)
    widths = [int(width) for width in re.findall(r'<td width="(\d+)%" height="5" bgcolor="#1f6f78"', html)]
    balances = week.asks_first["surprise_balance"].to_list()
    assert widths == [int(100 * one / balances[0]) for one in balances]
    assert widths[0] == 100


def test_days_are_those_of_the_week(week):
    text, _ = mail.render(week)
    assert week.last_day - week.first_day == timedelta(days=6)
    assert words.span(week.first_day, week.last_day) in text.splitlines()[0]
    assert Decimal(0) < week.headline.week_surprise_balance
    assert words.dollars(week.headline.week_surprise_balance) in text
