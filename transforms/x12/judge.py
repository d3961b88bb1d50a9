"""Which sets, claims and lines can be used, and a row for each that cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.x12.adjustments import FoundAdjustments
from transforms.x12.claims import ClaimAmounts
from transforms.x12.faults import First, Problems, fault_rows, file_fault, first_problems, stacked
from transforms.x12.lines import LineAmounts
from transforms.x12.payments import SetFacts
from transforms.x12.provider_adjustments import ProviderAdjustments
from transforms.x12.scan import Segments
from transforms.x12.structure import NONE, Structure
from transforms.x12.tags import CLP, ST


@dataclass(frozen=True)
class Overlong:
    """Sets and claims of which only the beginning was read, the lines left out of each, and what lies in neither."""

    sets: Problems
    claims: Problems
    lines_of_set: np.ndarray
    lines_of_claim: np.ndarray
    outside: First
    lines_outside: np.ndarray


@dataclass(frozen=True)
class Verdict:
    """Flags per set, claim and line; FAULTS rows for the rest; claims (their CLP) whose lines' charges differ."""

    good_sets: np.ndarray
    good_claims: np.ndarray
    good_lines: np.ndarray
    faults: pl.DataFrame
    charges_differ_at: np.ndarray


def judge(
    segments: Segments, parts: Structure, facts: SetFacts, claims: ClaimAmounts, lines: LineAmounts, adjusted: FoundAdjustments
) -> Verdict:
    """A faulty set takes its claims with it, a faulty claim its lines; every other claim loads."""
    overlong = _overlong(segments, parts)
    bad_sets = first_problems([overlong.sets, *facts.problems])
    good_sets = _all_but(len(parts.set_at), bad_sets.owner)
    claim_set = parts.set_of_claim
    in_good_set = (claim_set == NONE) | (good_sets[claim_set] if len(good_sets) else True)
    problems = [_of_claims(problem, in_good_set) for problem in (overlong.claims, *claims.problems, *lines.problems, *adjusted.problems)]
    bad = first_problems(problems)
    good_claims = in_good_set & _all_but(len(in_good_set), bad.owner)
    owner = parts.claim_of_line
    good_lines = (owner != NONE) & (good_claims[owner] if len(good_claims) else False)
    faults = stacked(
        [
            _set_faults(segments, parts, claims, bad_sets, overlong.lines_of_set),
            fault_rows(
                segments, "claim", bad.at, bad.which, bad.reasons, claim_at=parts.claim_at[bad.owner], claims=np.ones(len(bad.owner)),
                lines=parts.line_count[bad.owner] + overlong.lines_of_claim[bad.owner], charge=claims.charge[bad.owner],
                is_charge_known=claims.is_charge_known[bad.owner],
            ),
            _stray_lines(segments, parts, lines, good_sets),
            _rows_at_fault(segments, overlong.outside, overlong.lines_outside),
        ]
    )  # fmt: skip
    return Verdict(good_sets, good_claims, good_lines, faults, _differing(parts, claims.charge, lines.charge, good_claims))


def provider_faults(segments: Segments, provider: ProviderAdjustments) -> pl.DataFrame:
    """A row per PLB segment with an amount that cannot be read; its other amounts are loaded."""
    found = first_problems(provider.problems)
    return _rows_at_fault(segments, found, np.zeros(len(found.at), np.int64))


def empty_files(segments: Segments) -> pl.DataFrame:
    """A row per file in which there is neither a set nor a claim."""
    wanted = np.concatenate([segments.tagged(ST), segments.tagged(CLP)])
    found = np.bincount(segments.piece[wanted], minlength=len(segments.pieces))
    empty = [
        piece
        for piece, count in zip(segments.pieces, found.tolist(), strict=True)
        if not count and piece.is_barren_before and not piece.continues
    ]
    return stacked([file_fault(piece.file_id, piece.source_file, "no_sets") for piece in empty])


def _all_but(count: int, bad: np.ndarray) -> np.ndarray:
    good = np.ones(count, bool)
    good[bad] = False
    return good


def _of_claims(problem: Problems, wanted: np.ndarray) -> Problems:
    keep = wanted[problem.owner]
    return Problems(problem.reason_code, problem.segment_at[keep], problem.owner[keep])


def _rows_at_fault(segments: Segments, found: First, lines: np.ndarray) -> pl.DataFrame:
    """A row per segment that lies in no claim, with lines but no charge."""
    nothing = np.zeros(len(found.at), np.int64)
    return fault_rows(
        segments, "row", found.at, found.which, found.reasons, claims=nothing, lines=lines, charge=nothing, is_charge_known=nothing > 0
    )


def _overlong(segments: Segments, parts: Structure) -> Overlong:
    """What is open where a piece ends too early, and the sets whose header was cut short in an earlier piece."""
    last = (np.append(segments.piece_start[1:], len(segments)) - 1).tolist() if len(segments) else []
    tails = [(at, segments.pieces[int(segments.piece[at])].tail) for at in last]
    cut = [(at, tail.lines) for at, tail in tails if tail]
    at, lines = np.array(cut, np.int64).reshape(-1, 2).T
    claim = parts.claim_of[at]
    owner = np.where(claim == NONE, parts.set_of[at], NONE)
    has_cut_header = np.array([piece.is_header_overlong for piece in segments.pieces], bool)
    header = np.flatnonzero(segments.is_carried[parts.set_at] & has_cut_header[segments.piece[parts.set_at]])
    sets = np.concatenate([owner[owner != NONE], header])
    claims = claim[claim != NONE]
    outside = (claim == NONE) & (owner == NONE)
    return Overlong(
        Problems("overlong", parts.set_at[sets], sets),
        Problems("overlong", parts.claim_at[claims], claims),
        _added(owner, lines, len(parts.set_at)),
        _added(claim, lines, len(parts.claim_at)),
        First(at[outside], at[outside], np.zeros(int(outside.sum()), np.int64), ["overlong"]),
        lines[outside],
    )


def _added(owner: np.ndarray, lines: np.ndarray, count: int) -> np.ndarray:
    """Lines by owner, those without one left out."""
    total = np.zeros(count, np.int64)
    np.add.at(total, owner[owner != NONE], lines[owner != NONE])
    return total


def _set_faults(segments: Segments, parts: Structure, claims: ClaimAmounts, found: First, left_out: np.ndarray) -> pl.DataFrame:
    """A row per set that cannot be used, with the claims and lines in it; `left_out` are lines of each set that were not read."""
    bad = found.owner
    set_count = len(parts.set_at)
    line_set = np.where(segments.is_carried[parts.line_at], NONE, parts.set_of[parts.line_at])
    claim_set = parts.set_of_claim
    known = (claim_set != NONE) & claims.is_charge_known
    charge = np.zeros(set_count, np.int64)
    np.add.at(charge, claim_set[known], claims.charge[known])
    claim_counts, line_counts, known_counts = (_per_set(owner, set_count)[bad] for owner in (claim_set, line_set, claim_set[known]))
    return fault_rows(
        segments, "set", found.at, found.which, found.reasons, claims=claim_counts, lines=line_counts + left_out[bad], charge=charge[bad],
        is_charge_known=known_counts > 0,
    )  # fmt: skip


def _per_set(owner: np.ndarray, count: int) -> np.ndarray:
    """How many rows each set has."""
    return np.bincount(owner[owner != NONE], minlength=count)


def _stray_lines(segments: Segments, parts: Structure, lines: LineAmounts, good_sets: np.ndarray) -> pl.DataFrame:
    """A row per line without a claim; in a faulty set it is counted there."""
    line_set = parts.set_of[parts.line_at]
    is_free = (line_set == NONE) | (good_sets[line_set] if len(good_sets) else True)
    stray = np.flatnonzero((parts.claim_of_line == NONE) & is_free & ~segments.is_carried[parts.line_at])
    at, one = parts.line_at[stray], np.ones(len(stray), np.int64)
    charge, is_known = lines.charge[stray], lines.is_charge_known[stray]
    return fault_rows(
        segments, "row", at, one * 0, ["line_without_claim"], claims=one * 0, lines=one, charge=charge, is_charge_known=is_known
    )


def _differing(parts: Structure, charge: np.ndarray, line_charge: np.ndarray, good: np.ndarray) -> np.ndarray:
    """CLP segments of good claims that have lines whose charges do not sum to the claim's."""
    inside = np.flatnonzero(parts.claim_of_line != NONE)
    total = np.zeros(len(charge), np.int64)
    np.add.at(total, parts.claim_of_line[inside], line_charge[inside])
    return parts.claim_at[good & (parts.line_count > 0) & (total != charge)]
