"""SVC loops: one row per service line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.remittances import READ_LINES
from transforms.x12.claims import statement_days
from transforms.x12.components import procedures
from transforms.x12.elements import cents, days, element, is_sent, spans, text, whole
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import MISSING, OK, dates, money, numbers
from transforms.x12.identity import as_declared, texts
from transforms.x12.names import Names, text_lists
from transforms.x12.scan import Segments
from transforms.x12.structure import NONE, Structure, first_of_each, qualified
from transforms.x12.tags import AMT, DTM, LQ, REF

ALLOWED, CONTROL = (AMT, "B6"), (REF, "6R")
DATES = ((DTM, "472"), (DTM, "150"))  # in order of preference


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
    (allowed_at,) = first_of_each(segments, parts.line_of, len(at), (ALLOWED,))
    sent = spans(segments, [at, allowed_at], [(0, 2), (0, 3), (1, 2)])
    (charge, paid, allowed), (charge_status, paid_status, status) = cents(segments, sent)
    problems = [
        *amount_problems("charge", charge_status[inside], at[inside], owner[inside]),
        *amount_problems("paid", paid_status[inside], at[inside], owner[inside]),
    ]
    unreadable = allowed_at[(status != OK) & (allowed_at != NONE) & ~segments.is_carried[at]]
    return LineAmounts(charge, paid, allowed, status == OK, charge_status == OK, problems, unreadable)


def lines(segments: Segments, parts: Structure, amounts: LineAmounts, kept: np.ndarray, called: Names) -> tuple[pl.DataFrame, np.ndarray]:
    """READ_LINES rows of the lines `kept` (numbers), and the segments whose code has an undeclared separator."""
    at = parts.line_at[kept]
    *dated, control = (found[kept] for found in first_of_each(segments, parts.line_of, len(parts.line_at), (*DATES, CONTROL)))
    coded = procedures(segments, at)
    (paid, billed), (paid_status, billed_status) = cents(segments, spans(segments, [at], [(0, 5), (0, 7)]))
    units_paid, is_paid_known = _units(paid, paid_status, np.int64(1), np.True_)
    units_billed, is_billed_known = _units(billed, billed_status, units_paid, is_paid_known)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(at))  # the 835 has no place for tooth and surface
    columns = {
        "line_id": called.line_id.take(kept),
        "claim_id": called.claim_id.take(parts.claim_of_line[kept]),
        "file_id": called.file_id.take(segments.piece[at]),
        "source_file": called.source_file.take(segments.piece[at]),
        "line_segment": segments.number[at],
        "submitted_code": coded.submitted_code,
        "submitted_code_source": texts(["SVC01", "SVC06"]).take(coded.is_billed.astype(np.int64)),
        "submitted_qualifier": coded.submitted_qualifier,
        "paid_code": coded.paid_code,
        "paid_qualifier": coded.paid_qualifier,
        "charge_amount": money(amounts.charge[kept]),
        "paid_amount": money(amounts.paid[kept]),
        "allowed_amount": money(amounts.allowed[kept], amounts.is_allowed_stated[kept]),
        "units_submitted": numbers(units_billed, is_billed_known),
        "units_paid": numbers(units_paid, is_paid_known),
        "service_date": dates(*_service_days(segments, parts, dated, kept)),
        "line_control_number": text(segments, element(segments, control, 2)),
        "remark_codes": _remarks(segments, parts, kept),
        "tooth_code": nothing,
        "surface_codes": nothing,
    }
    return as_declared(columns, READ_LINES), at[coded.is_undeclared]


def _units(
    value: np.ndarray, status: np.ndarray, default: np.ndarray | np.int64, is_default_known: np.ndarray | np.bool_
) -> tuple[np.ndarray, np.ndarray]:
    """Units as sent (in hundredths, as amounts are read), or the default where none were."""
    count, is_known = whole(value, status)
    is_missing = status == MISSING
    return np.where(is_missing, default, count), np.where(is_missing, is_default_known, is_known)


def _service_days(segments: Segments, parts: Structure, dated: Sequence[np.ndarray], kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first of the line's own dates that can be read, else the claim's date."""
    (value, other), (is_known, is_other_known) = days(segments, spans(segments, dated, [(0, 2), (1, 2)]))
    value, is_known = np.where(is_known, value, other), is_known | is_other_known
    if is_known.all():
        return value, is_known
    day, is_day = statement_days(segments, parts)
    owner = parts.claim_of_line[kept]
    return np.where(is_known, value, day[owner]), is_known | is_day[owner]


def _remarks(segments: Segments, parts: Structure, kept: np.ndarray) -> pl.Series:
    """LQ*HE codes, in order."""
    at = qualified(segments, segments.tagged(LQ), "HE")
    at = at[parts.line_of[at] != NONE]
    start, end = element(segments, at, 2)
    sent = np.flatnonzero(is_sent(segments, (start, end)))
    return text_lists(segments, (start[sent], end[sent]), parts.line_of[at[sent]], kept, len(parts.line_at))
