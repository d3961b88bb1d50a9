"""X12's own names of segments and their first elements, as numbers to compare with. They never change, so they are compiled in."""

from __future__ import annotations


def tag_code(tag: str) -> int:
    """A tag of two or three characters as one number."""
    return int.from_bytes(tag.encode().ljust(3, b"\0"), "little")


def qualifier_code(value: str) -> int:
    """A first element of up to three characters as one number: its bytes, and how many they are in the highest."""
    return int.from_bytes(value.encode(), "little") | len(value) << 24


ISA, GS, ST, SE, GE, IEA = (tag_code(tag) for tag in ("ISA", "GS", "ST", "SE", "GE", "IEA"))
BPR, TRN, N1, REF, DTM, LX, PLB = (tag_code(tag) for tag in ("BPR", "TRN", "N1", "REF", "DTM", "LX", "PLB"))
CLP, CAS, NM1, MIA, MOA, SVC, AMT, LQ = (tag_code(tag) for tag in ("CLP", "CAS", "NM1", "MIA", "MOA", "SVC", "AMT", "LQ"))
