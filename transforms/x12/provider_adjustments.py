"""PLB segments: one row per reason and amount."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.x12.components import split_reason
from transforms.x12.elements import cents, is_sent, spans, text
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import MISSING, OK, money
from transforms.x12.identity import as_declared
from transforms.x12.names import Names
from transforms.x12.scan import Segments
from transforms.x12.structure import NONE, Structure
from transforms.x12.tags import PLB

PAIRS = 6


@dataclass(frozen=True)
class ProviderAdjustments:
    """The rows; the segments whose amounts cannot be read, numbered 0.. as `problem_at`; those outside of any set."""

    rows: pl.DataFrame
    problems: list[Problems]
    problem_at: np.ndarray
    outside_at: np.ndarray


def provider_adjustments(segments: Segments, parts: Structure, good_sets: np.ndarray, called: Names) -> ProviderAdjustments:
    """PROVIDER_ADJUSTMENTS rows of the sets marked in `good_sets`. A pair without reason and amount is skipped."""
    every = segments.tagged(PLB)
    every = every[~segments.is_carried[every]]
    is_inside = parts.set_of[every] != NONE
    inside, outside = every[is_inside], every[~is_inside]
    inside = inside[good_sets[parts.set_of[inside]]]
    at, position = np.repeat(inside, PAIRS), np.tile(np.arange(1, PAIRS + 1), len(inside))
    owner = np.repeat(np.arange(len(inside)), PAIRS)
    start, end = spans(segments, [inside], [(0, index) for index in range(3, 3 + 2 * PAIRS)])
    reason = start[::2].T.reshape(-1), end[::2].T.reshape(-1)
    value, status = (columns.T.reshape(-1) for columns in cents(segments, (start[1::2], end[1::2])))
    is_pair = is_sent(segments, reason) | (status != MISSING)
    wrong = np.flatnonzero(is_pair & (status != OK))
    problems = amount_problems("provider_adjustment", status[wrong], at[wrong], owner[wrong]) if len(wrong) else []
    rows = np.flatnonzero(is_pair & (status == OK))
    code, reference = split_reason(segments, (reason[0][rows], reason[1][rows]))
    columns = {
        "payment_id": called.payment_id.take(parts.set_of[at[rows]]),
        "file_id": called.file_id.take(segments.piece[at[rows]]),
        "reason_code": text(segments, code),
        "reference": text(segments, reference),
        "amount": money(value[rows]),
        "adjustment_segment": segments.number[at[rows]],
        "position": position[rows],
    }
    return ProviderAdjustments(as_declared(columns, PROVIDER_ADJUSTMENTS.schema), problems, inside, outside)
