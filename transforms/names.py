"""Payers' names and numbers in the form in which they are compared: whole, never by how they begin."""

from __future__ import annotations

import polars as pl

# Legal forms that payers write or leave out at will; what tells one payer from another stays (domain 5).
# CO stays too: it is Colorado as often as company, and the plan of one state is not that of another.
LEGAL_FORMS = r"\b(INC|LLC|CORP|CORPORATION|COMPANY|LTD|OF AMERICA)\b"


def plain_name(name: pl.Expr) -> pl.Expr:
    """A payer name for comparison: upper case, no punctuation, no legal form, single spaces."""
    letters = name.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return letters.str.replace_all(LEGAL_FORMS, " ").str.replace_all(r"\s+", " ").str.strip_chars()


def plain_tax_id(tax_id: pl.Expr) -> pl.Expr:
    """A TRN03 without hyphens and without the leading 1 that ten-digit forms carry."""
    digits = tax_id.str.replace_all(r"[^0-9A-Za-z]", "")
    return pl.when(digits.str.contains(r"^1\d{9}$")).then(digits.str.slice(1)).otherwise(digits)


def trimmed(value: pl.Expr) -> pl.Expr:
    """An identifier as sent, without blanks around it."""
    return value.str.strip_chars()
