"""How each figure of a finding came about, in words and sums that a person can redo with a pencil."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

NOTHING = Decimal("0.00")
COST_SHARE = {"1": "deductible", "2": "coinsurance", "3": "copay"}
TIERS = {
    1: "the payer paid another code than was billed, and the rules know the pair",
    2: "the payer states it by a reason or remark code",
    3: "the allowed amount equals the alternate fee on the schedule",
    4: "the allowed amount lies far below what this payer usually allows",
}
CODE_SOURCES = {
    "SVC06": "SVC06, what was billed",
    "SVC01": "SVC01",
    "export": "the export",
    "ledger": "the practice's own ledger",
    "office_fee": "inferred: the charge is the office fee of this code",
    "fee_match": "inferred: its fee is what was allowed",
    "only_rule": "inferred: the only code the rules allow",
}
FEE_SOURCES = {
    "schedule": "the fee schedule in force on the day of service",
    "observed": "what this payer usually allows for the code, by its own remittances",
    "charge_less_writeoff": "charge less the contractual write-off (CARC 45)",
}
COVERAGE_SOURCES = {
    "coverage_table": "the coverage table in force on the day of service",
    "observed": "the share this payer most often pays for the code",
    "alternate_on_line": "the share paid on this line, taken for the code billed too",
}


@dataclass(frozen=True)
class Fact:
    """One line of an explanation: what, how much, and how it came about."""

    name: str
    value: str
    how: str


def verdict_facts(row: Mapping[str, Any], rule_source: str | None) -> list[Fact]:
    """What was decided on a finding (a FINDINGS row), on which evidence, under which rule."""
    tier = row["evidence_tier"]
    reason = TIERS[tier] if tier else "the signals are incomplete or contradict each other"
    counted = "counted in the ranking" if row["counted"] else f"not counted: {str(row['not_counted_reason']).replace('_', ' ')}"
    return [
        Fact("verdict", str(row["verdict"]).replace("_", " "), f"tier {tier or '-'}: {reason}; {counted}"),
        Fact("code billed", row["submitted_code"] or "unknown", CODE_SOURCES.get(row["submitted_code_source"], "no service line was sent")),
        Fact("code paid", row["paid_code"] or "unknown", CODE_SOURCES.get(row["paid_code_source"], "neither sent nor to be inferred")),
        Fact(
            "rule",
            row["rule"] or "none",
            rule_source or ("no rule on file explains it" if not row["rule"] else "source not in this configuration"),
        ),
        Fact("signals", ", ".join(row["signals"]) or "none", "everything found on the line that bears on it"),
    ]


def party_facts(row: Mapping[str, Any]) -> list[Fact]:
    """Who adjudicated, who paid, whose schedule and which office, of a finding (a FINDINGS row)."""
    office = row["location_name"] or "unknown location"
    return [
        Fact("payer", row["payer_name"] or row["payer_id"], f"{row['payer_id']}, by payers.yaml; adjudicated the claim"),
        Fact("paid by", row["payment_vendor_id"] or "the payer", "by payment_vendors.yaml; no vendor on file means the payer itself"),
        Fact("leased network", row["leased_network_id"] or "none on file", "by REF*CE of the claim, else the payer in networks.yaml"),
        Fact("office", office, f"by locations.csv: payee NPI {row['payee_npi'] or 'not sent'}"),
    ]


def money_facts(row: Mapping[str, Any], patient_amounts: Mapping[str, Decimal]) -> list[Fact]:
    """Every figure of a finding (a FINDINGS row) with its sum. `patient_amounts` is the line's PR money by reason code."""
    shares = [f"{label} {patient_amounts[code]}" for code, label in COST_SHARE.items() if patient_amounts.get(code)]
    known = sum((patient_amounts.get(code, NOTHING) for code in COST_SHARE), NOTHING)
    maximum = (row["alternate_fee"] or NOTHING) - (row["paid_amount"] or NOTHING) - known
    parts = [f"paid {row['paid_amount']}", *shares, *([f"over the maximum {maximum}"] if maximum else [])]
    stated = [f"PR-{code} {amount}" for code, amount in sorted(patient_amounts.items())]
    facts = [
        Fact("charge (C)", _shown(row["charge_amount"]), "SVC02"),
        Fact("paid (P)", _shown(row["paid_amount"]), "SVC03, or CLP04 where the claim's adjustments belong to its only line"),
        Fact("alternate fee (A)", _shown(row["alternate_fee"]), " + ".join(parts)),
        Fact(
            "contracted fee (S)",
            _shown(row["contracted_fee"]),
            FEE_SOURCES.get(row["contracted_fee_source"], "unknown: no schedule, too few lines"),
        ),
        Fact("coverage (p)", _shown(row["coverage_pct"], " %"), COVERAGE_SOURCES.get(row["coverage_source"], "unknown")),
        Fact("stated responsibility (R)", _shown(row["patient_responsibility_amount"]), " + ".join(stated) or "the payer assigned nothing"),
        Fact("expected responsibility (E)", _shown(row["expected_patient_responsibility_amount"]), _expected(row, patient_amounts)),
    ]
    surprise = row["surprise_balance"] if row["surprise_balance"] is not None else row["candidate_amount"]
    name = "surprise balance" if row["verdict"] == "downgraded" else "candidate (not counted)"
    return [
        *facts,
        Fact(name, _shown(surprise), _surprise(row)),
        Fact(
            "benefit shortfall", _shown(row["benefit_shortfall"]), "benefit of the code billed - P: what a higher alternate fee can reach"
        ),
        Fact(
            "above schedule",
            _shown(row["above_schedule_amount"]),
            "what is billable above S in network, by the balance basis: no alternate fee can reach it",
        ),
        Fact("absorbed by the practice", _shown(row["provider_absorbed_amount"]), "CO-169"),
        Fact("assigned to nobody", _shown(row["liability_unclear_amount"]), "PI-169, OA-169"),
        Fact("left after other payers", _shown(row["net_patient_after_cob"]), "R - what later payers paid and wrote off"),
    ]


def _expected(row: Mapping[str, Any], patient_amounts: Mapping[str, Decimal]) -> str:
    fee, share = row["contracted_fee"], row["coverage_pct"]
    if row["expected_patient_responsibility_amount"] is None:
        return "cannot be worked out: fee or coverage unknown"
    base = " - ".join([str(fee), *(str(patient_amounts[code]) for code in ("1", "3") if patient_amounts.get(code))])
    benefit = f"({base}) x {share} %" if " - " in base else f"{base} x {share} %"
    if row["is_maximum_reached"]:
        benefit = f"the lesser of {benefit} and {row['paid_amount']}, all that the maximum left"
    whole = f"charge {row['charge_amount']}" if row["network"] == "out" else str(fee)
    return f"{whole} - {benefit}"


def _surprise(row: Mapping[str, Any]) -> str:
    if row["surprise_basis"] is None:
        return "cannot be priced"
    if row["surprise_basis"] == "upgrade_difference":
        return "the amount that carries the downgrade's own reason, since fee or coverage is unknown"
    if row["balance_basis"] == "stated":
        return f"max(0, {row['patient_responsibility_amount']} - {row['expected_patient_responsibility_amount']})"
    upto = row["contracted_fee"] if row["balance_basis"] == "contracted_fee" else row["charge_amount"]
    return f"max(0, ({upto} - {row['paid_amount']} - absorbed or unassigned) - {row['expected_patient_responsibility_amount']})"


def _shown(value: object, unit: str = "") -> str:
    return "-" if value is None else f"{value}{unit}"
