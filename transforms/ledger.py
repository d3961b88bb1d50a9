"""What the practice itself billed: an 837 claim file, or an export of its ledger, as contract LEDGER.

A payer that leaves SVC06 out says only what it paid. The practice knows what it billed, and its line number (REF*6R),
which the payer echoes, joins the two.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal, InvalidOperation

import polars as pl

from transforms.tables.policy import LEDGER
from transforms.x12.delimiters import content_start, infer

REQUIRED = ("procedure_code",)


class LedgerError(ValueError):
    """A ledger that cannot be read; names row or segment and column, never a value."""


def read_ledger(data: bytes) -> pl.DataFrame:
    """Billed lines of an 837 (decided by content) or of a CSV with LEDGER's columns. Raises LedgerError."""
    start = content_start(data)
    rows = _of_837(data, start) if data[start : start + 3] == b"ISA" else _of_csv(data)
    return pl.DataFrame(rows, schema=LEDGER.schema, orient="row").unique(maintain_order=True)


def _of_csv(data: bytes) -> list[tuple[object, ...]]:
    lines = csv.DictReader(data.decode("utf-8-sig", errors="replace").splitlines(keepends=True))
    missing = [name for name in REQUIRED if name not in (lines.fieldnames or ())]
    if missing:
        raise LedgerError(f"column {missing[0]} is missing; a ledger has: {', '.join(LEDGER.names)}")
    return [
        (
            _text(row.get("line_control_number")),
            _text(row.get("patient_control_number")),
            _day(row.get("service_date"), f"row {place}"),
            _text(row.get("procedure_code")),
            _amount(row.get("charge_amount"), f"row {place}"),
        )
        for place, row in enumerate(lines, 2)
    ]


def _of_837(data: bytes, start: int) -> list[tuple[object, ...]]:
    """Dental service lines (SV3) with the claim's account number, the line's date and its control number.

    A line's DTP*472 and REF*6R follow its SV3; a claim's date serves lines that carry none.
    """
    marks = infer(data, start)
    if marks is None:
        raise LedgerError("the file starts like an 837, but its delimiters cannot be made out")
    element, component, terminator = (chr(mark) for mark in marks.bytes)
    rows: list[list[object]] = []
    account: str | None = None
    claim_day: date | None = None
    is_line = False
    for place, segment in enumerate(data[start:].decode("latin-1").split(terminator), 1):
        tag, *parts = segment.strip("\r\n ").split(element)
        here = f"segment {place} ({tag})"
        if tag == "CLM":
            account, claim_day, is_line = _text(parts[0] if parts else None), None, False
        elif tag == "LX":
            is_line = False
        elif tag == "SV3" and len(parts) > 1:
            codes = parts[0].split(component)
            rows.append([None, account, claim_day, _text(codes[1] if len(codes) > 1 else None), _amount(parts[1], here)])
            is_line = True
        elif tag == "DTP" and len(parts) > 2 and parts[0] == "472":
            day = _day(parts[2][:8], here)
            if is_line:
                rows[-1][2] = day
            else:
                claim_day = day
        elif tag == "REF" and is_line and len(parts) > 1 and parts[0] == "6R":
            rows[-1][0] = _text(parts[1])
    return [tuple(row) for row in rows if row[3]]


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None


def _day(value: str | None, where: str) -> date | None:
    text = (value or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise LedgerError(f"{where}: the service date is no date; write it as 2026-03-10") from None


def _amount(value: str | None, where: str) -> Decimal | None:
    text = (value or "").strip()
    try:
        amount = Decimal(text) if text else None
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount is not None and (not amount.is_finite() or amount != amount.quantize(Decimal("0.01"))):
        raise LedgerError(f"{where}: the charge is no amount in dollars and cents")
    return amount
