"""What cannot be read: never a value from the claim, always where it is and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.tables.contract import MONEY
from transforms.tables.quarantine import FAULTS, WARNINGS
from transforms.x12.fields import LARGEST_CENTS, MISSING, OK, money
from transforms.x12.identity import per_piece, texts
from transforms.x12.reasons import MORE, REASON_TEXT, STATES, WARNING_TEXT

if TYPE_CHECKING:
    from transforms.x12.scan import Segments

NO_FAULTS, NO_WARNINGS = FAULTS.empty(), WARNINGS.empty()
RESEND = "Ask the payer to resend the file, or correct it and run: altbenefit audit --reprocess {file}"
LISTED = 10_000  # faults of one file that are told one by one; no person reads more, and a hostile file has millions


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


@dataclass(frozen=True)
class First:
    """Per spoilt owner, in order: the owner, the segment at fault, and which of the reasons it is."""

    owner: np.ndarray
    at: np.ndarray
    which: np.ndarray
    reasons: Sequence[str]


def first_problems(problems: Sequence[Problems]) -> First:
    """What is wrong with each spoilt owner: the first segment at fault, then the first check."""
    nothing = [np.zeros(0, np.int64)]
    owner = np.concatenate([*(problem.owner for problem in problems), *nothing])
    at = np.concatenate([*(problem.segment_at for problem in problems), *nothing])
    which = np.repeat(np.arange(len(problems)), [len(problem.owner) for problem in problems])
    ranked = np.lexsort((which, at, owner))
    ranked = ranked[np.diff(owner[ranked], prepend=-2) != 0]
    return First(owner[ranked], at[ranked], which[ranked], [problem.reason_code for problem in problems])


def fault_rows(
    segments: Segments,
    scope: str,
    at: np.ndarray,
    which: np.ndarray,
    reasons: Sequence[str],
    *,
    claim_at: np.ndarray | None = None,
    claims: np.ndarray,
    lines: np.ndarray,
    charge: np.ndarray,
    is_charge_known: np.ndarray,
) -> pl.DataFrame:
    """FAULTS rows for segments at fault, `which` of the reasons each is; `charge` in cents. Some at a time: they may be millions."""
    said = [REASON_TEXT[reason] for reason in reasons]
    frames = [NO_FAULTS]
    for begin in range(0, len(at), LISTED):
        rows = slice(begin, begin + LISTED)
        columns = {
            **_place(segments, at[rows]),
            "scope": pl.Series([scope], dtype=pl.String).new_from_index(0, len(at[rows])),
            "reason_code": texts(reasons).take(which[rows]),
            "reason": texts(said).take(which[rows]),
            "claim_segment": None if claim_at is None else segments.number[claim_at[rows]],
            "claim_count": claims[rows].astype(np.int64),
            "line_count": lines[rows].astype(np.int64),
            "charge_amount": money(charge[rows], is_charge_known[rows] & (np.abs(charge[rows]) <= LARGEST_CENTS)),
            "difference_amount": None,
        }
        frames = [capped(stacked([*frames, FAULTS.conform(pl.DataFrame(columns, strict=False))]))]
    return frames[0]


def _place(segments: Segments, at: np.ndarray) -> dict[str, pl.Series | np.ndarray]:
    """File, segment and tag of segments at fault, and what to do about their file."""
    tags, tag = np.unique(segments.code[at], return_inverse=True)
    resend = [RESEND.format(file=piece.source_file) for piece in segments.pieces]
    return {
        "file_id": per_piece(segments, at, "file_id"),
        "source_file": per_piece(segments, at, "source_file"),
        "segment": segments.number[at],
        "segment_tag": texts([_tag_text(value) for value in tags.tolist()]).take(tag),
        "next_step": texts(resend).take(segments.piece[at]),
    }


def _tag_text(code: int) -> str:
    return code.to_bytes(3, "little").rstrip(b"\0").decode("ascii", "replace")


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
    """One row per fault: a set that lies in several pieces is one set, its claims, lines and charges added up. At most LISTED a file."""
    if rows.is_empty():
        return rows
    return capped(_summed(rows) if "set" in rows["scope"] else rows)


def stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The rows of several FAULTS frames. Most batches have none, and putting empty frames together is not free."""
    full = [frame for frame in frames if frame.height]
    return pl.concat(full) if full else NO_FAULTS


def capped(rows: pl.DataFrame, listed: Mapping[str, int] | None = None) -> pl.DataFrame:
    """The first LISTED faults of each file, those listed before counted in, and one row with the sums of the rest.

    Nothing is lost: every claim, line and charge stays counted, and the bytes lie in the quarantine.
    """
    if rows.height <= LISTED and not listed:
        return rows
    before = pl.col("file_id").replace_strict(dict(listed or {}), default=0, return_dtype=pl.Int64)
    is_one = pl.col("reason_code") != MORE
    is_rest = ~is_one | (is_one.cum_sum().over("file_id") + before > LISTED)
    blank = ("segment", "segment_tag", "claim_segment", "difference_amount")
    said = {"scope": pl.lit("row"), "reason_code": pl.lit(MORE), "reason": pl.lit(REASON_TEXT[MORE])}
    rest = rows.filter(is_rest).with_columns(pl.lit(None).alias(name) for name in blank).with_columns(**said)
    return pl.concat([rows.filter(~is_rest), _summed(FAULTS.conform(rest))])


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that differ in nothing but counts and charge, as one."""
    keys = [name for name in FAULTS.names if name not in ("claim_count", "line_count", "charge_amount")]
    charge = pl.col("charge_amount").to_physical().cast(pl.Int64)
    is_known = (pl.col("charge_amount").count() > 0) & (charge.sum().abs() <= LARGEST_CENTS)
    merged = rows.group_by(keys, maintain_order=True).agg(
        pl.col("claim_count", "line_count").sum(), pl.when(is_known).then(charge.sum()).alias("cents")
    )
    return FAULTS.conform(merged.with_columns(charge_amount=(pl.col("cents").cast(pl.Decimal(38, 2)) / 100).cast(MONEY)))
