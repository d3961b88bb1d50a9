"""What the gate checks, as a page for people: `python -m expectations.catalogue > docs/checks.md` (part of `make docs`)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import transforms.tables
from expectations.checks import Check, checks_of
from expectations.laws import LAWS
from transforms.tables.contract import Table

HEAD = """# What is checked before anything is published

This page is generated: `make docs`. Every check but a shrunken table is of severity *stop*: one failure, and the last
publication stays. A check that could not run has not passed. Results hold counts, never values.

Besides what stands below, each table must have exactly the columns and types of its contract ([tables.md](tables.md)), and
a table with less than half the rows of its last publication raises a warning.
"""


def tables() -> list[Table]:
    """Every table that a contract declares, by name."""
    found: dict[str, Table] = {}
    for module in pkgutil.iter_modules(transforms.tables.__path__, "transforms.tables."):
        declared = vars(importlib.import_module(module.name)).values()
        found |= {value.name: value for value in declared if isinstance(value, Table)}
    return [found[name] for name in sorted(found)]


def page() -> str:
    """The whole page as Markdown."""
    laws = [f"| `{law.name}` | {', '.join(law.tables)} | {law.meaning} |" for law in LAWS]
    head = [HEAD, "## Between columns and tables", "", "| law | tables | meaning |", "|---|---|---|", *laws, ""]
    return "\n".join([*head, *(line for table in tables() for line in _section(table))])


def _section(table: Table) -> Iterator[str]:
    checks = checks_of(table)
    yield from (f"## {table.name}", "", f"- {_of(checks, 'unique')[0].meaning}")
    present = ", ".join(f"`{check.columns[0]}`" for check in _of(checks, "present"))
    if present:
        yield f"- never empty: {present}"
    yield from (f"- {check.meaning}" for check in [*_of(checks, "allowed"), *_of(checks, "minimum")])
    yield ""


def _of(checks: list[Check], kind: str) -> list[Check]:
    return [check for check in checks if check.kind == kind]


if __name__ == "__main__":
    print(page(), end="")
