"""Which sets, claims and lines can be used, and a row for each that cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.x12.adjustments import AdjustmentSpans
from transforms.x12.claims import ClaimAmounts
from transforms.x12.faults import NO_FAULTS, Problems, fault_rows, file_fault, first_problems
from transforms.x12.lines import LineAmounts
from transforms.x12.payments import SetFacts
from transforms.x12.provider_adjustments import ProviderAdjustments
from transforms.x12.scan import CLP, ST, Segments
from transforms.x12.structure import NONE, Structure


@dataclass(frozen=True)
class Verdict:
    """Flags per set, claim and line; FAULTS rows for the rest; claims (their CLP) whose lines' charges differ."""

    good_sets: np.ndarray
    good_claims: np.ndarray
    good_lines: np.ndarray
    faults: pl.DataFrame
    charges_differ_at: np.ndarray


def judge(
    segments: Segments, parts: Structure, facts: SetFacts, claims: ClaimAmounts, lines: LineAmounts, adjusted: AdjustmentSpans
) -> Verdict:
    """A faulty set takes its claims with it, a faulty claim its lines; every other claim loads."""
    bad_sets, set_at, set_reasons = first_problems(facts.problems)
    good_sets = _all_but(len(parts.set_at), bad_sets)
    claim_set = parts.set_of_claim
    in_good_set = (claim_set == NONE) | (good_sets[claim_set] if len(good_sets) else True)
    problems = [_of_claims(problem, in_good_set) for problem in (*claims.problems, *lines.problems, *adjusted.problems)]
    bad_claims, claim_at, claim_reasons = first_problems(problems)
    good_claims = in_good_set & _all_but(len(in_good_set), bad_claims)
    owner = parts.claim_of_line
    good_lines = (owner != NONE) & (good_claims[owner] if len(good_claims) else False)
    faults = pl.concat(
        [
            _set_faults(segments, parts, claims, bad_sets, set_at, set_reasons),
            fault_rows(
                segments, "claim", claim_at, claim_reasons, claim_at=parts.claim_at[bad_claims], claims=np.ones(len(bad_claims)),
                lines=parts.line_count[bad_claims], charge=claims.charge[bad_claims], is_charge_known=claims.is_charge_known[bad_claims],
            ),
            _stray_lines(segments, parts, lines, good_sets),
        ]
    )  # fmt: skip
    return Verdict(good_sets, good_claims, good_lines, faults, _differing(parts, claims.charge, lines.charge, good_claims))


def provider_faults(segments: Segments, provider: ProviderAdjustments) -> pl.DataFrame:
    """A row per PLB segment with an amount that cannot be read; its other amounts are loaded."""
    _, at, reasons = first_problems(provider.problems)
    nothing = np.zeros(len(at), np.int64)
    return fault_rows(segments, "row", at, reasons, claims=nothing, lines=nothing, charge=nothing, is_charge_known=nothing > 0)


def empty_files(segments: Segments) -> pl.DataFrame:
    """A row per file in which there is neither a set nor a claim."""
    wanted = np.concatenate([segments.tagged(ST), segments.tagged(CLP)])
    found = np.bincount(segments.piece[wanted], minlength=len(segments.pieces))
    empty = [
        piece
        for piece, count in zip(segments.pieces, found.tolist(), strict=True)
        if not count and piece.is_barren_before and not piece.continues
    ]
    return pl.concat([NO_FAULTS, *(file_fault(piece.file_id, piece.source_file, "no_sets") for piece in empty)])


def _all_but(count: int, bad: np.ndarray) -> np.ndarray:
    good = np.ones(count, bool)
    good[bad] = False
    return good


def _of_claims(problem: Problems, wanted: np.ndarray) -> Problems:
    keep = wanted[problem.owner]
    return Problems(problem.reason_code, problem.segment_at[keep], problem.owner[keep])


def _set_faults(
    segments: Segments, parts: Structure, claims: ClaimAmounts, bad: np.ndarray, at: np.ndarray, reasons: np.ndarray
) -> pl.DataFrame:
    """A row per set that cannot be used, with the claims and lines in it."""
    set_count = len(parts.set_at)
    line_set = np.where(segments.is_carried[parts.line_at], NONE, parts.set_of[parts.line_at])
    claim_set = parts.set_of_claim
    known = (claim_set != NONE) & claims.is_charge_known
    charge = np.zeros(set_count, np.int64)
    np.add.at(charge, claim_set[known], claims.charge[known])
    claim_counts, line_counts, known_counts = (_per_set(owner, set_count)[bad] for owner in (claim_set, line_set, claim_set[known]))
    return fault_rows(
        segments, "set", at, reasons, claims=claim_counts, lines=line_counts, charge=charge[bad], is_charge_known=known_counts > 0
    )


def _per_set(owner: np.ndarray, count: int) -> np.ndarray:
    """How many rows each set has."""
    return np.bincount(owner[owner != NONE], minlength=count)


def _stray_lines(segments: Segments, parts: Structure, lines: LineAmounts, good_sets: np.ndarray) -> pl.DataFrame:
    """A row per line without a claim; in a faulty set it is counted there."""
    line_set = parts.set_of[parts.line_at]
    is_free = (line_set == NONE) | (good_sets[line_set] if len(good_sets) else True)
    stray = np.flatnonzero((parts.claim_of_line == NONE) & is_free & ~segments.is_carried[parts.line_at])
    at, one = parts.line_at[stray], np.ones(len(stray), np.int64)
    reasons = np.full(len(stray), "line_without_claim", object)
    charge, is_known = lines.charge[stray], lines.is_charge_known[stray]
    return fault_rows(segments, "row", at, reasons, claims=one * 0, lines=one, charge=charge, is_charge_known=is_known)


def _differing(parts: Structure, charge: np.ndarray, line_charge: np.ndarray, good: np.ndarray) -> np.ndarray:
    """CLP segments of good claims that have lines whose charges do not sum to the claim's."""
    inside = np.flatnonzero(parts.claim_of_line != NONE)
    total = np.zeros(len(charge), np.int64)
    np.add.at(total, parts.claim_of_line[inside], line_charge[inside])
    return parts.claim_at[good & (parts.line_count > 0) & (total != charge)]
