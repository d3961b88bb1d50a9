"""A plain checker of 835 files, by the rules of the guide alone: it shares nothing with the reader or the writer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal


def segments_of(data: bytes) -> list[list[str]]:
    """Every segment from the first ISA on, split at the element separator that ISA declares."""
    text = data.decode("ascii")
    assert text.startswith("ISA"), "a file starts with ISA"
    element, terminator = text[3], text[105]
    pieces = text.split(terminator)
    return [piece.strip("\r\n").split(element) for piece in pieces if piece.strip("\r\n")]


def faults(data: bytes) -> list[str]:
    """What is wrong with a file; empty if nothing is."""
    found: list[str] = []
    segments = segments_of(data)
    found += _envelope(data, segments)
    for group in _between(segments, "ST", "SE"):
        found += _payment(group)
    return found


def _between(segments: list[list[str]], first: str, last: str) -> list[list[list[str]]]:
    starts = [i for i, s in enumerate(segments) if s[0] == first]
    ends = [i for i, s in enumerate(segments) if s[0] == last]
    assert len(starts) == len(ends)
    return [segments[a : b + 1] for a, b in zip(starts, ends, strict=True)]


def _envelope(data: bytes, segments: list[list[str]]) -> list[str]:
    found = []
    for interchange in _between(segments, "ISA", "IEA"):
        isa, gs, ge, iea = interchange[0], interchange[1], interchange[-2], interchange[-1]
        if len("*".join(isa)) != 105:
            found.append("ISA is not 106 characters with its terminator")
        if len(isa) != 17 or gs[0] != "GS" or ge[0] != "GE":
            found.append("envelope out of order")
        if iea[1] != "1" or iea[2] != isa[13] or ge[2] != gs[6] or gs[1] != "HP":
            found.append("control numbers differ")
        if int(ge[1]) != sum(s[0] == "ST" for s in interchange):
            found.append("GE01 is not the number of sets")
    return found


def _payment(group: list[list[str]]) -> list[str]:
    found = []
    if group[-1][1] != str(len(group)) or group[-1][2] != group[0][2]:
        found.append("SE does not match")
    bpr = next(s for s in group if s[0] == "BPR")
    amount = Decimal(bpr[2])
    paid = sum((Decimal(s[4]) for s in group if s[0] == "CLP"), Decimal(0))
    plb = sum((Decimal(value) for s in group if s[0] == "PLB" for value in s[4::2]), Decimal(0))
    if amount != paid - plb:
        found.append("BPR02 is not claims paid less provider adjustments")
    if amount < 0 or (bpr[4] == "NON") != (amount == 0):
        found.append("BPR02 is negative, or a zero payment is not NON")
    if date.fromisoformat(bpr[16]).weekday() > 4:
        found.append("paid on a weekend")
    claim: list[list[str]] = []
    for segment in group:
        if segment[0] in ("CLP", "PLB", "SE"):
            if claim and claim[0][0] == "CLP":
                found += _claim(claim)
            claim = [segment]
        else:
            claim.append(segment)
    return found


def _reasons(segment: list[str]) -> list[tuple[str, str, Decimal]]:
    return [(segment[1], segment[i], Decimal(segment[i + 1])) for i in range(2, len(segment), 3)]


def _claim(claim: list[list[str]]) -> list[str]:
    found = []
    head, at_claim, lines = claim[0], [], []
    for segment in claim[1:]:
        if segment[0] == "SVC":
            lines.append((Decimal(segment[2]), Decimal(segment[3]), []))
        if segment[0] == "CAS":
            (lines[-1][2] if lines else at_claim).extend(_reasons(segment))
    everything = [*at_claim, *(reason for _, _, reasons in lines for reason in reasons)]
    if any(charge - sum(amount for _, _, amount in reasons) != paid for charge, paid, reasons in lines):
        found.append("a line does not balance")
    if Decimal(head[3]) - sum(amount for _, _, amount in everything) != Decimal(head[4]):
        found.append("a claim does not balance")
    if lines and sum(charge for charge, _, _ in lines) != Decimal(head[3]):
        found.append("charges of the lines are not the claim's")
    share = sum((amount for group, _, amount in everything if group == "PR"), Decimal(0))
    if head[2] != "22" and Decimal(head[5] or 0) != share:
        found.append("CLP05 is not the sum of PR")
    if (head[2] == "22" or not share) and head[5]:
        found.append("CLP05 is sent where it is not used")
    if any(not amount for _, _, amount in everything) or any(group not in ("CO", "PR", "PI", "OA") for group, _, _ in everything):
        found.append("a CAS amount is zero or its group unknown")
    return found
