"""`report.yaml` to what the weekly report shows."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from config.files import SHIPPED, effective_files, read_yaml
from config.values import Place, items, mapping, text, whole
from transforms.tables.report import ReportColumn, ReportPolicy, Term

FILE = "report.yaml"
KEYS = tuple(field.name for field in fields(ReportPolicy))
BOUNDS = {  # smallest and largest value that makes sense
    "top_count": (1, 100),
    "trend_weeks": (5, 53),
    "recent_weeks": (1, 12),
    "worsening_pct": (1, 100),
    "worsening_line_count": (1, 1_000),
    "suggested_increase_pct": (1, 100),
    "list_row_count": (1, 500),
    "page_list_count": (1, 500),
    "page_payer_count": (1, 300),
    "page_pair_count": (1, 1_000),
    "page_line_count": (1, 3_000),
    "page_pair_line_count": (1, 500),
}


def load_report(overlay: Path | None = None) -> ReportPolicy:
    """report.yaml with that of `overlay` lying over it, key by key and table by table. Raises ConfigError for the first mistake.

    That a table has the columns named is known only when the page is made: `flows.report` says so then.
    """
    files = effective_files(overlay)
    shipped, own, place = _keys(SHIPPED / FILE), _keys(files[FILE]), Place(FILE)
    values = {key: _value(key, own.get(key, shipped[key]), place.at(key)) for key in KEYS if key != "tables"}
    policy = ReportPolicy(tables=_tables(shipped.get("tables"), own.get("tables"), place.at("tables")), **values)
    if policy.recent_weeks >= policy.trend_weeks:
        raise place.at("recent_weeks").error("it leaves no weeks to compare with", f"Use less than trend_weeks, {policy.trend_weeks}.")
    return policy


def _keys(path: Path) -> dict[str, Any]:
    return mapping(read_yaml(FILE, path), Place(FILE), KEYS)


def _value(key: str, value: Any, place: Place) -> Any:
    if key in BOUNDS:
        return whole(value, place, *BOUNDS[key])
    return tuple(_term(item, where) for where, item in items(value, place))


def _tables(shipped: Any, own: Any, place: Place) -> dict[str, tuple[ReportColumn, ...]]:
    known = mapping(shipped, place, shipped)
    merged = {**known, **mapping(own, place, known)}
    return {name: tuple(_column(item, where) for where, item in items(columns, place.at(name))) for name, columns in merged.items()}


def _column(value: Any, place: Place) -> ReportColumn:
    keys = ("column", "head", "meaning")
    row = mapping(value, place, keys, required=keys)
    return ReportColumn(*(text(row[key], place.at(key)) for key in keys))


def _term(value: Any, place: Place) -> Term:
    keys = ("term", "meaning")
    row = mapping(value, place, keys, required=keys)
    return Term(*(text(row[key], place.at(key)) for key in keys))
