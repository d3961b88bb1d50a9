"""The columnar reader and the plain one agree: on random files, on spoilt ones, however they are put together or cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.x12.agreement import assert_agree, blob, oracle_rows, rows
from tests.x12.scribble import Scribe, spoil
from transforms import x12

SEEDS = st.integers(0, 2**32)
FEW = settings(max_examples=60, deadline=None)
MANY = settings(max_examples=1_000, deadline=None)


def well_formed(seed: int) -> bytes:
    return Scribe(seed).file()


@FEW
@given(SEEDS)
def test_random_files(seed):
    assert_agree([blob(well_formed(seed))])


@FEW
@given(SEEDS, SEEDS)
def test_spoilt_files(seed, accident):
    assert_agree([blob(spoil(well_formed(seed), accident))])


@pytest.mark.slow
@MANY
@given(SEEDS, SEEDS)
def test_many_files(seed, accident):
    assert_agree([blob(well_formed(seed)), blob(spoil(well_formed(seed + 1), accident), "b.835")])


@FEW
@given(SEEDS, st.booleans(), st.integers(120, 1500))
def test_cutting_changes_nothing(seed, is_spoilt, piece_bytes):
    """A file read in pieces, each on its own, is the file read whole."""
    data = spoil(well_formed(seed), seed) if is_spoilt else well_formed(seed)
    whole = blob(data)
    pieces = list(x12.cut(whole, piece_bytes))
    assert rows(x12.gather([x12.read([piece]) for piece in pieces])) == rows(x12.read([whole]))
    assert rows(x12.read(pieces)) == rows(x12.read([whole]))


@pytest.mark.slow
@FEW
@given(st.lists(SEEDS, min_size=2, max_size=6, unique=True))
def test_reading_together_changes_nothing(seeds):
    """Files read together are the files read one by one, and their order changes only the order of rows."""
    blobs = [blob(spoil(well_formed(seed), seed) if seed % 2 else well_formed(seed), f"{seed}.835") for seed in seeds]
    together = x12.read(blobs)
    alone = x12.gather([x12.read([one]) for one in blobs])
    for name in vars(together):
        assert getattr(together, name).equals(getattr(alone, name)), name
    assert rows(x12.read(blobs[::-1])) == rows(together)


@FEW
@given(SEEDS, SEEDS)
def test_no_claim_is_lost(seed, accident):
    """Every CLP and SVC that a plain scan counts is in the tables or in the faults."""
    one = blob(spoil(well_formed(seed), accident))
    found = oracle_rows([one])
    ours = x12.read([one])
    assert len(ours.claims) + ours.faults["claim_count"].sum() == len(found["claims"]) + sum(r["claim_count"] for r in found["faults"])
    if any(row["scope"] == "file" for row in found["faults"]):
        return
    counted = [tag for piece in x12.cut(one) for tag in _tags(piece)]
    assert len(ours.claims) + ours.faults["claim_count"].sum() == counted.count(b"CLP")
    assert len(ours.service_lines) + ours.faults["line_count"].sum() == counted.count(b"SVC")


def _tags(piece: x12.Piece) -> list[bytes]:
    """The tags of a piece's own segments, by splitting at its delimiters."""
    assert piece.delimiters is not None
    element, terminator = bytes([piece.delimiters.element]), bytes([piece.delimiters.terminator])
    segments = [segment.lstrip(b" \t") for segment in piece.data.split(terminator) if segment.strip(b" \t")]
    return [segment.partition(element)[0] for segment in segments[len(piece.header_segments) :]]
