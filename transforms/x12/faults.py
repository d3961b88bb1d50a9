"""What cannot be read, in plain words: never a value from the claim, always where it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.contract import MONEY
from transforms.tables.quarantine import FAULTS, WARNINGS
from transforms.x12.fields import LARGEST_CENTS, MISSING, NOT_AN_AMOUNT, OK, TOO_LARGE, TOO_PRECISE, money
from transforms.x12.identity import per_piece, texts
from transforms.x12.scan import Segments

NO_FAULTS, NO_WARNINGS = FAULTS.empty(), WARNINGS.empty()
RESEND = "Ask the payer to resend the file, or correct it and run: altbenefit audit --reprocess {file}"
REASONS = {
    "charge": "charge",
    "paid": "paid amount",
    "patient_responsibility": "patient responsibility",
    "adjustment": "adjustment amount",
    "provider_adjustment": "provider adjustment amount",
    "payment": "payment amount (BPR02)",
}
STATES = {
    MISSING: ("missing", "is missing"),
    NOT_AN_AMOUNT: ("not_an_amount", "is not an amount"),
    TOO_PRECISE: ("too_precise", "has more than two decimals"),
    TOO_LARGE: ("too_large", "is larger than any amount that can be held"),
}
OTHER_REASONS = {
    "not_x12": "the file does not start with ISA, GS or ST, or its delimiters cannot be made out",
    "no_sets": "the file holds no transaction set and no claim",
    "not_835": "not an 835",
    "payment_segment_missing": "the set has no BPR segment",
    "payment_date_unreadable": "no readable payment date in BPR16, DTM*405, GS04 or ISA09",
    "claim_outside_set": "claim outside of any transaction set (ST to SE)",
    "line_without_claim": "service line without a claim above it",
    "adjustment_reason_missing": "adjustment amount without a reason",
    "adjustment_overlong": "more than six adjustments in one segment",
}
REASON_TEXT = OTHER_REASONS | {
    f"{field}_{suffix}": f"{name} {words}" for field, name in REASONS.items() for suffix, words in STATES.values()
}
WARNING_TEXT = {
    "no_isa": "the file has no ISA segment; delimiters were inferred",
    "irregular_isa": "the ISA segment is not 106 characters long or does not declare its delimiters",
    "wrong_component_separator": "codes are separated by another character than ISA16 declares",
    "not_utf8": "text is not UTF-8; read as Windows-1252",
    "not_group_hp": "GS01 of the group is not HP",
    "missing_set_trailer": "a transaction set has no SE segment",
    "missing_group_trailer": "a group has no GE segment",
    "missing_interchange_trailer": "an interchange has no IEA segment",
    "wrong_segment_count": "SE01 is not the number of segments in the set",
    "wrong_set_control_number": "SE02 differs from ST02",
    "wrong_set_count": "GE01 is not the number of sets in the group",
    "wrong_group_control_number": "GE02 differs from GS06",
    "wrong_group_count": "IEA01 is not the number of groups in the interchange",
    "wrong_interchange_control_number": "IEA02 differs from ISA13",
    "allowed_not_an_amount": "an allowed amount (AMT*B6) cannot be read; left empty",
    "adjustment_outside_claim": "an adjustment (CAS) lies outside of any claim; not loaded",
    "provider_adjustment_outside_set": "a provider adjustment (PLB) lies outside of any set; not loaded",
    "line_charges_differ": "the charges of a claim's lines do not sum to the claim's charge",
}


@dataclass(frozen=True)
class Problems:
    """Rows of one kind of fault: the segment at fault and the set, claim or line (by number) it spoils."""

    reason_code: str
    segment_at: np.ndarray
    owner: np.ndarray


def amount_problems(field: str, status: np.ndarray, at: np.ndarray, owner: np.ndarray, *, is_required: bool = True) -> list[Problems]:
    """One entry per way in which an amount cannot be read."""
    if not (status != OK).any():
        return []
    states = STATES if is_required else {state: words for state, words in STATES.items() if state != MISSING}
    found = []
    for state, (suffix, _) in states.items():
        rows = np.flatnonzero(status == state)
        if len(rows):
            found.append(Problems(f"{field}_{suffix}", at[rows], owner[rows]))
    return found


def first_problems(problems: list[Problems]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per spoilt owner, in order: the owner, the segment at fault and the reason; the first segment, then the first check."""
    empty = np.zeros(0, np.int64)
    if not problems:
        return empty, empty, np.zeros(0, object)
    owner = np.concatenate([problem.owner for problem in problems])
    at = np.concatenate([problem.segment_at for problem in problems])
    order = np.concatenate([np.full(len(problem.owner), rank) for rank, problem in enumerate(problems)])
    reason = np.array([problem.reason_code for problem in problems], object)[order]
    ranked = np.lexsort((order, at, owner))
    owner, at, reason = owner[ranked], at[ranked], reason[ranked]
    is_first = np.diff(owner, prepend=-2) != 0
    return owner[is_first], at[is_first], reason[is_first]


def fault_rows(
    segments: Segments,
    scope: str,
    at: np.ndarray,
    reason: np.ndarray,
    *,
    claim_at: np.ndarray | None = None,
    claims: np.ndarray,
    lines: np.ndarray,
    charge: np.ndarray,
    is_charge_known: np.ndarray,
) -> pl.DataFrame:
    """FAULTS rows for segments at fault; `charge` in cents."""
    if not len(at):
        return NO_FAULTS
    tags, tag = np.unique(segments.code[at], return_inverse=True)
    codes, code = np.unique(reason.astype(str), return_inverse=True)
    resend = [RESEND.format(file=piece.source_file) for piece in segments.pieces]
    frame = pl.DataFrame(
        {
            "file_id": per_piece(segments, at, "file_id"),
            "source_file": per_piece(segments, at, "source_file"),
            "scope": pl.Series([scope], dtype=pl.String).new_from_index(0, len(at)),
            "segment": segments.number[at],
            "segment_tag": texts([value.to_bytes(3, "little").rstrip(b"\0").decode("ascii", "replace") for value in tags.tolist()]).take(
                tag
            ),
            "reason_code": texts(codes.tolist()).take(code),
            "reason": texts([REASON_TEXT[value] for value in codes.tolist()]).take(code),
            "next_step": texts(resend).take(segments.piece[at]),
            "claim_segment": pl.Series([None] * len(at) if claim_at is None else segments.number[claim_at], dtype=pl.Int64),
            "claim_count": claims.astype(np.int64),
            "line_count": lines.astype(np.int64),
            "charge_amount": money(charge, is_charge_known & (np.abs(charge) <= LARGEST_CENTS)),
            "difference_amount": None,
        },
        strict=False,
    )
    return FAULTS.conform(frame)


def file_fault(file_id: str, source_file: str, reason_code: str) -> pl.DataFrame:
    """The fault of a file of which nothing can be read."""
    row = {
        "file_id": file_id,
        "source_file": source_file,
        "scope": "file",
        "reason_code": reason_code,
        "reason": REASON_TEXT[reason_code],
        "next_step": RESEND.format(file=source_file),
        "claim_count": 0,
        "line_count": 0,
    }
    return pl.DataFrame([row], schema=FAULTS.schema)


def warning_rows(segments: Segments, found: dict[str, np.ndarray]) -> pl.DataFrame:
    """WARNINGS rows: per file and kind, the first segment (by position in the file) and how often."""
    frames = []
    for reason_code, at in found.items():
        if not len(at):
            continue
        for piece, count, first in zip(*_counted(segments, at), strict=True):
            item = segments.pieces[piece]
            frames.append((item.file_id, item.source_file, reason_code, WARNING_TEXT[reason_code], first, count))
    return merged_warnings(pl.DataFrame(frames, schema=WARNINGS.schema, orient="row")) if frames else NO_WARNINGS


def _counted(segments: Segments, at: np.ndarray) -> tuple[list[int], list[int], list[int]]:
    ranked = at[np.lexsort((segments.number[at], segments.piece[at]))]
    pieces, firsts, counts = np.unique(segments.piece[ranked], return_index=True, return_counts=True)
    return pieces.tolist(), counts.tolist(), segments.number[ranked[firsts]].tolist()


def merged_warnings(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per file and kind, in order of first appearance of the file, then by kind."""
    if rows.is_empty():
        return NO_WARNINGS
    grouped = rows.group_by("file_id", "source_file", "reason_code", "reason", maintain_order=True)
    return WARNINGS.conform(grouped.agg(pl.col("segment").min(), pl.col("occurrence_count").sum()))


def merged_faults(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per fault: a set that lies in several pieces is one set, its claims, lines and charges added up."""
    if rows.is_empty() or not (rows["scope"] == "set").any():
        return rows
    keys = [name for name in FAULTS.names if name not in ("claim_count", "line_count", "charge_amount")]
    charge = pl.col("charge_amount").to_physical().cast(pl.Int64)
    is_known = (pl.col("charge_amount").count() > 0) & (charge.sum().abs() <= LARGEST_CENTS)
    merged = rows.group_by(keys, maintain_order=True).agg(
        pl.col("claim_count", "line_count").sum(), pl.when(is_known).then(charge.sum()).alias("cents")
    )
    return FAULTS.conform(merged.with_columns(charge_amount=(pl.col("cents").cast(pl.Decimal(38, 2)) / 100).cast(MONEY)))
