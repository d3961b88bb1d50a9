"""Reads drawn cases: remittance segments beside the table they must come to. The drawings are also the manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

CASES = Path(__file__).parent / "cases"
NEXT = "-- next remittance"


@dataclass(frozen=True)
class Case:
    """One drawing. `known` holds coverage, network and fees that differ from the fixture; `rows` the expected table."""

    name: str
    title: str
    why: str
    known: dict[str, str]
    remittances: tuple[tuple[str, ...], ...]
    rows: tuple[dict[str, str], ...]
    drawing: str


def read_cases(path: Path) -> list[Case]:
    """The cases of one file, in its order."""
    return [_case(block) for block in re.split(r"(?m)^(?=== )", path.read_text()) if block.strip()]


def every_case() -> list[Case]:
    """All drawn cases, file by file."""
    return [case for path in sorted(CASES.glob("*.txt")) for case in read_cases(path)]


def remittances(case: Case) -> list[bytes]:
    """A case as files, one a remittance, each paid a day after the one before."""
    return [interchange(segments, number, date(2025, 12, number)) for number, segments in enumerate(case.remittances, 1)]


def _case(block: str) -> Case:
    heading, why, known, *rest = block.strip().splitlines()
    name, title = heading.removeprefix("== ").split(" ", 1)
    drawn = [line.strip() for line in rest if line.startswith("    ")]
    head = next(place for place, line in enumerate(drawn) if line.startswith("line "))
    columns = [cell.strip() for cell in drawn[head].split("|")]
    rows = [dict(zip(columns, (cell.strip() for cell in line.split("|")), strict=True)) for line in drawn[head + 1 :]]
    remittances = [part.strip().splitlines() for part in "\n".join(drawn[:head]).split(NEXT)]
    facts = dict(fact.strip().split(" ", 1) for fact in known.removeprefix("known:").split(";"))
    return Case(name, title, why, facts, tuple(tuple(lines) for lines in remittances), tuple(rows), "\n".join(rest).strip("\n"))


def interchange(
    segments: tuple[str, ...], number: int = 1, paid_on: date = date(2025, 12, 15), payer: str = "EXAMPLE DENTAL PLAN"
) -> bytes:
    """A complete, balanced interchange around drawn claim segments: one set, one payment for what the claims pay."""
    paid = sum((Decimal(segment.split("*")[4] or 0) for segment in segments if segment.startswith("CLP*")), Decimal(0))
    body = [
        "ST*835*0001",
        f"BPR*I*{max(paid, Decimal(0))}*C*ACH*CCP*01*999999992*DA*123456*1999999999**01*999988880*DA*98765*{paid_on:%Y%m%d}",
        f"TRN*1*EFT{number:04}*1999999999",
        f"N1*PR*{payer}",
        "REF*2U*EX001",
        "N1*PE*EXAMPLE DENTAL PC*XX*1999999984",
        "LX*1",
        *segments,
        *([f"PLB*1999999984*20251231*FB:CARRIED*{paid}"] if paid < 0 else []),
    ]
    isa = f"ISA*00*          *00*          *ZZ*EXPAYER        *ZZ*EXPRACTICE     *{paid_on:%y%m%d}*0900*^*00501*{number:09}*0*T*:"
    group = f"GS*HP*EXPAYER*EXPRACTICE*{paid_on:%Y%m%d}*0900*{number}*X*005010X221A1"
    return ("~\n".join([isa, group, *body, f"SE*{len(body) + 1}*0001", f"GE*1*{number}", f"IEA*1*{number:09}"]) + "~\n").encode()
