"""What a whole table must satisfy, as plain data read from its contract: no Great Expectations here, so it loads at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from transforms.tables.contract import MONEY, PERCENT, Table

Kind = Literal["unique", "present", "allowed", "minimum", "zero", "row_count"]
Severity = Literal["stop", "warn"]
HUNDREDTHS = (MONEY, PERCENT)  # checked as whole cents, or hundredths of a percent: exact, and fast


@dataclass(frozen=True)
class Check:
    """One promise. `minimum` is in the column's own unit; severity `stop` keeps a publication back, `warn` does not."""

    table: str
    name: str
    kind: Kind
    columns: tuple[str, ...]
    meaning: str
    allowed: tuple[str, ...] = ()
    minimum: int = 0
    severity: Severity = "stop"


def checks_of(table: Table) -> list[Check]:
    """The checks that a contract implies: key, presence, allowed values, minimum, in that order."""
    key = " + ".join(table.key)
    checks = [Check(table.name, f"unique({key})", "unique", table.key, f"{key} names one row: {table.grain}")]
    for column in table.columns:
        here = (column.name,)
        if column.null is None:
            checks.append(Check(table.name, f"present({column.name})", "present", here, f"{column.name} is never empty: {column.meaning}"))
        if column.allowed:
            words = f"{column.name} is one of {', '.join(column.allowed)}"
            checks.append(Check(table.name, f"allowed({column.name})", "allowed", here, words, allowed=column.allowed))
        if column.minimum is not None:
            words = f"{column.name} is {column.minimum} or more"
            checks.append(Check(table.name, f"minimum({column.name})", "minimum", here, words, minimum=column.minimum))
    return checks


def growth_check(table: Table, previous_rows: int) -> Check:
    """A warning where a table has shrunk to less than half of what was published last."""
    words = f"{table.name} has at least half as many rows as last time"
    return Check(table.name, "row_count", "row_count", (), words, minimum=(previous_rows + 1) // 2, severity="warn")
