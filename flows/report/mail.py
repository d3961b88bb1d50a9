"""The week as an e-mail: plain text, HTML that Outlook lays out, and the message of both with what is attached."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flows.report import words
from flows.report.mail_facts import facts, reach
from flows.report.page import TEMPLATES
from transforms.report.week import Week

MOST_LINES, MOST_ASKS_AS_TEXT = 59, 5
MOST_ATTACHED_BYTES = 15_000_000  # 20 MB once encoded: what mail servers commonly take
TEXT_WIDTH = 78
SPREADSHEET = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {".html": ("text", "html"), ".xlsx": ("application", SPREADSHEET), ".pdf": ("application", "pdf")}


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
    return f"{_text(plain.get_template('email.txt.j2'), week, said)}\n", f"{html.strip()}\n"


def _text(template: Any, week: Week, said: dict[str, Any]) -> str:
    """With as many asks as leave it short enough to be read at once."""
    text = ""
    for count in range(min(MOST_ASKS_AS_TEXT, len(said["asks"])), -1, -1):
        text = template.render(said | {"asks": said["asks"][:count], "reach": reach(week, count)}).strip()
        if len(text.splitlines()) <= MOST_LINES:
            break
    return text


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


def fold(text: str, indent: str = "") -> str:
    """A sentence over lines that a mail program need not break."""
    return textwrap.fill(text, TEXT_WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def isolate(text: str) -> str:
    """A name that is read from right to left, kept from turning round the figures beside it."""
    is_turned = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)
    return f"\u2068{text}\u2069" if is_turned else text


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
