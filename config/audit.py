"""`audit.yaml` to the policy of a run."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from config.files import SHIPPED, read_yaml
from config.operations import SECTIONS
from config.values import Place, flag, items, mapping, one_of, pattern, texts, whole
from transforms.tables.policy import AuditPolicy

FILE = "audit.yaml"
BASES = ("stated", "contracted_fee", "office_fee")
KEYS = tuple(field.name for field in fields(AuditPolicy))
BOUNDS = {  # smallest and largest value that makes sense
    "ranking_window_months": (1, 120),
    "minimum_observed_lines": (1, 10_000),
    "history_minimum_lines": (2, 10_000),
    "history_ratio_pct": (1, 100),
    "small_cell_count": (0, 1_000),
    "history_retention_months": (1, 600),
    "prediction_minimum_lines": (1, 10_000),
    "alias_drift_points": (1, 100),
    "alias_drift_minimum_claims": (1, 10_000),
    "alias_suggestion_score": (50, 100),
    "substitution_low_pct": (0, 100),
}
FLAGS = ("fee_match_confirms", "exclude_unbalanced_payments", "drift_stops")


def read_policy(files: dict[str, Path]) -> AuditPolicy:
    """The policy in force; a key that the practice's own audit.yaml leaves out keeps its shipped value."""
    shipped = _keys(SHIPPED / FILE)
    own = _keys(files[FILE])
    place = Place(FILE)
    return AuditPolicy(**{key: _value(key, own.get(key, shipped[key]), place.at(key)) for key in KEYS})


def _keys(path: Path) -> dict[str, Any]:
    return mapping(read_yaml(FILE, path), Place(FILE), (*KEYS, *SECTIONS))


def _value(key: str, value: Any, place: Place) -> Any:
    if key == "balance_basis":
        return one_of(value, place, BASES)
    if key in BOUNDS:
        return whole(value, place, *BOUNDS[key])
    if key in FLAGS:
        return flag(value, place)
    if key == "increases_pct":
        return tuple(sorted({whole(item, where, 1, 100) for where, item in items(value, place)}))
    if key == "remark_text_patterns":
        return tuple(pattern(item, where) for where, item in items(value, place))
    return texts(value, place)
