"""FHIR data types as plain values: text, codes, days and exact cents. What is not there is None; nothing raises but amounts."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from transforms.x12.fields import LARGEST_CENTS

AMOUNT = re.compile(r"(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
UNITS = re.compile(r"(\d{1,9})(?:\.0+)?", re.ASCII)
ABSENT = "data-absent-reason"
DOLLARS = "USD"


class UnreadableAmount(ValueError):
    """`args[0]` is the reason code of the fault, without the name of the amount."""


def text(value: Any) -> str | None:
    """Text as sent, without outer blanks; half a surrogate pair, which no file may hold, becomes a question mark."""
    if not isinstance(value, str):
        return None
    stripped = value.strip()
    if not stripped.isascii():
        stripped = stripped.encode("utf-8", "replace").decode("utf-8")
    return stripped or None


def part(value: Any, name: str) -> dict[str, Any]:
    """The object under a name, empty where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def parts(value: Any, name: str) -> list[dict[str, Any]]:
    """The objects of the list under a name."""
    found = value.get(name) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def codings(concept: Any) -> list[tuple[str, str]]:
    """(system, code) of each coding of a CodeableConcept that has a code; the system in lower case, without its version."""
    found = []
    for coding in parts(concept, "coding"):
        code = text(coding.get("code"))
        system = (text(coding.get("system")) or "").lower().split("|")[0]
        if code and ABSENT not in system:
            found.append((system, code))
    return found


def first_code(concept: Any, wanted: frozenset[str]) -> str | None:
    """The first code, in lower case, that is one of those wanted."""
    for coding in parts(concept, "coding"):
        code = coding.get("code")
        if isinstance(code, str) and (plain := code.strip().lower()) in wanted:
            return plain
    return None


def day(value: Any) -> date | None:
    """The day of a date or dateTime as written, whatever its zone; a year or a month alone is no day."""
    found = DAY.match(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None


def units(quantity: Any) -> int | None:
    """A whole number of units."""
    value = quantity.get("value") if isinstance(quantity, dict) else quantity
    found = UNITS.fullmatch(value) if isinstance(value, str) else None
    return int(found.group(1)) if found else None


def cents(money: Any) -> int | None:
    """A Money as whole cents; None where no value is stated. UnreadableAmount where it is none in US dollars."""
    if not isinstance(money, dict) or money.get("value") is None:
        return None
    if money.get("currency", DOLLARS) != DOLLARS:
        raise UnreadableAmount("in_other_currency")
    value = money["value"]
    if not isinstance(value, str):
        raise UnreadableAmount("not_an_amount")
    return cents_of(value)


@lru_cache(maxsize=65_536)
def cents_of(value: str) -> int:
    """A decimal number as whole cents, exactly; UnreadableAmount where it is none, or has a fraction of a cent."""
    found = AMOUNT.fullmatch(value)
    if not found:
        raise UnreadableAmount("not_an_amount")
    sign, whole, fraction, exponent = found.groups(default="")
    digits, point = whole + fraction, len(whole) + 2 + int(exponent or 0)
    if not digits.strip("0"):
        return 0
    if digits[max(point, 0) :].strip("0") or (point < 0 and digits.strip("0")):
        raise UnreadableAmount("too_precise")
    if len(digits[:point].lstrip("0")) + max(point - len(digits), 0) > len(str(LARGEST_CENTS)):
        raise UnreadableAmount("too_large")
    return int(sign + digits[:point] + "0" * max(point - len(digits), 0))
