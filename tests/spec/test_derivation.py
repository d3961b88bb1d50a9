"""The sums that `explain` writes beside each figure come to that figure, on every drawn case."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.spec.conftest import Audited
from transforms.derivation import money_facts
from transforms.marts import Lake

AMOUNT = re.compile(r"\d+\.\d\d")


def patient_amounts(lake: Lake, row: dict[str, Any]) -> dict[str, Decimal]:
    """PR money of a finding by reason code: its line's, and its claim's where the claim has one line or none."""
    lines = lake.service_lines.collect().filter(claim_id=row["claim_id"]).height
    found: dict[str, Decimal] = {}
    for one in lake.adjustments.collect().filter(claim_id=row["claim_id"], group_code="PR").iter_rows(named=True):
        if one["line_id"] == row["line_id"] or (one["line_id"] is None and (lines <= 1 or row["line_id"] == row["claim_id"])):
            found[one["reason_code"]] = found.get(one["reason_code"], Decimal(0)) + one["amount"]
    return found


def redo(formula: str) -> Decimal:
    """fee - (fee - deductible) x share %, or with the lesser of the benefit and what the maximum left."""
    whole, benefit = formula.split(" - ", 1)
    limit = re.search(r"the lesser of (.*) and (\d+\.\d\d), all", benefit)
    base, share = (limit[1] if limit else benefit).rsplit(" x ", 1)
    first, *less = (Decimal(amount) for amount in AMOUNT.findall(base))
    due = max(first - sum(less, Decimal(0)), Decimal(0)) * Decimal(share.removesuffix(" %")) / 100
    paid = due.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Decimal(AMOUNT.findall(whole)[0]) - (min(paid, Decimal(limit[2])) if limit else paid)


def test_sums_come_out(audited: Audited) -> None:
    for row in audited.marts["findings"].to_dicts():
        if row["not_counted_reason"] == "unpriced" or "claim_level_reason" in row["signals"]:
            continue
        facts = {fact.name: fact for fact in money_facts(row, patient_amounts(audited.lake, row))}
        allowed = sum((Decimal(amount) for amount in AMOUNT.findall(facts["alternate fee (A)"].how)), Decimal(0))
        assert str(allowed) == facts["alternate fee (A)"].value
        stated = sum((Decimal(amount) for amount in AMOUNT.findall(facts["stated responsibility (R)"].how)), Decimal(0))
        assert stated == Decimal(facts["stated responsibility (R)"].value)
        expected = facts["expected responsibility (E)"]
        if expected.value != "-":
            assert redo(expected.how) == Decimal(expected.value)
