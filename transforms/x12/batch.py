"""835 bytes into remittance tables: many files, or pieces of files, at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from transforms.tables.remittances import Blob, Remittances
from transforms.x12.adjustments import adjustments, find_adjustments
from transforms.x12.claims import claim_amounts, claims
from transforms.x12.envelope import envelope_warnings
from transforms.x12.faults import file_fault, merged_faults, stacked, warning_rows
from transforms.x12.gather import TABLES, gather
from transforms.x12.judge import empty_files, judge, provider_faults
from transforms.x12.lines import line_amounts, lines
from transforms.x12.names import names
from transforms.x12.payments import payments, set_facts
from transforms.x12.pieces import Piece, batches, cut
from transforms.x12.provider_adjustments import provider_adjustments
from transforms.x12.recode import as_utf8
from transforms.x12.scan import Segments, scan
from transforms.x12.structure import structure

ORDER = {
    "payments": "payment_segment",
    "claims": "claim_segment",
    "service_lines": "line_segment",
    "adjustments": "adjustment_segment",
    "provider_adjustments": "adjustment_segment",
    "faults": "segment",
    "warnings": "reason_code",
}


def read(blobs: Sequence[Blob | Piece]) -> Remittances:
    """The remittance tables of whole files or pieces of files, in the order given.

    What comes out does not depend on how files are put together or cut. Nothing raises on content: what cannot be read
    is in `faults`, a claim with all its lines and adjustments; what was read in spite of a flaw is counted in `warnings`.
    """
    pieces = (piece for blob in blobs for piece in cut(blob))
    return gather([_read_batch(batch) for batch in batches(pieces)])


def _read_batch(pieces: Sequence[Piece]) -> Remittances:
    """One batch: pieces with the same delimiters are scanned together, whatever files they come from."""
    groups: dict[tuple[int, int, int], list[Piece]] = {}
    parts = []
    for piece in pieces:
        if piece.delimiters is None:
            parts.append(_nothing_but(file_fault(piece.file_id, piece.source_file, "not_x12")))
        else:
            groups.setdefault(piece.delimiters.bytes, []).append(piece)
    parts += [_read_alike(group) for group in groups.values()]
    rank = {piece.file_id: place for place, piece in reversed(list(enumerate(pieces)))}
    together = parts[0] if len(parts) == 1 else gather(parts)
    mixed = TABLES if len(parts) > 1 else ("faults", "warnings")
    ordered = {name: _in_order(getattr(together, name), name, rank) for name in mixed}
    return Remittances(**{**vars(together), **ordered, "faults": merged_faults(ordered["faults"])})


def _read_alike(pieces: Sequence[Piece]) -> Remittances:
    """Pieces with the same delimiters, in one scan."""
    recoded = [as_utf8(piece) for piece in pieces]
    delimiters = pieces[0].delimiters
    assert delimiters is not None
    segments = scan([piece for piece, _ in recoded], delimiters)
    parts = structure(segments)
    called = names(segments, parts)
    facts = set_facts(segments, parts)
    claim_money, line_money, found = claim_amounts(segments, parts), line_amounts(segments, parts), find_adjustments(segments, parts)
    verdict = judge(segments, parts, facts, claim_money, line_money, found)
    good_claims, good_lines = np.flatnonzero(verdict.good_claims), np.flatnonzero(verdict.good_lines)
    good_sets = np.flatnonzero(verdict.good_sets & ~segments.is_carried[parts.set_at])
    line_rows, undeclared_at = lines(segments, parts, line_money, good_lines, called)
    provider = provider_adjustments(segments, parts, verdict.good_sets, called)
    flaws = {
        "wrong_component_separator": undeclared_at,
        "allowed_not_an_amount": line_money.unreadable_allowed_at,
        "adjustment_outside_claim": found.outside_at[~segments.is_carried[found.outside_at]],
        "provider_adjustment_outside_set": provider.outside_at,
        "line_charges_differ": verdict.charges_differ_at,
        "not_utf8": _recoded_at(segments, [places for _, places in recoded]),
        **envelope_warnings(segments, parts),
    }
    return Remittances(
        payments(segments, parts, facts, good_sets, called),
        claims(segments, parts, claim_money, good_claims, found.paid_before, called),
        line_rows,
        adjustments(segments, parts, found, verdict.good_claims, called),
        provider.rows,
        stacked([empty_files(segments), verdict.faults, provider_faults(segments, provider)]),
        warning_rows(segments, flaws),
    )


def _recoded_at(segments: Segments, places: Sequence[Sequence[int]]) -> np.ndarray:
    """The segments that were recoded, as they are numbered in the batch."""
    if not any(places):
        return np.zeros(0, np.int64)
    starts = np.searchsorted(segments.piece, np.arange(len(places)))
    at = np.concatenate([start + np.array(of_piece, np.int64) for start, of_piece in zip(starts, places, strict=True)])
    return at[~segments.is_carried[at]]


def _nothing_but(fault: pl.DataFrame) -> Remittances:
    empty = Remittances.empty()
    return Remittances(**{**vars(empty), "faults": fault})


def _in_order(table: pl.DataFrame, name: str, rank: dict[str, int]) -> pl.DataFrame:
    """Rows in the order of files, then of segments."""
    if table.is_empty():
        return table
    place = pl.col("file_id").replace_strict(rank, return_dtype=pl.Int64)
    return table.sort(place, ORDER[name], maintain_order=True, nulls_last=False)
