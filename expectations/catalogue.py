"""What the gate checks, as a page for people: `python -m expectations.catalogue > docs/checks.md` (part of `make docs`)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import transforms.tables
from expectations.checks import checks_of
from expectations.law import Law
from expectations.laws import LAWS
from expectations.weekly_laws import WEEKLY_LAWS
from transforms.tables.contract import Table

HEAD = """# What is checked before anything is published

This page is generated: `make docs`. A failed check of severity *stop* keeps the publication back: the last report stays, the
command ends with 5 and names up to three reasons, and `validation/<business date>.html` in the store has them all. A *warn*
is told by the command and on the validation page, `reports/current/validation.html`, and keeps nothing back. A check that
could not run has not passed. Results hold counts and sums, never the value of a row.

*Who acts*: **ops** runs the nightly job and keeps the store, the **billing manager** keeps fees, coverage and payers and talks
to them, the **analyst** reads the tables.

Published tables are checked against their whole contract, as listed below, and each must have exactly the columns and types
of its contract ([tables.md](tables.md)). The tables of the lake are checked row by row when they are taken in, and on every
publication by the laws of the lake. A published table with less than half the rows of its last publication raises a warning,
except for those that hold questions to people, such as unmapped payers.
"""
DRIFT = """## The week against the 13 weeks before

A week is unusual where it lies outside everything that the 13 weeks before it showed and is also far from their usual: under
half or over double for the line count, the downgrade share and the dollars set aside (and these at least 1 % of the charges
read), 20 percentage points for a payer's share. Lines count by the ISO week of payment, the last one that is over on the
business date; dollars set aside by the week of the business date. Nothing is judged on fewer than 8 earlier weeks, or on
fewer than 20 lines. A payer's names are judged by their share of its claims against the week before in which it sent enough
(`alias_drift_points`, `alias_drift_minimum_claims` in `audit.yaml`). These warn; with `drift_stops: true` in `audit.yaml` they
stop.
"""
LAW_HEAD = ["| law | tables | meaning | severity | who acts | what fails it |", "|---|---|---|---|---|---|"]
CHECK_HEAD = ["| check | meaning | severity | who acts | what fails it |", "|---|---|---|---|---|"]


def tables() -> list[Table]:
    """Every table that a contract declares, by name."""
    found: dict[str, Table] = {}
    for module in pkgutil.iter_modules(transforms.tables.__path__, "transforms.tables."):
        declared = vars(importlib.import_module(module.name)).values()
        found |= {value.name: value for value in declared if isinstance(value, Table)}
    return [found[name] for name in sorted(found)]


def page() -> str:
    """The whole page as Markdown."""
    laws = [law for law in LAWS if law not in WEEKLY_LAWS]
    head = [HEAD, "## Between columns and tables", "", *LAW_HEAD, *map(_law_line, laws), ""]
    weekly = [DRIFT, *LAW_HEAD, *map(_law_line, WEEKLY_LAWS), ""]
    return "\n".join([*head, *weekly, *(line for table in tables() for line in _section(table))])


def _law_line(law: Law) -> str:
    return f"| `{law.name}` | {', '.join(law.tables)} | {law.meaning} | {law.severity} | {law.owner} | {law.example} |"


def _section(table: Table) -> Iterator[str]:
    yield from (f"## {table.name}", "", *CHECK_HEAD)
    for check in checks_of(table):
        yield f"| `{check.name}` | {check.meaning} | {check.severity} | {check.owner} | {check.example} |"
    yield ""


if __name__ == "__main__":
    print(page(), end="")
