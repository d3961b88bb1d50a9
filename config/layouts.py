"""`eob_layouts/*.yaml` to layouts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.files import read_yaml
from config.values import Place, flag, items, mapping, one_of, pattern, text, texts, whole
from transforms.tables.layouts import AMOUNT_FIELDS, DATE_ORDERS, FIELDS, ROW_KINDS, STATUS_KINDS, Layout, RowKind

FOLDER = "eob_layouts/"
KEYS = (
    "header", "columns", "required", "ignore", "per", "date_order", "carried_down", "row_kinds", "statuses", "negative",
    "positive_reversals", "blank_is_zero", "excludes", "not_covered_group", "title", "pad", "payer", "payer_rank", "source",
)  # fmt: skip
GROUPS = ("PR", "CO", "PI", "OA")
SHARES = ("deductible", "coinsurance", "copay")


def read_layouts(files: dict[str, Path]) -> tuple[Layout, ...]:
    """Every layout, by file name. Raises ConfigError for an unknown field, a bad pattern, or two layouts of one header."""
    found = [read_layout(name, path) for name, path in files.items() if name.startswith(FOLDER)]
    seen: dict[frozenset[str], str] = {}
    for layout in found:
        key = frozenset(re.sub(r"[^a-z0-9]+", "", name.lower()) for name in layout.header)
        if key in seen:
            place = Place(f"{FOLDER}{layout.name}.yaml", "header")
            raise place.error(f"the same header as {seen[key]}.yaml", "Add a header cell that only one of the two has.")
        seen[key] = layout.name
    return tuple(found)


def read_layout(name: str, path: Path) -> Layout:
    """One layout; its name is that of its file."""
    place = Place(name)
    given = mapping(read_yaml(name, path), place, KEYS, required=("header", "columns"))
    header = texts(given["header"], place.at("header"))
    if not header:
        raise place.at("header").error("no header cell is given", "List the cells by which the file is known.")
    columns = {
        field: texts(value, place.at("columns").at(field)) for field, value in _fields(given["columns"], place.at("columns")).items()
    }
    layout = Layout(name=Path(name).stem, header=header, columns=columns, **_options(given, place))
    if "not_covered" in columns and "patient" not in columns and not layout.not_covered_group:
        raise place.at("not_covered_group").error("the key is missing", "Say who bears a not-covered amount: PR, CO, PI or OA.")
    return layout


def _fields(value: Any, place: Place) -> dict[str, Any]:
    return mapping(value, place, FIELDS)


def _options(given: dict[str, Any], place: Place) -> dict[str, Any]:
    """What the file sets; what it leaves out keeps its default."""
    payer = mapping(given.get("payer"), place.at("payer"), ("name", "payer_id"))
    readers: dict[str, Callable[[Any, Place], Any]] = {
        "required": lambda value, at: _some(value, at, tuple(FIELDS)),
        "ignore": texts,
        "per": lambda value, at: one_of(value, at, ("line", "adjustment")),
        "date_order": lambda value, at: one_of(value, at, DATE_ORDERS),
        "carried_down": lambda value, at: tuple(_some(group, where, tuple(FIELDS)) for where, group in items(value, at)),
        "row_kinds": lambda value, at: tuple(_row_kind(item, where) for where, item in items(value, at)),
        "statuses": lambda value, at: {key: texts(words, at.at(key)) for key, words in mapping(value, at, STATUS_KINDS).items()},
        "negative": lambda value, at: _some(value, at, tuple(AMOUNT_FIELDS)),
        "positive_reversals": flag,
        "blank_is_zero": lambda value, at: _some(value, at, tuple(AMOUNT_FIELDS)),
        "excludes": lambda value, at: _some(value, at, SHARES),
        "not_covered_group": lambda value, at: one_of(value, at, GROUPS),
        "title": lambda value, at: {key: _pattern(item, at.at(key)) for key, item in _fields(value, at).items()},
        "pad": lambda value, at: {key: whole(item, at.at(key), 1, 40) for key, item in _fields(value, at).items()},
        "payer_rank": lambda value, at: whole(value, at, 1, 3),
    }
    found = {key: reader(given[key], place.at(key)) for key, reader in readers.items() if given.get(key) is not None}
    names = {"payer_name": "name", "payer_number": "payer_id"}
    return found | {key: text(payer[name], place.at("payer").at(name)) for key, name in names.items() if payer.get(name) is not None}


def _some(value: Any, place: Place, allowed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one_of(item, where, allowed) for where, item in items(value, place))


def _row_kind(value: Any, place: Place) -> RowKind:
    row = mapping(value, place, ("kind", "column", "matches"), required=("kind", "column", "matches"))
    kind = one_of(row["kind"], place.at("kind"), ROW_KINDS)
    return RowKind(kind, text(row["column"], place.at("column")), pattern(row["matches"], place.at("matches")))


def _pattern(value: Any, place: Place) -> str:
    """A regular expression with a group, searched by Python in the few rows above a header."""
    found = text(value, place)
    try:
        compiled = re.compile(found)
    except re.error as error:
        raise place.error(f"this is no regular expression ({error.msg})", "Quote it, and check brackets and backslashes.") from error
    if not compiled.groups:
        raise place.error("the pattern has no group", "Put what is wanted in brackets: 'Check No: *(\\S+)'.")
    return found
