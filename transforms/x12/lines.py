"""SVC loops: one row per service line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.remittances import READ_LINES
from transforms.x12.claims import statement_days
from transforms.x12.components import Composite, split_code
from transforms.x12.dates import dates, days
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import OK, Spans, cents, element, elements, is_sent, money, numbers, text, trimmed, whole
from transforms.x12.identity import Names, as_declared, text_lists, texts
from transforms.x12.scan import AMT, DTM, LQ, REF, Segments
from transforms.x12.structure import NONE, Structure, element_or_none, first_in, qualified, qualifier_test

SHORTEST_BARE_CODE = 4


@dataclass(frozen=True)
class LineAmounts:
    """SVC02, SVC03 and AMT*B6 in cents, per line; allowed only where it was stated and can be read."""

    charge: np.ndarray
    paid: np.ndarray
    allowed: np.ndarray
    is_allowed_stated: np.ndarray
    is_charge_known: np.ndarray
    problems: list[Problems]
    unreadable_allowed_at: np.ndarray


def line_amounts(segments: Segments, parts: Structure) -> LineAmounts:
    """The money of every line, and which of it cannot be read (lines outside of claims have no say)."""
    at = parts.line_at
    owner = parts.claim_of_line
    inside = np.flatnonzero(owner != NONE)
    sent = elements(segments, at)
    charge, charge_status = cents(segments, sent(2))
    paid, paid_status = cents(segments, sent(3))
    allowed_at = _first_of_lines(segments, parts, AMT, "B6")
    allowed, status = cents(segments, element_or_none(segments, allowed_at, 2))
    problems = [
        *amount_problems("charge", charge_status[inside], at[inside], owner[inside]),
        *amount_problems("paid", paid_status[inside], at[inside], owner[inside]),
    ]
    unreadable = allowed_at[(status != OK) & (allowed_at != NONE) & ~segments.is_carried[at]]
    return LineAmounts(charge, paid, allowed, status == OK, charge_status == OK, problems, unreadable)


def lines(segments: Segments, parts: Structure, amounts: LineAmounts, kept: np.ndarray, called: Names) -> tuple[pl.DataFrame, np.ndarray]:
    """READ_LINES rows of the lines `kept` (numbers), and the segments whose code has an undeclared separator."""
    at = parts.line_at[kept]
    sent = elements(segments, at)
    paid_as = split_code(segments, sent(1))
    billed = split_code(segments, sent(6))
    has_billed = _is_billed(segments, billed)
    units_paid, is_paid_known = _units(segments, sent(5), np.ones(len(at), np.int64), np.ones(len(at), bool))
    units_billed, is_billed_known = _units(segments, sent(7), units_paid, is_paid_known)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(at))  # the 835 has no place for tooth and surface
    columns = {
        "line_id": called.line_id.take(kept),
        "claim_id": called.claim_id.take(parts.claim_of_line[kept]),
        "file_id": called.file_id.take(segments.piece[at]),
        "source_file": called.source_file.take(segments.piece[at]),
        "line_segment": segments.number[at],
        "submitted_code": text(segments, _either(has_billed, billed.code, paid_as.code)),
        "submitted_code_source": texts(["SVC01", "SVC06"]).take(has_billed.astype(np.int64)),
        "submitted_qualifier": text(segments, _either(has_billed, billed.qualifier, paid_as.qualifier)),
        "paid_code": text(segments, paid_as.code),
        "paid_qualifier": text(segments, paid_as.qualifier),
        "charge_amount": money(amounts.charge[kept]),
        "paid_amount": money(amounts.paid[kept]),
        "allowed_amount": money(amounts.allowed[kept], amounts.is_allowed_stated[kept]),
        "units_submitted": numbers(units_billed, is_billed_known),
        "units_paid": numbers(units_paid, is_paid_known),
        "service_date": dates(*_service_days(segments, parts, kept)),
        "line_control_number": text(segments, element_or_none(segments, _first_of_lines(segments, parts, REF, "6R")[kept], 2)),
        "remark_codes": _remarks(segments, parts, kept),
        "tooth_code": nothing,
        "surface_codes": nothing,
    }
    undeclared = at[paid_as.is_undeclared | billed.is_undeclared]
    return as_declared(columns, READ_LINES), undeclared


def _is_billed(segments: Segments, billed: Composite) -> np.ndarray:
    """Whether SVC06 names a procedure. Units that slipped into it do not: a bare code has four characters or more."""
    start, end = trimmed(segments, billed.code)
    return (end > start) & (is_sent(segments, billed.qualifier) | (end - start >= SHORTEST_BARE_CODE))


def _either(choose_first: np.ndarray, one: Spans, other: Spans) -> Spans:
    return np.where(choose_first, one[0], other[0]), np.where(choose_first, one[1], other[1])


def _units(segments: Segments, spans: Spans, default: np.ndarray, is_default_known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Units as sent, or the default where none were."""
    rows = np.flatnonzero(is_sent(segments, spans))
    if not len(rows):
        return default, is_default_known
    value, is_known = default.copy(), is_default_known.copy()
    value[rows], is_known[rows] = whole(segments, (spans[0][rows], spans[1][rows]))
    return value, is_known


def _first_of_lines(segments: Segments, parts: Structure, tag: int, value: str) -> np.ndarray:
    """Per line, its first segment of a tag with a qualifier, or -1."""
    at = qualified(segments, _in_lines(parts, segments.tagged(tag)), value)
    return first_in(at, parts.line_of[at], len(parts.line_at))


def _in_lines(parts: Structure, at: np.ndarray) -> np.ndarray:
    return at[parts.line_of[at] != NONE]


def _service_days(segments: Segments, parts: Structure, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """DTM*472, else DTM*150, else the claim's date."""
    at = _in_lines(parts, segments.tagged(DTM))
    says = qualifier_test(segments, at)
    value, is_known = np.zeros(len(kept), np.int64), np.zeros(len(kept), bool)
    for wanted in ("472", "150"):
        chosen = at[says(wanted)]
        first = first_in(chosen, parts.line_of[chosen], len(parts.line_at))[kept]
        day, is_day = days(segments, element_or_none(segments, first, 2))
        value, is_known = np.where(is_known, value, day), is_known | is_day
        if is_known.all():
            break
    else:
        day, is_day = statement_days(segments, parts)
        owner = parts.claim_of_line[kept]
        value, is_known = np.where(is_known, value, day[owner]), is_known | is_day[owner]
    return value, is_known


def _remarks(segments: Segments, parts: Structure, kept: np.ndarray) -> pl.Series:
    """LQ*HE codes, in order."""
    at = qualified(segments, _in_lines(parts, segments.tagged(LQ)), "HE")
    spans = element(segments, at, 2)
    sent = np.flatnonzero(is_sent(segments, spans))
    return text_lists(segments, (spans[0][sent], spans[1][sent]), parts.line_of[at[sent]], kept, len(parts.line_at))
