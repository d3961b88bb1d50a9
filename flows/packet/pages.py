"""A document as HTML that stands alone, and as PDF made from it. The same document gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flows.packet.blocks import Document, legal

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
BLANK = re.compile(r"(\[[^\[\]]+\])")
PAPERS = {"letter": "Letter", "a4": "A4"}


def as_html(document: Document, paper: str) -> bytes:
    """The page; nothing in it is fetched from elsewhere, and all text is escaped."""
    import jinja2
    import markupsafe

    options = {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, **options)
    styles = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=False, **options)
    css = styles.get_template("packet/packet.css").render(paper=PAPERS[paper], running=_in_css(document.title))
    html = pages.get_template("packet/document.html").render(
        document=document, css=markupsafe.Markup(css), parts=_parts, legal=legal, kind_of=lambda block: type(block).__name__
    )
    return html.encode()


def as_pdf(html: bytes, document: Document) -> bytes:
    """The page as a tagged PDF. Raises OSError where the system library that WeasyPrint draws with is missing."""
    import logging

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    from weasyprint import HTML

    identifier = f"altbenefit-{document.name}-{document.dated.isoformat()}".encode()
    made = HTML(string=html.decode(), url_fetcher=_nothing_is_fetched).write_pdf(pdf_identifier=identifier, pdf_tags=True)
    assert made is not None
    return made


def _nothing_is_fetched(url: str, *args: object, **options: object) -> dict:
    raise ValueError("a packet fetches nothing")


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a blank to fill in."""
    for part in BLANK.split(legal(text)):
        if part:
            yield part, BLANK.fullmatch(part) is not None


def _in_css(text: str) -> str:
    """Text inside a quoted string of a style sheet that itself stands in a page."""
    return "".join(letter if letter.isalnum() or letter in " .,:-–" else f"\\{ord(letter):x} " for letter in text)
