"""What a page consists of, said once: HTML and DOCX are made from the same blocks, so they cannot differ."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ISOLATE, RELEASE = "\u2068", "\u2069"
LONGEST_NAME = 120


@dataclass(frozen=True)
class Heading:
    """A heading inside a document."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """`is_quiet` is small print."""

    text: str
    is_quiet: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of short sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table: `first_numbers` is the column from which on cells are numbers; `total_rows` so many last rows are sums.

    `is_grouped` sets rows apart where the first cell changes.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_numbers: int
    total_rows: int = 0
    is_grouped: bool = False


Block = Heading | Paragraph | Bullets | Grid


@dataclass(frozen=True)
class Document:
    """One document: who writes, to whom, when (lines as they stand above a letter), what about, the blocks, how it ends.

    What a person must still fill in stands in [square brackets].
    """

    name: str
    title: str
    sender: tuple[str, ...]
    above: tuple[str, ...]
    blocks: tuple[Block, ...]
    closing: tuple[str, ...]
    footer: str
    dated: date


def dollars(amount: Decimal | None) -> str:
    """$1,234.50, or a dash where nothing is known."""
    if amount is None:
        return "–"
    return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"


def cents(amount: int | None) -> str:
    """The same of whole cents."""
    return dollars(None if amount is None else Decimal(amount).scaleb(-2))


def month(day: date) -> str:
    """June 2026."""
    return f"{day:%B %Y}"


def isolated(name: str) -> str:
    """A name that reads from right to left, wrapped so that the text around it keeps its order; control characters go."""
    plain = "".join(letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"})[:LONGEST_NAME]
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in plain):
        return f"{ISOLATE}{plain}{RELEASE}"
    return plain


def legal(text: str) -> str:
    """Text without control characters, which neither a page nor a DOCX can hold."""
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cs"})
