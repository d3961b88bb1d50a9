"""Small sets of findings, drawn by hand or at random."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from transforms.tables.contract import MONEY, PERCENT


def findings(rows: list[tuple]) -> pl.DataFrame:
    """Counted findings from (payer, submitted code, paid code, month 1-12, fee in dollars, patient, claim)."""
    amounts = {
        name: MONEY for name in ("alternate_fee", "contracted_fee", "surprise_balance", "benefit_shortfall", "provider_absorbed_amount")
    }
    texts = ("payer_id", "payer_name", "submitted_code", "paid_code", "patient_id", "claim_id")
    others = {"payment_date": pl.Date, "units": pl.Int64, "coverage_pct": PERCENT, "counted": pl.Boolean}
    schema = {name: pl.String for name in texts} | others | amounts
    made = [
        {"payer_id": payer, "payer_name": payer.upper(), "submitted_code": code, "paid_code": paid, "payment_date": date(2026, month, 3),
         "units": 1, "coverage_pct": Decimal(80), "patient_id": patient, "claim_id": claim, "counted": True, "alternate_fee": Decimal(fee),
         "contracted_fee": Decimal(200), "surprise_balance": Decimal(7 * number + 1), "benefit_shortfall": Decimal(number),
         "provider_absorbed_amount": Decimal(0)}
        for number, (payer, code, paid, month, fee, patient, claim) in enumerate(rows)
    ]  # fmt: skip
    return pl.DataFrame(made, schema=schema)


def patients(count: int, payer: str, code: str, paid: str, month: int = 1, fee: int = 100, prefix: str = "") -> list[tuple]:
    """So many patients with a claim of one line each."""
    name = f"{prefix}{payer}{code}{paid}{month}{fee}"
    return [(payer, code, paid, month, fee, f"p{name}{number}", f"c{name}{number}") for number in range(count)]
