"""Every drawn case comes out as its table says."""

from __future__ import annotations

import re

import polars as pl

from config.load import load_settings
from tests.spec.conftest import Audited
from tests.spec.document import PAGE, page
from tests.spec.drawn import every_case
from transforms.marts import Lake

FOUND = {
    "tier": "evidence_tier",
    "rank": "payer_rank",
    "submitted": "submitted_code",
    "paid as": "paid_code",
    "stated": "patient_responsibility_amount",
    "expected": "expected_patient_responsibility_amount",
    "surprise": "surprise_balance",
    "candidate": "candidate_amount",
    "shortfall": "benefit_shortfall",
    "above": "above_schedule_amount",
    "absorbed": "provider_absorbed_amount",
    "unclear": "liability_unclear_amount",
    "after COB": "net_patient_after_cob",
    "counted": "counted",
    "why not": "not_counted_reason",
    "priced by": "surprise_basis",
    "rule": "rule",
    "maximum": "is_maximum_reached",
    "coverage": "coverage_pct",
    "fee by": "contracted_fee_source",
}


def row_ids(lake: Lake) -> dict[str, str]:
    """Ids of the lines (1, 2, ...) in the order they were sent, claims without a line among them, and of claims (claim 1, ...)."""
    lines = lake.service_lines.select("file_id", "line_segment", "line_id").collect()
    bare = lake.claims.join(lake.service_lines, on="claim_id", how="anti").collect()
    rows = pl.concat([lines, bare.select("file_id", line_segment="claim_segment", line_id="claim_id")])
    order = {file_id: n for n, file_id in enumerate(lake.payments.collect()["file_id"])}
    ids = rows.sort(pl.col("file_id").replace_strict(order), "line_segment")["line_id"]
    claims = lake.claims.collect().sort(pl.col("file_id").replace_strict(order), "claim_segment")["claim_id"]
    return {f"claim {n}": claim_id for n, claim_id in enumerate(claims, 1)} | {str(n): row_id for n, row_id in enumerate(ids, 1)}


def shown(value: object) -> str:
    return "-" if value is None else "yes" if value is True else "no" if value is False else str(value)


def test_case(audited: Audited) -> None:
    case = audited.case
    findings = {row["line_id"]: row for row in audited.marts["findings"].to_dicts()}
    explained = {row["line_id"]: row["explanation"] for row in audited.marts["explained_otherwise"].to_dicts()}
    ids = row_ids(audited.lake)
    assert set(findings) <= {ids[row["line"]] for row in case.rows}
    assert all(row["payer_rank"] == 1 for row in findings.values() if row["counted"])
    for expected in case.rows:
        row_id = ids[expected["line"]]
        row = findings.get(row_id)
        seen = {"line": expected["line"]}
        if "verdict" in expected:
            seen["verdict"] = row["verdict"] if row else "none"
        seen |= {column: shown(row[FOUND[column]] if row else None) for column in expected if column in FOUND}
        if "explanation" in expected:
            seen["explanation"] = shown(explained.get(row_id))
        assert seen == expected, row


def test_every_labelled_case_is_drawn() -> None:
    """The labelled cases of the brief, C50 apart: sending a payment twice is a matter of the store (tests/flows)."""
    drawn = {case.name for case in every_case()}
    assert drawn >= {f"C{n:02}" for n in (*range(1, 5), 6, 7, *range(9, 13), 14, 15, 16, 18, *range(20, 26), 28, *range(30, 33), 34, 35)}
    assert drawn >= {f"C{n:02}" for n in (37, 38, 39, 40, 42, 43, 44, 46, 47, 49, 52, 53)}


def test_the_manual_is_what_the_cases_say() -> None:
    assert PAGE.read_text() == page(), "docs/downgrades.md is stale: run make docs"


def test_every_rule_is_drawn() -> None:
    """Some case shows, in SVC06 and SVC01, a pair of each shipped rule."""
    svc = re.compile(r"^SVC\*\w+:(D\d{4})\S*?\*(?:AD|HC):(D\d{4})")
    segments = (segment for case in every_case() for remittance in case.remittances for segment in remittance)
    pairs = {(found[2], found[1]) for segment in segments if (found := svc.match(segment))}
    rules = load_settings().rules.select("rule", "submitted_code", "paid_code").rows()
    assert {rule for rule, *pair in rules} - {rule for rule, *pair in rules if tuple(pair) in pairs} == set()
