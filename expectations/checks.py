"""What a whole table must satisfy, as plain data read from its contract: no Great Expectations here, so it loads at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from transforms.tables.contract import MONEY, PERCENT, TOTAL, Column, Table

HALVED = "120 rows where the last publication had 900"

Kind = Literal["unique", "present", "allowed", "minimum", "zero", "row_count"]
Severity = Literal["stop", "warn"]
Owner = Literal["ops", "billing manager", "analyst"]
BILLING_MANAGERS = {"asks", "coverage", "downgrade_rules", "fees", "payers", "ledger", "ask_outcomes", "unmapped_payers", "silent_payers",
    "payer_routes", "payer_alias_weeks", "alias_drift", "payer_suggestions", "payees", "payment_vendors", "networks", "locations",
    "payer_decisions",
}  # fmt: skip
ANALYSTS = {
    "findings", "payer_code_ranking", "payer_alternate_ranking", "fee_asks", "alternate_fee_schedule", "weekly_trend",
    "explained_otherwise", "not_live", "claim_states", "payment_totals", "same_event",
    "predicted_downgrades", "location_ranking",
}  # fmt: skip
# Questions to people: each one answered is a row less.
MAY_SHRINK = {"unmapped_payers", "payer_suggestions", "alias_drift", "silent_payers"}
HUNDREDTHS = (MONEY, PERCENT, TOTAL)  # checked as whole cents, or hundredths of a percent: exact, and fast


@dataclass(frozen=True)
class Check:
    """One promise. `minimum` is in the column's own unit; severity `stop` keeps a publication back, `warn` does not.

    `owner` is who acts when it fails; `example` is something that fails it.
    """

    table: str
    name: str
    kind: Kind
    columns: tuple[str, ...]
    meaning: str
    allowed: tuple[str, ...] = ()
    minimum: int = 0
    severity: Severity = "stop"
    owner: Owner = "ops"
    example: str = ""


def owner_of(table: str) -> Owner:
    """Who acts on a table that breaks its promise: whoever keeps it, or else reads it."""
    return "billing manager" if table in BILLING_MANAGERS else "analyst" if table in ANALYSTS else "ops"


def checks_of(table: Table) -> list[Check]:
    """The checks that a contract implies: key, presence, allowed values, minimum, in that order."""
    key, mine = " + ".join(table.key), owner_of(table.name)
    words = f"{key} names one row: {table.grain}"
    twice = f"two rows with the same {' and '.join(table.key)}"
    return [
        Check(table.name, f"unique({key})", "unique", table.key, words, example=twice, owner=mine),
        *(check for column in table.columns for check in _column_checks(table.name, column, mine)),
    ]


def _column_checks(table: str, column: Column, owner: Owner) -> Iterator[Check]:
    name, here = column.name, (column.name,)
    if column.null is None:
        yield Check(
            table, f"present({name})", "present", here, f"{name} is never empty: {column.meaning}", example="an empty cell", owner=owner
        )
    if column.allowed:
        words = f"{name} is one of {', '.join(column.allowed)}"
        yield Check(table, f"allowed({name})", "allowed", here, words, allowed=column.allowed, example="any other text", owner=owner)
    if column.minimum is not None:
        words = f"{name} is {column.minimum} or more"
        less = f"{column.minimum - 1}"
        yield Check(table, f"minimum({name})", "minimum", here, words, minimum=column.minimum, example=less, owner=owner)


def growth_check(table: Table, previous_rows: int) -> Check:
    """A warning where a table has shrunk to less than half of what was published last."""
    words = f"{table.name} has at least half as many rows as last time"
    return Check(table.name, "row_count", "row_count", (), words, minimum=(previous_rows + 1) // 2, severity="warn", example=HALVED)
