"""CAS segments: one row per reason, amount and quantity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.adjustments import ADJUSTMENTS
from transforms.x12.elements import Spans, cents, code, element, short_code, text, whole
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import empty_text, money, numbers
from transforms.x12.identity import as_declared
from transforms.x12.loops import spans as loops
from transforms.x12.names import Names
from transforms.x12.scan import Segments
from transforms.x12.structure import NONE, Structure, is_qualified
from transforms.x12.tags import CAS

TRIPLETS = 6


@dataclass(frozen=True)
class FoundAdjustments:
    """Where each reason lies, its amount in cents and its quantity: one row per triplet, in order of segment and position."""

    at: np.ndarray
    position: np.ndarray
    reason: Spans
    amount: np.ndarray
    quantity: np.ndarray
    is_quantity_known: np.ndarray
    problems: list[Problems]
    outside_at: np.ndarray
    paid_before: np.ndarray


def find_adjustments(segments: Segments, parts: Structure) -> FoundAdjustments:
    """All adjustments of claims and lines, and which cannot be read. Empty triplets are skipped."""
    at = segments.tagged(CAS)
    is_inside = parts.claim_of[at] != NONE
    at, outside = at[is_inside], at[~is_inside]
    at, position, has_reason, start, end = loops.triplets(segments.buffer, segments.delimiter_at, segments.first, at)
    reason = start[0], end[0]
    (value, quantity), (status, quantity_status) = cents(segments, (start[1:], end[1:]))
    owner = parts.claim_of[at]
    problems = amount_problems("adjustment", status, at, owner)
    for reason_code, rows in (("adjustment_reason_missing", ~has_reason), ("adjustment_overlong", position > TRIPLETS)):
        if rows.any():
            problems.append(Problems(reason_code, at[rows], owner[rows]))
    paid_before = np.zeros(len(parts.claim_at), bool)
    is_prior = short_code(segments, reason) == code("23")
    is_prior[is_prior] = is_qualified(segments, at[is_prior], "OA")
    paid_before[owner[is_prior]] = True
    return FoundAdjustments(at, position, reason, value, *whole(quantity, quantity_status), problems, outside, paid_before)


def adjustments(segments: Segments, parts: Structure, found: FoundAdjustments, kept_claims: np.ndarray, called: Names) -> pl.DataFrame:
    """ADJUSTMENTS rows of the claims marked in `kept_claims`."""
    rows = np.flatnonzero(kept_claims[parts.claim_of[found.at]])
    at = found.at[rows]
    line = parts.line_of[at]
    columns = {
        "claim_id": called.claim_id.take(parts.claim_of[at]),
        "line_id": called.line_id.take(line, line != NONE) if len(parts.line_at) else empty_text(len(at)),
        "file_id": called.file_id.take(segments.piece[at]),
        "group_code": text(segments, element(segments, at, 1)),
        "reason_code": text(segments, (found.reason[0][rows], found.reason[1][rows])),
        "amount": money(found.amount[rows]),
        "quantity": numbers(found.quantity[rows], found.is_quantity_known[rows]),
        "adjustment_segment": segments.number[at],
        "position": found.position[rows],
    }
    return as_declared(columns, ADJUSTMENTS.schema)
