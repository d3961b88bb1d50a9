"""Text of a configuration file to one typed value, or a ConfigError that names its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from config.errors import ConfigError

CODE = re.compile(r"D\d{4}")
AMOUNT = re.compile(r"\d{1,10}(\.\d{1,2})?")


@dataclass(frozen=True)
class Place:
    """Where a value stands: the file, and the row or the key path in it."""

    file: str
    where: str = ""

    def at(self, key: str | int) -> Place:
        """The place of a list item (0-based), of a cell of this row, or of a key below this one."""
        if isinstance(key, int):
            return Place(self.file, f"{self.where}[{key}]")
        if self.where.startswith("row "):
            return Place(self.file, f"{self.where}, column {key}")
        return Place(self.file, f"{self.where}.{key}" if self.where else key)

    def error(self, fact: str, next_step: str) -> ConfigError:
        return ConfigError(self.file, self.where, fact, next_step)


def mapping(value: Any, place: Place, keys: Iterable[str], required: Iterable[str] = ()) -> dict[str, Any]:
    """A mapping with no key but `keys`; None counts as empty, and a required key without a value as missing."""
    known = tuple(keys)
    value = {} if value is None else value
    if not isinstance(value, dict):
        raise place.error("a mapping is expected here", f"Write `key: value` with the keys: {', '.join(known)}.")
    for key in value:
        if key not in known:
            raise place.at(key).error("unknown key", f"Known keys: {', '.join(known)}.")
    for key in required:
        if value.get(key) is None:
            raise place.at(key).error("the key is missing", f"Add `{key}:` with its value.")
    return value


def items(value: Any, place: Place) -> list[tuple[Place, Any]]:
    """The items of a list, each with its place; None is an empty list and a single value a list of one."""
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [(place.at(position), item) for position, item in enumerate(values)]


def text(value: Any, place: Place) -> str:
    """Text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise place.error("text is expected here", "Write one value, not a list or a mapping, and not nothing.")
    return value.strip()


def texts(value: Any, place: Place) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(item, where) for where, item in items(value, place))


def one_of(value: Any, place: Place, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    found = text(value, place)
    if found not in allowed:
        raise place.error(f"{found!r} is not one of the values allowed", f"Use one of: {', '.join(allowed)}.")
    return found


def whole(value: Any, place: Place, minimum: int, maximum: int) -> int:
    """A whole number within bounds."""
    found = text(value, place)
    if not re.fullmatch(r"\d{1,9}", found) or not minimum <= int(found) <= maximum:
        raise place.error(f"{found!r} is not a whole number from {minimum} to {maximum}", "Write digits only.")
    return int(found)


def flag(value: Any, place: Place) -> bool:
    """true or false."""
    return one_of(value, place, ("true", "false")) == "true"


def code(value: Any, place: Place) -> str:
    """A procedure code, D and four digits; a small d is taken as D."""
    found = text(value, place).upper()
    if not CODE.fullmatch(found):
        raise place.error(f"{found!r} is not a procedure code", "Write D and four digits, such as D2392.")
    return found


def day(value: Any, place: Place) -> date:
    """A calendar day in ISO form."""
    found = text(value, place)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", found):
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise place.error(f"{found!r} is not a date", "Write it as 2026-03-31.")


def day_or_none(value: Any, place: Place) -> date | None:
    """A calendar day, or nothing."""
    return day(value, place) if value not in (None, "") else None


def money(value: Any, place: Place) -> Decimal:
    """US dollars, not negative, at most two decimals."""
    found = text(value, place)
    if not AMOUNT.fullmatch(found):
        raise place.error(f"{found!r} is not an amount of dollars, zero or more, with at most two decimals", "Write it as 1234.50.")
    return Decimal(found)


def percent(value: Any, place: Place) -> Decimal:
    """A percentage from 0 to 100, at most two decimals."""
    found = text(value, place)
    if not AMOUNT.fullmatch(found) or Decimal(found) > 100:
        raise place.error(f"{found!r} is not a percentage from 0 to 100", "Write 80 for four fifths, without a percent sign.")
    return Decimal(found)


def period(row: dict[str, Any], place: Place, first: str, until: str) -> tuple[date, date | None]:
    """[first, until): `until` may be empty and is then open."""
    start, end = day(row.get(first), place.at(first)), day_or_none(row.get(until), place.at(until))
    if end is not None and end <= start:
        raise place.at(until).error(
            f"{end} is not after {first} {start}", f"{until} is the first day no longer covered; leave it empty if open."
        )
    return start, end


def source(value: Any, place: Place) -> str:
    """Where an entry is documented: text, or a title with or without an address."""
    if not isinstance(value, dict):
        return text(value, place)
    parts = mapping(value, place, ("title", "href"), required=("title",))
    title = text(parts["title"], place.at("title"))
    return f"{title} ({text(parts['href'], place.at('href'))})" if parts.get("href") else title


def pattern(value: Any, place: Place) -> str:
    """A regular expression over columns of text, as Polars reads it: no look-around, no back-references."""
    found = text(value, place)
    try:
        pl.Series([""]).str.contains(found, strict=True)
    except pl.exceptions.PolarsError:
        # The engine's own text may be long, and quotes the pattern.
        next_step = "Quote it, check brackets and backslashes, and leave out look-around (?=...) (?<!...) and back-references \\1."
        raise place.error("this is no regular expression that can be used here", next_step) from None
    return found
