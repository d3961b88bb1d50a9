"""CLP loops: one row per claim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.remittances import READ_CLAIMS
from transforms.x12.dates import dates, days
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import cents, code, element, elements, is_sent, money, numbers, short_code, text
from transforms.x12.identity import Names, as_declared, text_lists
from transforms.x12.scan import DTM, MIA, MOA, NM1, REF, Segments
from transforms.x12.structure import NONE, Structure, element_or_none, first_in, qualifier_test

RANKS = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}
MIA_REMARKS = (5, 20, 21, 22, 23)
MOA_REMARKS = (3, 4, 5, 6, 7)


@dataclass(frozen=True)
class ClaimAmounts:
    """CLP03 to CLP05 in cents, per claim; responsibility only where it was sent."""

    charge: np.ndarray
    paid: np.ndarray
    responsibility: np.ndarray
    is_responsibility_sent: np.ndarray
    is_charge_known: np.ndarray
    problems: list[Problems]


def claim_amounts(segments: Segments, parts: Structure) -> ClaimAmounts:
    """The money of every claim, and which of it cannot be read."""
    at = parts.claim_at
    owner = np.arange(len(at))
    sent = elements(segments, at)
    charge, charge_status = cents(segments, sent(3))
    paid, paid_status = cents(segments, sent(4))
    responsibility, status = cents(segments, sent(5))
    problems = [
        *amount_problems("charge", charge_status, at, owner),
        *amount_problems("paid", paid_status, at, owner),
        *amount_problems("patient_responsibility", status, at, owner, is_required=False),
    ]
    outside = np.flatnonzero(parts.set_of_claim == NONE)
    if len(outside):
        problems.insert(0, Problems("claim_outside_set", at[outside], outside))
    return ClaimAmounts(charge, paid, responsibility, status == 0, charge_status == 0, problems)


def claim_level(parts: Structure, at: np.ndarray) -> np.ndarray:
    """Those of the segments `at` that lie in a claim but not in one of its lines."""
    return at[(parts.claim_of[at] != NONE) & (parts.line_of[at] == NONE)]


def claims(
    segments: Segments, parts: Structure, amounts: ClaimAmounts, kept: np.ndarray, paid_before: np.ndarray, called: Names
) -> pl.DataFrame:
    """READ_CLAIMS rows of the claims `kept` (numbers); `paid_before` marks claims that an earlier payer adjudicated."""
    at = parts.claim_at[kept]
    sent = elements(segments, at)
    first = _first_finder(segments, parts, kept)
    patient = first(NM1, "QC")
    columns = {
        "claim_id": called.claim_id.take(kept),
        "payment_id": called.payment_id.take(parts.set_of_claim[kept]),
        "file_id": called.file_id.take(segments.piece[at]),
        "patient_control_number": text(segments, sent(1)),
        "payer_claim_control_number": text(segments, sent(7)),
        "original_claim_control_number": text(segments, element_or_none(segments, first(REF, "F8"), 2)),
        "claim_status_code": text(segments, sent(2)),
        "payer_rank": _payer_rank(segments, at, paid_before[kept]),
        "filing_indicator_code": text(segments, sent(6)),
        "class_of_contract": text(segments, element_or_none(segments, first(REF, "CE"), 2)),
        "charge_amount": money(amounts.charge[kept]),
        "paid_amount": money(amounts.paid[kept]),
        "patient_responsibility_amount": money(amounts.responsibility[kept], amounts.is_responsibility_sent[kept]),
        "patient_id": text(segments, element_or_none(segments, patient, 9)),
        "statement_date": dates(*_statement_days(segments, first)),
        "received_date": dates(*days(segments, element_or_none(segments, first(DTM, "050"), 2))),
        "remark_codes": _remarks(segments, parts, kept),
        "claim_segment": segments.number[at],
        "patient_last_name": text(segments, element_or_none(segments, patient, 3)),
        "patient_first_name": text(segments, element_or_none(segments, patient, 4)),
    }
    return as_declared(columns, READ_CLAIMS)


def _first_finder(segments: Segments, parts: Structure, kept: np.ndarray):
    """A function that gives, per claim kept, its first claim-level segment of a tag whose first element is a qualifier."""
    of_tag = {tag: claim_level(parts, segments.tagged(tag)) for tag in (NM1, REF, DTM)}
    says = {tag: qualifier_test(segments, at) for tag, at in of_tag.items()}

    def first(tag: int, value: str) -> np.ndarray:
        at = of_tag[tag][says[tag](value)]
        return first_in(at, parts.claim_of[at], len(parts.claim_at))[kept]

    return first


def statement_days(segments: Segments, parts: Structure) -> tuple[np.ndarray, np.ndarray]:
    """Per claim (all of them) its service date as days since 1970, and where there is one."""
    return _statement_days(segments, _first_finder(segments, parts, np.arange(len(parts.claim_at))))


def _statement_days(segments: Segments, first) -> tuple[np.ndarray, np.ndarray]:
    start, has_start = days(segments, element_or_none(segments, first(DTM, "232"), 2))
    end, has_end = days(segments, element_or_none(segments, first(DTM, "233"), 2))
    return np.where(has_start, start, end), has_start | has_end


def _payer_rank(segments: Segments, at: np.ndarray, is_paid_before: np.ndarray) -> pl.Series:
    status = short_code(segments, element(segments, at, 2))
    rank = np.zeros(len(at), np.int64)
    for value, place in RANKS.items():
        rank[status == code(value)] = place
    rank = np.where(is_paid_before, np.maximum(rank, 2), rank)
    return numbers(rank, rank > 0)


def _remarks(segments: Segments, parts: Structure, kept: np.ndarray) -> pl.Series:
    """Claim-level remark codes, in the order of segments and elements."""
    spans = []
    for tag, positions in ((MIA, MIA_REMARKS), (MOA, MOA_REMARKS)):
        at = claim_level(parts, segments.tagged(tag))
        sent = elements(segments, at)
        spans += [(at, position, sent(position)) for position in positions]
    at = np.concatenate([at for at, _, _ in spans])
    position = np.concatenate([np.full(len(at), position) for at, position, _ in spans])
    both = np.concatenate([s for _, _, (s, _) in spans]), np.concatenate([e for _, _, (_, e) in spans])
    rows = np.flatnonzero(is_sent(segments, both))
    rows = rows[np.lexsort((position[rows], at[rows]))]
    return text_lists(segments, (both[0][rows], both[1][rows]), parts.claim_of[at[rows]], kept, len(parts.claim_at))
