"""CLP loops: one row per claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.remittances import READ_CLAIMS
from transforms.x12.elements import cents, code, days, element, is_sent, short_code, spans, texts
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import dates, money, numbers
from transforms.x12.identity import as_declared
from transforms.x12.names import Names, text_lists
from transforms.x12.scan import Segments
from transforms.x12.structure import NONE, Structure, first_of_each
from transforms.x12.tags import DTM, MIA, MOA, NM1, REF

RANKS = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}
STATEMENT = ((DTM, "232"), (DTM, "233"))
WANTED = ((NM1, "QC"), (REF, "F8"), (REF, "CE"), *STATEMENT, (DTM, "050"))
TEXTS = {  # column: which of claim, patient, original claim and contract, and which element
    "patient_control_number": (0, 1),
    "claim_status_code": (0, 2),
    "filing_indicator_code": (0, 6),
    "payer_claim_control_number": (0, 7),
    "patient_last_name": (1, 3),
    "patient_first_name": (1, 4),
    "patient_id": (1, 9),
    "original_claim_control_number": (2, 2),
    "class_of_contract": (3, 2),
}
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
    (charge, paid, responsibility), (charge_status, paid_status, status) = cents(segments, spans(segments, [at], [(0, 3), (0, 4), (0, 5)]))
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
    patient, original, contract, *dated = (found[kept] for found in _first_of_claims(segments, parts, WANTED))
    said = dict(zip(TEXTS, texts(segments, spans(segments, [at, patient, original, contract], list(TEXTS.values()))), strict=True))
    (start, end, received), (has_start, has_end, has_received) = days(segments, spans(segments, dated, [(0, 2), (1, 2), (2, 2)]))
    columns = {
        **said,
        "claim_id": called.claim_id.take(kept),
        "payment_id": called.payment_id.take(parts.set_of_claim[kept]),
        "file_id": called.file_id.take(segments.piece[at]),
        "payer_rank": _payer_rank(segments, at, paid_before[kept]),
        "charge_amount": money(amounts.charge[kept]),
        "paid_amount": money(amounts.paid[kept]),
        "patient_responsibility_amount": money(amounts.responsibility[kept], amounts.is_responsibility_sent[kept]),
        "statement_date": dates(np.where(has_start, start, end), has_start | has_end),
        "received_date": dates(received, has_received),
        "remark_codes": _remarks(segments, parts, kept),
        "claim_segment": segments.number[at],
    }
    return as_declared(columns, READ_CLAIMS)


def _first_of_claims(segments: Segments, parts: Structure, wanted: Sequence[tuple[int, str]]) -> np.ndarray:
    """Per wanted tag and first element, each claim's first claim-level segment, or -1."""
    owner = np.where(parts.line_of == NONE, parts.claim_of, np.int32(NONE))
    return first_of_each(segments, owner, len(parts.claim_at), wanted)


def statement_days(segments: Segments, parts: Structure) -> tuple[np.ndarray, np.ndarray]:
    """Per claim (all of them) its service date as days since 1970, and where there is one."""
    (start, end), (has_start, has_end) = days(segments, spans(segments, [*_first_of_claims(segments, parts, STATEMENT)], [(0, 2), (1, 2)]))
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
    found = []
    for tag, positions in ((MIA, MIA_REMARKS), (MOA, MOA_REMARKS)):
        at = claim_level(parts, segments.tagged(tag))
        found += [(at, position, element(segments, at, position)) for position in positions]
    at = np.concatenate([at for at, _, _ in found])
    position = np.concatenate([np.full(len(at), position) for at, position, _ in found])
    both = np.concatenate([s for _, _, (s, _) in found]), np.concatenate([e for _, _, (_, e) in found])
    rows = np.flatnonzero(is_sent(segments, both))
    rows = rows[np.lexsort((position[rows], at[rows]))]
    return text_lists(segments, (both[0][rows], both[1][rows]), parts.claim_of[at[rows]], kept, len(parts.claim_at))
