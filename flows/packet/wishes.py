"""What to ask for, as a person types it: 15, 15%, parity, $152.00, for every code or one by one, or in a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from flows.errors import BadUsage
from transforms.packet.asking import Wish

HEADER = ("procedure_code", "asked")
PERCENT = re.compile(r"(\d{1,3})\s*%")
FEE = re.compile(r"\$?(\d{1,7}(?:\.\d{1,2})?)")
CODE = re.compile(r"D\d{4}")
FORMS = "Write a percentage (15%), a fee (152.00) or parity."


def general_wish(text: str) -> Wish:
    """`--increase`: a whole percentage, with or without its sign, or parity."""
    found = _wish(f"{text}%" if text.strip().isdigit() else text, "", "")
    if found.kind == "fee":
        raise BadUsage(
            f"{text!r} is no increase for every code", next_step="Write --increase 15 or parity; a fee for one code is --ask D2150=152.00."
        )
    return found


def own_wishes(asked: Iterable[str], file: Path | None) -> dict[str, Wish]:
    """`--ask CODE=VALUE`, which goes first, and `--asked FILE` with the columns procedure_code,asked."""
    found = _from_file(file) if file else {}
    for entry in asked:
        code, sign, value = entry.partition("=")
        if not sign:
            raise BadUsage(f"{entry!r} is not CODE=VALUE", next_step="Write --ask D2150=152.00, --ask D2150=15% or --ask D2150=parity.")
        found[_code(code, "", "")] = _wish(value, "", "")
    return found


def _from_file(path: Path) -> dict[str, Wish]:
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except UnicodeDecodeError:
        raise BadUsage("the file is not UTF-8 text", str(path), "Save it as CSV UTF-8.") from None
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if header != HEADER:
        raise BadUsage("the header is not what it must be", str(path), f"The first line is: {','.join(HEADER)}")
    found: dict[str, Wish] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"row {number}: "
        if len(row) != len(HEADER):
            raise BadUsage(f"{where}{len(row)} cells where the header has {len(HEADER)}", str(path), "Write fees without thousands commas.")
        code = _code(row[0], where, str(path))
        if code in found:
            raise BadUsage(f"{where}{code} is asked for twice", str(path), "Keep one of the two.")
        found[code] = _wish(row[1], where, str(path))
    return found


def _code(text: str, where: str, file: str) -> str:
    code = text.strip().upper()
    if not CODE.fullmatch(code):
        raise BadUsage(
            f"{where}{text.strip()!r} is not a procedure code",
            file,
            "Write D and four digits: the code that the payer pays, such as D2150.",
        )
    return code


def _wish(text: str, where: str, file: str) -> Wish:
    """One value; an increase is 1 to 300 percent, a fee more than nothing."""
    value = text.strip().lower()
    if value == "parity":
        return Wish("parity")
    percent, fee = PERCENT.fullmatch(value), FEE.fullmatch(value)
    if percent and 1 <= int(percent[1]) <= 300:
        return Wish("percent", int(percent[1]))
    if fee and Decimal(fee[1]) > 0:
        return Wish("fee", int(Decimal(fee[1]) * 100))
    raise BadUsage(f"{where}{text.strip()!r} cannot be asked for", file, FORMS)
