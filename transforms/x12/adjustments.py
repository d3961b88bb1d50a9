"""CAS segments: one row per reason, amount and quantity."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from transforms.tables.adjustments import ADJUSTMENTS
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import Spans, cents, code, element, empty_text, is_sent, money, numbers, short_code, text, whole
from transforms.x12.identity import Names, as_declared
from transforms.x12.scan import CAS, Segments
from transforms.x12.structure import NONE, Structure

TRIPLETS = 6
LAST_ELEMENT = 1 + 3 * TRIPLETS


@dataclass(frozen=True)
class AdjustmentSpans:
    """Where each reason, amount and quantity lies: one row per triplet, in order of segment and position."""

    at: np.ndarray
    position: np.ndarray
    reason: Spans
    quantity: Spans
    amount: np.ndarray
    problems: list[Problems]
    outside_at: np.ndarray
    paid_before: np.ndarray


def find_adjustments(segments: Segments, parts: Structure) -> AdjustmentSpans:
    """All adjustments of claims and lines, and which cannot be read. Empty triplets are skipped."""
    at = segments.tagged(CAS)
    is_inside = parts.claim_of[at] != NONE
    at, outside = at[is_inside], at[~is_inside]
    at, position = _triplets(segments, at)
    reason, amount, quantity = _spans_of_triplets(segments, at, position)
    has_reason, has_amount = is_sent(segments, reason), is_sent(segments, amount)
    sent = np.flatnonzero(has_reason | has_amount)
    if len(sent) < len(at):
        at, position, has_reason = at[sent], position[sent], has_reason[sent]
        reason, amount, quantity = ((start[sent], end[sent]) for start, end in (reason, amount, quantity))
    value, status = cents(segments, amount)
    owner = parts.claim_of[at]
    problems = amount_problems("adjustment", status, at, owner)
    for reason_code, rows in (("adjustment_reason_missing", ~has_reason), ("adjustment_overlong", position > TRIPLETS)):
        if rows.any():
            problems.append(Problems(reason_code, at[rows], owner[rows]))
    paid_before = np.zeros(len(parts.claim_at), bool)
    is_prior = short_code(segments, reason) == code("23")
    is_prior[is_prior] = short_code(segments, element(segments, at[is_prior], 1)) == code("OA")
    paid_before[owner[is_prior]] = True
    return AdjustmentSpans(at, position, reason, quantity, value, problems, outside, paid_before)


def adjustments(segments: Segments, parts: Structure, found: AdjustmentSpans, kept_claims: np.ndarray, called: Names) -> pl.DataFrame:
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
        "quantity": numbers(*whole(segments, (found.quantity[0][rows], found.quantity[1][rows]))),
        "adjustment_segment": segments.number[at],
        "position": found.position[rows],
    }
    return as_declared(columns, ADJUSTMENTS.schema)


def _triplets(segments: Segments, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One row per triplet that a segment has room for; a seventh stands for all that are too many."""
    elements = segments.last(at) - segments.first[at]
    count = np.clip((elements + 1) // 3, 0, TRIPLETS + 1)
    if (count == 1).all():
        return at, np.ones(len(at), np.int64)
    rows = np.repeat(np.arange(len(at)), count)
    position = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + 1
    return at[rows], position


def _spans_of_triplets(segments: Segments, at: np.ndarray, position: np.ndarray) -> tuple[Spans, Spans, Spans]:
    """Reason, amount and quantity of each triplet; an empty span where one was not sent."""
    last, right = segments.last(at), segments.first[at] + 3 * position - 1
    bounds = [segments.delimiter_at[np.minimum(right + offset, last)] for offset in (-1, 0, 1, 2)]
    reason, amount, quantity = ((np.minimum(start + 1, end), end) for start, end in pairwise(bounds))
    return reason, amount, quantity
