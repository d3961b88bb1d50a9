"""PLB segments: one row per reason and amount."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.x12.components import split_reason
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import OK, cents, element, is_sent, money, text
from transforms.x12.identity import Names, as_declared
from transforms.x12.scan import PLB, Segments
from transforms.x12.structure import NONE, Structure

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
    spans = [element(segments, inside, index) for index in range(3, 3 + 2 * PAIRS)]
    start = np.stack([span[0] for span in spans], axis=1).reshape(len(at), 2)
    end = np.stack([span[1] for span in spans], axis=1).reshape(len(at), 2)
    reason, amount = (start[:, 0], end[:, 0]), (start[:, 1], end[:, 1])
    value, status = cents(segments, amount)
    is_pair = is_sent(segments, reason) | is_sent(segments, amount)
    wrong = np.flatnonzero(is_pair & (status != OK))
    problems = amount_problems("provider_adjustment", status[wrong], at[wrong], owner[wrong]) if len(wrong) else []
    rows = np.flatnonzero(is_pair & (status == OK))
    parted = split_reason(segments, (reason[0][rows], reason[1][rows]))
    columns = {
        "payment_id": called.payment_id.take(parts.set_of[at[rows]]),
        "file_id": called.file_id.take(segments.piece[at[rows]]),
        "reason_code": text(segments, parted.qualifier),
        "reference": text(segments, parted.code),
        "amount": money(value[rows]),
        "adjustment_segment": segments.number[at[rows]],
        "position": position[rows],
    }
    return ProviderAdjustments(as_declared(columns, PROVIDER_ADJUSTMENTS.schema), problems, inside, outside)
