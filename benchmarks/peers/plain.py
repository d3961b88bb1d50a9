"""Plain Python, written with care: one pass over the segments, the same five tables as lists of dicts, cents exact, dates as dates.

What a good programmer writes in a day for files that are as they should be: delimiters come from the ISA, one function a tag, each
distinct value converted once. It tells no faults.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from benchmarks.peers.result import Found, main

TABLES = ("payments", "claims", "lines", "adjustments", "provider_adjustments")


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
    tables: dict[str, list[dict]] = {name: [] for name in TABLES}
    for path in paths:
        read_file(path.name, path.read_text("utf-8"), tables)
    return lambda: Found(
        claims=len(tables["claims"]),
        lines=len(tables["lines"]),
        adjustments=len(tables["adjustments"]),
        charge_cents=sum(line["charge"] for line in tables["lines"]),
        paid_cents=sum(line["paid"] for line in tables["lines"]),
        adjusted_cents=sum(one["amount"] for one in tables["adjustments"]),
    )


def read_file(name: str, text: str, tables: dict[str, list[dict]]) -> None:
    """Append the rows of one file. `now` holds the rows that a segment belongs to; a row names its claim and line by their segments."""
    star, component, terminator = text[3], text[104], text[105]
    now: dict = {"file": name, "component": component, "payment": {}, "claim": {}, "line": {}, "party": ""}
    for number, segment in enumerate(text.split(terminator), 1):
        parts = segment.strip("\r\n").split(star)
        take = BY_TAG.get(parts[0])
        if take:
            take(parts, number, now, tables)


def payment(parts: list[str], number: int, now: dict, tables: dict[str, list[dict]]) -> None:
    now["payment"] = {"file": now["file"], "segment": number, "amount": amount(parts[2]), "method": parts[4], "date": day(parts[16])}
    now["claim"] = now["line"] = {}
    tables["payments"].append(now["payment"])


def trace(parts: list[str], _: int, now: dict, __: dict) -> None:
    now["payment"]["trace"] = parts[2]


def party(parts: list[str], _: int, now: dict, __: dict) -> None:
    now["party"] = parts[1]
    now["payment"][f"{parts[1]}_name"], now["payment"][f"{parts[1]}_id"] = parts[2], element(parts, 4)


def claim(parts: list[str], number: int, now: dict, tables: dict[str, list[dict]]) -> None:
    now["claim"] = {
        "file": now["file"], "segment": number, "payment": now["payment"]["segment"], "control": parts[1], "status": parts[2],
        "charge": amount(parts[3]), "paid": amount(parts[4]), "responsibility": amount(parts[5]) if parts[5] else None,
        "payer_control": element(parts, 7),
    }  # fmt: skip
    now["line"] = {}
    tables["claims"].append(now["claim"])


def person(parts: list[str], _: int, now: dict, __: dict) -> None:
    if parts[1] == "QC" and now["claim"]:
        now["claim"].update(last_name=element(parts, 3), first_name=element(parts, 4), member=element(parts, 9))


def service_line(parts: list[str], number: int, now: dict, tables: dict[str, list[dict]]) -> None:
    paid_code = element(parts[1].split(now["component"]), 1)
    billed = element(element(parts, 6).split(now["component"]), 1)
    now["line"] = {
        "file": now["file"], "segment": number, "claim": now["claim"]["segment"], "paid_code": paid_code,
        "submitted_code": billed or paid_code, "charge": amount(parts[2]), "paid": amount(parts[3]), "units": element(parts, 5),
        "date": now["claim"].get("date"), "allowed": None, "remarks": [],
    }  # fmt: skip
    tables["lines"].append(now["line"])


def adjustment(parts: list[str], _: int, now: dict, tables: dict[str, list[dict]]) -> None:
    claim_segment, line_segment = now["claim"]["segment"], now["line"].get("segment")
    for at in range(2, len(parts) - 1, 3):
        tables["adjustments"].append({
            "file": now["file"], "claim": claim_segment, "line": line_segment, "group": parts[1], "reason": parts[at],
            "amount": amount(parts[at + 1]), "quantity": element(parts, at + 2),
        })  # fmt: skip


def served(parts: list[str], _: int, now: dict, __: dict) -> None:
    if now["line"] and parts[1] in ("472", "150"):
        now["line"]["date"] = day(parts[2])
    elif now["claim"] and parts[1] == "232":
        now["claim"]["date"] = day(parts[2])


def reference(parts: list[str], _: int, now: dict, __: dict) -> None:
    if now["line"] and parts[1] == "6R":
        now["line"]["control"] = parts[2]
    elif now["payment"] and not now["claim"]:
        now["payment"][f"{now['party']}_{parts[1]}"] = parts[2]


def allowed(parts: list[str], _: int, now: dict, __: dict) -> None:
    if now["line"] and parts[1] == "B6":
        now["line"]["allowed"] = amount(parts[2])


def remark(parts: list[str], _: int, now: dict, __: dict) -> None:
    if now["line"] and parts[1] == "HE":
        now["line"]["remarks"].append(parts[2])


def provider_adjustment(parts: list[str], _: int, now: dict, tables: dict[str, list[dict]]) -> None:
    segment = now["payment"]["segment"]
    for at in range(3, len(parts) - 1, 2):
        tables["provider_adjustments"].append({"payment": segment, "reason": parts[at], "amount": amount(parts[at + 1])})


BY_TAG = {
    "BPR": payment,
    "TRN": trace,
    "N1": party,
    "CLP": claim,
    "NM1": person,
    "SVC": service_line,
    "CAS": adjustment,
    "DTM": served,
    "REF": reference,
    "AMT": allowed,
    "LQ": remark,
    "PLB": provider_adjustment,
}


if __name__ == "__main__":
    main(read)
