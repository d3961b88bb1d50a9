"""Plain Python, written with care: one pass over the segments, the same tables as lists of tuples, amounts exact cents, dates dates.

What a good programmer writes in a day for files that are as they should be: delimiters come from the ISA, one dict of functions by
tag, values converted once and remembered. It tells no faults.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from benchmarks.peers.result import Found, main


@cache
def amount(text: str) -> int:
    """Exact cents; what is no whole number of them is an error."""
    scaled = Decimal(text) * 100
    whole = int(scaled)
    if whole != scaled:
        raise ValueError("an amount has parts of a cent")
    return whole


@cache
def day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def element(parts: list[str], at: int) -> str:
    """Empty where the segment ends before."""
    return parts[at] if at < len(parts) else ""


def read(paths: Sequence[Path]) -> Callable[[], Found]:
    """The tables of all files."""
    tables = ([], [], [], [], [])
    for path in paths:
        read_file(path.name, path.read_text("utf-8"), *tables)
    _, claims, lines, adjustments, _ = tables
    return lambda: Found(
        claims=len(claims),
        lines=len(lines),
        adjustments=len(adjustments),
        charge_cents=sum(line[6] for line in lines),
        paid_cents=sum(line[7] for line in lines),
        adjusted_cents=sum(one[4] for one in adjustments),
    )


def read_file(name: str, text: str, payments: list, claims: list, lines: list, adjustments: list, provider_adjustments: list) -> None:
    """Append the rows of one file. A row names its payment and claim by position in its list, and its own segment in the file."""
    star, component, terminator = text[3], text[104], text[105]
    payment: dict = {}
    claim: dict = {}
    line: dict = {}
    party = ""

    def end_line() -> None:
        nonlocal line
        if line:
            codes = line["code"].split(component)
            billed = line["billed"].split(component)
            lines.append(
                (
                    name, len(claims), line["segment"], element(codes, 1), element(billed, 1) or element(codes, 1), line["units"],
                    line["charge"], line["paid"], line.get("allowed"), line.get("date") or claim.get("date"),
                    line.get("control"), tuple(line["remarks"]),
                )
            )  # fmt: skip
            line = {}

    def end_claim() -> None:
        nonlocal claim
        end_line()
        if claim:
            claims.append((name, len(payments), *claim.values()))
            claim = {}

    def end_payment() -> None:
        nonlocal payment
        end_claim()
        if payment:
            payments.append((name, *payment.values()))
            payment = {}

    for number, segment in enumerate(text.split(terminator), 1):
        parts = segment.strip("\r\n").split(star)
        tag = parts[0]
        if tag == "SVC":
            end_line()
            line = {
                "segment": number, "code": parts[1], "charge": amount(parts[2]), "paid": amount(parts[3]), "units": element(parts, 5),
                "billed": element(parts, 6), "remarks": [],
            }  # fmt: skip
        elif tag == "CAS":
            for at in range(2, len(parts) - 1, 3):
                adjustments.append((len(claims), line.get("segment"), parts[1], parts[at], amount(parts[at + 1]), element(parts, at + 2)))
        elif tag == "DTM":
            if line and parts[1] in ("472", "150"):
                line["date"] = day(parts[2])
            elif claim and parts[1] == "232":
                claim["date"] = day(parts[2])
        elif tag == "REF":
            if line and parts[1] == "6R":
                line["control"] = parts[2]
            elif payment and not claim:
                payment[f"{party}_{parts[1]}"] = parts[2]
        elif tag == "AMT":
            if line and parts[1] == "B6":
                line["allowed"] = amount(parts[2])
        elif tag == "LQ":
            if line and parts[1] == "HE":
                line["remarks"].append(parts[2])
        elif tag == "NM1":
            if claim and parts[1] == "QC":
                claim["patient"] = (element(parts, 3), element(parts, 4), element(parts, 9))
        elif tag == "CLP":
            end_claim()
            claim = {
                "segment": number, "control": parts[1], "status": parts[2], "charge": amount(parts[3]), "paid": amount(parts[4]),
                "patient_responsibility": amount(parts[5]) if parts[5] else None, "payer_control": element(parts, 7),
            }  # fmt: skip
        elif tag == "BPR":
            payment = {"amount": amount(parts[2]), "method": parts[4], "date": day(parts[16])}
        elif tag == "TRN":
            payment["trace"] = parts[2]
        elif tag == "N1":
            party = parts[1]
            payment[party] = (parts[2], element(parts, 4))
        elif tag == "PLB":
            end_claim()
            provider_adjustments += [(len(payments), parts[at], amount(parts[at + 1])) for at in range(3, len(parts) - 1, 2)]
        elif tag == "SE":
            end_payment()


if __name__ == "__main__":
    main(read)
