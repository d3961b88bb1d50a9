"""One finding in full: verdict, money, evidence, source, earlier versions of the claim, and the decisions taken on it."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from config.load import load_settings
from flows import review, store
from flows.errors import BadUsage
from flows.published import mart
from flows.tell import as_words
from transforms.derivation import Fact, money_facts, party_facts, verdict_facts
from transforms.tables.findings import FINDINGS
from transforms.tables.views import EXPLAINED_OTHERWISE

Rows = list[dict[str, str]]
PATIENT = "PR"
COUNTED = "segments of an 835 from the first ISA, rows of an export, items of a FHIR file; claims there by resource"


def explanation(root: Path, line_id: str, config: Path | None = None) -> dict[str, Rows]:
    """Headed lists of name, value and how. Raises BadUsage for a line that is neither a finding nor explained otherwise."""
    for table in (FINDINGS, EXPLAINED_OTHERWISE):
        found = mart(root, table.name).filter(pl.col("line_id") == line_id)
        if found.height:
            row = found.row(0, named=True)
            adjustments = _adjustments(root, row["claim_id"], line_id)
            told = _finding(row, adjustments, config) if table is FINDINGS else _explained(row)
            facts = told | {
                "Adjustments": [_adjustment(one) for one in adjustments.iter_rows(named=True)],
                "Where it stands": _source(root, row),
                "The claim over time": _history(root, row["claim_id"]),
                "Decisions": _decisions(root, line_id),
            }
            return {heading: [asdict(fact) for fact in rows] for heading, rows in facts.items() if rows}
    raise BadUsage(
        f"no finding has the id {line_id}",
        str(root),
        "See line_id in reports/current/findings.parquet; lines not listed there were not flagged.",
    )


def _finding(row: dict[str, Any], adjustments: pl.DataFrame, config: Path | None) -> dict[str, list[Fact]]:
    amounts: dict[str, Decimal] = dict(
        adjustments.filter(pl.col("group_code") == PATIENT).group_by("reason_code").agg(pl.col("amount").sum()).iter_rows()
    )
    verdict, who = verdict_facts(row, _rule_source(row["rule"], config)), party_facts(row)
    return {"Verdict": verdict, "Who": who, "Money": money_facts(row, amounts)}


def _explained(row: dict[str, Any]) -> dict[str, list[Fact]]:
    return {"No downgrade": [Fact(c.name, as_words(row[c.name]), c.meaning) for c in EXPLAINED_OTHERWISE.columns]}


def _rule_source(rule: str | None, config: Path | None) -> str | None:
    """Where the rule is documented and how sure that is, from the configuration."""
    name, _, since = (rule or "").partition("@")
    known = load_settings(config).rules.filter((pl.col("rule") == name) & (pl.col("effective_from").cast(pl.String) == since))
    return f"{known['confidence'][0]}: {known['source'][0]}" if known.height else None


def _adjustments(root: Path, claim_id: str, line_id: str) -> pl.DataFrame:
    """The CAS triplets of the line and of its claim, in the order sent."""
    of_claim = store.scan(root, store.read_manifest(root), "adjustments").filter(
        (pl.col("claim_id") == claim_id) & (pl.col("line_id").is_null() | (pl.col("line_id") == line_id))
    )
    return of_claim.sort("adjustment_segment", "position").collect()


def _adjustment(row: dict[str, Any]) -> Fact:
    level = "claim" if row["line_id"] is None else "line"
    return Fact(f"{row['group_code']}-{row['reason_code']}", str(row["amount"]), f"{level} level, segment {row['adjustment_segment']}")


def _source(root: Path, row: dict[str, Any]) -> list[Fact]:
    """File, hash and segment."""
    claims = store.scan(root, store.read_manifest(root), "claims").filter(pl.col("claim_id") == row["claim_id"]).collect()
    return [
        Fact("file", row["source_file"], "below the inbox"),
        Fact("sha256", claims["file_id"][0], "of the bytes as they arrived"),
        Fact("segment", str(row["line_segment"]), f"{COUNTED}; its claim begins at {claims['claim_segment'][0]}"),
    ]


def _history(root: Path, claim_id: str) -> list[Fact]:
    """Every version of the claim on file: same payer's number, a number it names, or same account and charge."""
    manifest = store.read_manifest(root)
    claims = store.scan(root, manifest, "claims")
    this = claims.filter(pl.col("claim_id") == claim_id).collect().row(0, named=True)
    numbers = [number for number in (this["payer_claim_control_number"], this["original_claim_control_number"]) if number]
    charge = this["charge_amount"]
    account = pl.lit(this["patient_control_number"], pl.String)  # null where none was sent, and then equal to none
    same_account = (pl.col("patient_control_number") == account) & pl.col("charge_amount").is_in([charge, -charge])
    kin = pl.col("payer_claim_control_number").is_in(numbers) | pl.col("original_claim_control_number").is_in(numbers) | same_account
    payments = store.scan(root, manifest, "payments").select("payment_id", "payment_date", "source_file", "payer_name")
    versions = claims.filter(kin.fill_null(False)).join(payments, on="payment_id", how="left").collect()
    states = dict(mart(root, "not_live").select("claim_id", "state").iter_rows())
    return [
        Fact(
            str(row["payment_date"]),
            f"paid {row['paid_amount']} of {row['charge_amount']}",
            f"{states.get(row['claim_id'], 'live').replace('_', ' ')}, status {row['claim_status_code']}, {row['payer_name']}, "
            f"{row['source_file']} segment {row['claim_segment']}{' (this one)' if row['claim_id'] == claim_id else ''}",
        )
        for row in versions.sort("payment_date", "claim_id").iter_rows(named=True)
    ]


def _decisions(root: Path, line_id: str) -> list[Fact]:
    taken = review.history(root).filter(pl.col("line_id") == line_id)
    return [Fact(str(row["decided_on"]), row["decision"], f"{row['by']}: {row['reason']}") for row in taken.iter_rows(named=True)]
