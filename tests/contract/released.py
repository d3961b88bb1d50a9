"""The contract as it was last released. `python -m tests.contract.released` writes it anew: part of making a release."""

from __future__ import annotations

import json
from pathlib import Path

from flows.dictionary import sql_type, tables
from transforms.tables.contract import CONTRACT_VERSION

FILE = Path(__file__).with_name("released.json")
Columns = dict[str, dict[str, object]]


def now() -> dict:
    """Version, and of every table its key and columns with what a reader relies on."""
    return {
        "version": CONTRACT_VERSION,
        "tables": {
            table.name: {
                "key": list(table.key),
                "columns": {c.name: {"type": sql_type(c), "unit": c.unit, "is_nullable": c.null is not None} for c in table.columns},
            }
            for _, table in tables()
        },
    }


def released() -> dict:
    return json.loads(FILE.read_text(encoding="utf-8"))


def broken(before: dict, after: dict) -> list[str]:
    """What a reader of `before` would trip over: tables and columns gone, keys, types or units changed, nulls where none were."""
    found = []
    for name, table in before["tables"].items():
        if name not in after["tables"]:
            found.append(f"{name}: table gone")
            continue
        new = after["tables"][name]
        if new["key"] != table["key"]:
            found.append(f"{name}: key changed")
        found += [f"{name}.{change}" for change in _broken_columns(table["columns"], new["columns"])]
    return found


def _broken_columns(before: Columns, after: Columns) -> list[str]:
    gone = [f"{name}: gone" for name in before if name not in after]
    both = [(name, before[name], after[name]) for name in before if name in after]
    changed = [f"{name}: {what} changed" for name, old, new in both for what in ("type", "unit") if old[what] != new[what]]
    return [*gone, *changed, *(f"{name}: may be null now" for name, old, new in both if new["is_nullable"] and not old["is_nullable"])]


def added(before: dict, after: dict) -> list[str]:
    """Tables and columns that `before` did not have."""
    return [
        f"{name}.{column}"
        for name, table in after["tables"].items()
        for column in table["columns"]
        if column not in before["tables"].get(name, {"columns": {}})["columns"]
    ]


if __name__ == "__main__":
    FILE.write_text(json.dumps(now(), indent=1) + "\n", encoding="utf-8")
