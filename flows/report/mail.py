"""The week as an e-mail: plain text, HTML that Outlook lays out, and the message of both with what is attached."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flows.report import words
from flows.report.needs import Need, needs
from flows.report.page import TEMPLATES, headline_sentence
from transforms.report.week import Week

MOST_ASKS, MOST_MOVES, MOST_REASONS = 10, 3, 3
MOST_LETTERS = 90  # of a payer's name
MOST_OF_A_REASON = 150
MOST_LINES, MOST_ASKS_AS_TEXT = 59, 5
MOST_ATTACHED_BYTES = 15_000_000  # 20 MB once encoded: what mail servers commonly take
TEXT_WIDTH = 78
WIDEST, LEAST_WIDE = 100, 2  # percent, of the bar below an ask
SPREADSHEET = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {".html": ("text", "html"), ".xlsx": ("application", SPREADSHEET), ".pdf": ("application", "pdf")}
FINE_PRINT = "Amounts are in US dollars, by payment date. Patients appear nowhere in this mail, and as keyed tokens in the report."
CENT = Decimal("0.01")
Row = dict[str, str]


def render(week: Week, attached: Sequence[str] = (), left_out: Sequence[str] = ()) -> tuple[str, str]:
    """Text of fewer than 60 lines, and HTML, each far below 100 KB whatever the week.

    attached, left_out: names of files sent along, and of those too large for a mail. No image, no link, nothing to load.
    """
    import jinja2

    said = facts(week) | {"where": _where(week, attached, left_out)}
    options: dict[str, Any] = {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    loader = jinja2.FileSystemLoader(TEMPLATES / "mail")
    plain, marked_up = (jinja2.Environment(loader=loader, autoescape=escaped, **options) for escaped in (False, True))
    plain.filters |= {"fold": fold, "isolate": isolate}
    html = marked_up.get_template("email.html.j2").render(said)
    template = plain.get_template("email.txt.j2")
    texts = (_text(template, week, said, count) for count in range(min(MOST_ASKS_AS_TEXT, len(said["asks"])), -1, -1))
    text = next((one for one in texts if len(one.splitlines()) <= MOST_LINES), "")
    return f"{text}\n", f"{html.strip()}\n"


def _text(template: Any, week: Week, said: dict[str, Any], count: int) -> str:
    return template.render(said | {"asks": said["asks"][:count], "reach": _reach(week, count)}).strip()


def message(week: Week, sender: str, recipients: Sequence[str], attach: Sequence[Path] = ()) -> EmailMessage:
    """The multipart message, ready to be sent; the sender's host adds date and id. The same week gives the same message.

    Files beyond what a mail server takes are left out, in the order given, and named in the text. Raises OSError where one
    cannot be read.
    """
    from email.policy import SMTP

    sent, left_out = _fitting(attach)
    text, html = render(week, [path.name for path in sent], [path.name for path in left_out])
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["Subject"], mail["From"], mail["To"] = subject(week), sender, ", ".join(recipients)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    for path in sent:
        maintype, subtype = TYPES.get(path.suffix, ("application", "octet-stream"))
        mail.add_attachment(path.read_bytes(), maintype=maintype, subtype=subtype, filename=path.name)
    for at, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_altbenefit_{week.week}_{at}_=")  # the library would draw one at random
    return mail


def subject(week: Week) -> str:
    """Week and headline; no payer, no patient."""
    return f"Leakage report {week.week}: {words.dollars(week.headline.surprise_balance)} left to patients"


def facts(week: Week) -> dict[str, Any]:
    """What both bodies say, in the order of the page."""
    asks = week.asks_first.head(MOST_ASKS)
    most = max(asks["surprise_balance"], default=0)
    return {
        "title": f"Leakage report {week.week}: {words.span(week.first_day, week.last_day)}",
        "headline": headline_sentence(week),
        "this_week": _volume(week),
        "asks": [_ask(row, int(WIDEST * row["surprise_balance"] / most) if most else 0) for row in asks.iter_rows(named=True)],
        "reach": _reach(week, MOST_ASKS),
        "parts": [
            {"title": "New or rising", "joint": ": ", "rows": _moves(week)},
            {"title": "What needs you", "joint": ": ", "rows": [_need(need) for need in needs(week)]},
            {"title": "What could not be used", "joint": ". ", "rows": _unusable(week)},
        ],
        "fine_print": FINE_PRINT,
    }  # fmt: skip


def one_line(text: str, most: int = MOST_LETTERS) -> str:
    """A text from outside as one line of a mail: no line break or control character, and no more than fits."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def fold(text: str, indent: str = "") -> str:
    """A sentence over lines that a mail program need not break."""
    return textwrap.fill(text, TEXT_WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def isolate(text: str) -> str:
    """A name that is read from right to left, kept from turning round the figures beside it."""
    is_turned = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)
    return f"\u2068{text}\u2069" if is_turned else text


def _volume(week: Week) -> str:
    head = week.headline
    if not head.line_count:
        return "No downgraded line counts in this window."
    lines, claims = words.count_of(head.line_count, "line"), words.count_of(head.claim_count, "claim")
    patients, payers = words.count_of(head.patient_count, "patient"), words.count_of(head.payer_count, "payer")
    return f"{lines} on {claims} of {patients}, from {payers}; {words.count_of(head.week_line_count, 'line')} in this week."


def _ask(row: dict[str, Any], width: int) -> dict[str, Any]:
    pair = f"{row['submitted_code']} paid as {row['alternate_code'] or 'an unknown code'}"
    contract = words.dollars(row["contracted_fee"]) if row["contracted_fee"] is not None else "not on file"
    fee = words.dollars(row["asked_fee"]) if row["asked_fee"] is not None else ""
    worth = f"for {one_line(row['alternate_code'])}, worth {words.dollars(row['asked_saving'])}" if fee else ""
    return {
        "payer": one_line(row["payer_name"] or row["payer_id"]),
        "codes": one_line(pair),
        "amount": words.dollars(row["surprise_balance"]),
        "claims": words.count_of(row["claim_count"], "claim"),
        "fees": f"Allowed {words.dollars(row['median_alternate_fee'])}, contract {contract}",
        "fee": fee,
        "worth": worth,
        "ask": f"ask {fee} {worth}" if fee else "",
        "width": max(width, LEAST_WIDE),
    }


def _reach(week: Week, count: int) -> str:
    """How far the first asks go, and what was left out of them."""
    asks, few = week.asks_first.head(count), week.too_few_claims.height
    if week.asks_first.is_empty():
        return f"No pair of payer and procedure rests on enough claims to ask; the report lists {words.whole(few)}." if few else ""
    if asks.is_empty():
        return ""
    share = 100 * sum(asks["surprise_balance"], Decimal(0)) / max(week.headline.surprise_balance, CENT)
    pairs = words.count_of(week.headline.pair_count, "pair")
    said = f"Together {words.percent(share)} of the total ({pairs} of payer and procedure)."
    return f"{said} {words.count_of(few, 'pair')} with as many dollars but too few claims left out." if few else said


def _moves(week: Week) -> list[Row]:
    return [
        {"text": one_line(f"{row['payer_name'] or row['payer_id']}, {row['submitted_code']}"), "step": _move(row)}
        for row in week.new_and_worsening.head(MOST_MOVES).iter_rows(named=True)
    ]


def _need(need: Need) -> Row:
    return {"text": one_line(need.what), "step": one_line(need.why, MOST_OF_A_REASON)}


def _move(row: dict[str, Any]) -> str:
    lately, before = (words.dollars(row[name]) for name in ("recent_week_amount", "earlier_week_amount"))
    return f"{row['trend']}, {lately} a week lately, {before} before"


def _unusable(week: Week) -> list[Row]:
    rows = [
        {"text": f"{_waiting(row)}: {one_line(row['reason'], MOST_OF_A_REASON)}", "step": one_line(row["next_step"], MOST_OF_A_REASON)}
        for row in week.unusable.head(MOST_REASONS).iter_rows(named=True)
    ]
    others = week.unusable.height - len(rows)
    if others > 0:
        rows.append({"text": f"and {words.count_of(others, 'more reason')}", "step": "altbenefit quarantine list --store DIR"})
    nothing = "Nothing: all that arrived was read, and nothing waits." if week.trust.file_count else "No file has arrived yet."
    return rows or [{"text": nothing, "step": ""}]


def _waiting(row: dict[str, Any]) -> str:
    return f"{words.count_of(row['item_count'], 'item')}, {words.dollars(row['charge_amount'])} of charges"


def _where(week: Week, attached: Sequence[str], left_out: Sequence[str]) -> str:
    folder = f"weekly/{week.week}/ of the store: report.html to read, report.xlsx to reckon with."
    said = f"Attached: {', '.join(attached)}. Also in {folder}" if attached else f"In {folder}"
    return f"{said} Too large to attach: {', '.join(left_out)}." if left_out else said


def _fitting(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Files that fit into one mail together, taken in order, and the others."""
    sent, left_out, room = [], [], MOST_ATTACHED_BYTES
    for path in paths:
        size = path.stat().st_size
        if size <= room:
            sent.append(path)
            room -= size
        else:
            left_out.append(path)
    return sent, left_out
