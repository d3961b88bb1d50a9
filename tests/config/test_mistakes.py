"""Each mistake a configuration can hold, and the message that names its place and the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.load import load_settings
from tests.config.own_files import ASKS, COVERAGE, FEES, Write, refused

AUDIT = [
    ("small_cells: 5", "small_cells", "unknown key"),
    ("ranking_window_months: 0", "ranking_window_months", "whole number"),
    ("ranking_window_months: 1.5", "ranking_window_months", "whole number"),
    ("ranking_window_months: [12]", "ranking_window_months", "text is expected"),
    ("balance_basis: fee", "balance_basis", "not one of"),
    ("fee_match_confirms: maybe", "fee_match_confirms", "not one of"),
    ("increases_pct: [10, -5]", "increases_pct[1]", "whole number"),
    ('remark_text_patterns: ["("]', "remark_text_patterns[0]", "regular expression"),
    ("remark_text_patterns: [fine, 'alternate(?= benefit)']", "remark_text_patterns[1]", "regular expression"),
    ("remark_text_patterns: ['(a)\\1']", "remark_text_patterns[0]", "regular expression"),
    ("increases_pct: [10]\nincreases_pct: [15]", "line 2, key increases_pct", "twice"),
    ("increases_pct: [10", "line", "not YAML"),
    ("- a", "", "mapping is expected"),
]


@pytest.mark.parametrize(("text", "key", "fact"), AUDIT)
def test_audit_mistakes(write: Write, text: str, key: str, fact: str) -> None:
    refused(write({"audit.yaml": text}), "audit.yaml", key, fact)


PAYER_MISTAKES = [
    ("- {name: X}", "payers[0].payer_id", "missing"),
    ("- {payer_id: x}", "payers[0].name", "missing"),
    ("- {payer_id: a/b, name: X}", "payers[0].payer_id", "file name"),
    ("- {payer_id: x, name: X, alias: [Y]}", "payers[0].alias", "unknown key"),
    ("- {payer_id: x, name: X, identifiers: {ein: [1]}}", "payers[0].identifiers.ein", "unknown key"),
    ("- {payer_id: x, name: X, network: both}", "payers[0].network", "not one of"),
    ("- {payer_id: x, name: X, balance_basis: ucr}", "payers[0].balance_basis", "not one of"),
    ("- {payer_id: x, name: X}\n- {payer_id: x, name: Y}", "payers[1]", "payers[0] has too"),
    ("- {payer_id: x, name: X}\n- {payer_id: y, name: Y, aliases: ['x.']}", "payers[1]", "name or alias"),
    ("- {payer_id: x, name: X, aliases: [Both Inc]}\n- {payer_id: y, name: Y, aliases: ['BOTH, INC.']}", "payers[1]", "name or alias"),
    (
        "- {payer_id: x, name: X, identifiers: {payer_id: [a1]}}\n- {payer_id: y, name: Y, identifiers: {payer_id: [A1]}}",
        "payers[1]",
        "identifiers.payer_id",
    ),
    (
        "- {payer_id: x, name: X, identifiers: {tax_id: [99-0000001]}}\n- {payer_id: y, name: Y, identifiers: {tax_id: [1990000001]}}",
        "payers[1]",
        "identifiers.tax_id",
    ),
    ("- {payer_id: x, name: X, identifiers: {naic: ['7']}}\n- {payer_id: y, name: Y, identifiers: {naic: ['7']}}", "payers[1]", "naic"),
    ("- {payer_id: x, name: X, name: Y}", "line 1, key name", "twice"),
    ("- just text", "payers[0]", "mapping is expected"),
]


@pytest.mark.parametrize(("text", "key", "fact"), PAYER_MISTAKES)
def test_payer_mistakes(write: Write, text: str, key: str, fact: str) -> None:
    refused(write({"payers.yaml": text}), "payers.yaml", key, fact)


OK_VERSION = "{from: 2024-01-01, until: , pays_as: {D9999: D0001}, source: s}"
RULE_MISTAKES = [
    ("rule: other\nversions: []", "rule", "not named as its file"),
    ("rule: own\nnote: x\nversions: []", "note", "unknown key"),
    ("rule: own", "versions", "missing"),
    ("versions: [{until: , pays_as: {D9999: D0001}, source: s}]", "versions[0].from", "missing"),
    ("versions: [{from: 2024-01-01, pays_as: {D9999: D0001}}]", "versions[0].source", "missing"),
    ("versions: [{from: 2024-01-01, source: s}]", "versions[0].pays_as", "missing"),
    ("versions: [{from: 2024-02-30, pays_as: {D9999: D0001}, source: s}]", "versions[0].from", "not a date"),
    ("versions: [{from: 1/2/2024, pays_as: {D9999: D0001}, source: s}]", "versions[0].from", "not a date"),
    ("versions: [{from: 2024-01-01, until: 2024-01-01, pays_as: {D9999: D0001}, source: s}]", "versions[0].until", "not after"),
    (
        "versions: [{from: 2024-01-01, payers: [acme, nobody], pays_as: {D9999: D0001}, source: s}]",
        "versions[0].payers[1]",
        "unknown payer",
    ),
    ("versions: [{from: 2024-01-01, pays_as: {D999: D0001}, source: s}]", "pays_as.D999", "not a procedure code"),
    ("versions: [{from: 2024-01-01, pays_as: {D9999: [D0001, 2150]}, source: s}]", "pays_as.D9999[1]", "not a procedure code"),
    ("versions: [{from: 2024-01-01, pays_as: {D9999-D9990: D0001}, source: s}]", "pays_as.D9999-D9990", "ends before"),
    ("versions: [{from: 2024-01-01, pays_as: {D9999: D9999}, source: s}]", "pays_as.D9999[0]", "paid as itself"),
    ("versions: [{from: 2024-01-01, pays_as: {D0000-D9999: D0000-D9999}, source: s}]", "pays_as.D0000-D9999", "more than"),
    ("versions: [{from: 2024-01-01, kind: Q, pays_as: {D9999: D0001}, source: s}]", "versions[0].kind", "not one of"),
    ("versions: [{from: 2024-01-01, verdict: maybe, pays_as: {D9999: D0001}, source: s}]", "versions[0].verdict", "not one of"),
    (f"versions: [{OK_VERSION}, {OK_VERSION}]", "versions[1]", "overlaps the one in downgrade_rules/own.yaml, versions[0]"),
    ("versions: [{from: 2024-01-01, pays_as: {D2391: D2140}, source: s}]", "versions[0]", "overlaps the one in"),
]


@pytest.mark.parametrize(("text", "key", "fact"), RULE_MISTAKES)
def test_rule_mistakes(write: Write, text: str, key: str, fact: str) -> None:
    # The last case overlaps the shipped rule; the later start is the one reported.
    refused(write({"downgrade_rules/own.yaml": text}), "downgrade_rules/own.yaml", key, fact)


FEE_MISTAKES = [
    ("nobody,D2150,1,2026-01-01,,contracted", "row 2, column payer_id", "unknown payer"),
    (",D2150,1,2026-01-01,,contracted", "row 2, column payer_id", "missing"),
    ("acme,D2150,1,2026-01-01,,office", "row 2, column payer_id", "every payer"),
    ("acme,2150,1,2026-01-01,,contracted", "row 2, column procedure_code", "not a procedure code"),
    ("acme,D2150,-1,2026-01-01,,contracted", "row 2, column fee", "not an amount"),
    ("acme,D2150,1.005,2026-01-01,,contracted", "row 2, column fee", "not an amount"),
    ("acme,D2150,$1,2026-01-01,,contracted", "row 2, column fee", "not an amount"),
    ("acme,D2150,,2026-01-01,,contracted", "row 2, column fee", "text is expected"),
    ("acme,D2150,1,01/01/2026,,contracted", "row 2, column effective_from", "not a date"),
    ("acme,D2150,1,,,contracted", "row 2, column effective_from", "text is expected"),
    ("acme,D2150,1,2026-01-01,2025-01-01,contracted", "row 2, column effective_until", "not after"),
    ("acme,D2150,1,2026-01-01,,usual", "row 2, column kind", "not one of"),
    ("acme,D2150,1,2026-01-01,contracted", "row 2", "5 cells where the header has 6"),
    ("acme,D2150,1,2025-01-01,,contracted\nacme,D2150,2,2026-01-01,,contracted", "row 3", "fee_schedules/x.csv, row 2"),
    (",D2150,1,2025-01-01,2026-01-02,office\n\n,D2150,2,2026-01-01,,office", "row 4", "overlaps"),
]


@pytest.mark.parametrize(("rows", "place", "fact"), FEE_MISTAKES)
def test_fee_mistakes(write: Write, rows: str, place: str, fact: str) -> None:
    refused(write({"fee_schedules/x.csv": FEES + rows + "\n"}), "fee_schedules/x.csv", place, fact)


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        (FEES.replace(",kind", ""), "missing column kind"),
        (FEES.strip() + ",note\n", "unknown column note"),
        (FEES.strip() + ",fee\n", "column given twice fee"),
        ("", "missing column payer_id"),
    ],
)
def test_header_mistakes(write: Write, header: str, fact: str) -> None:
    refused(write({"fee_schedules/x.csv": header}), "fee_schedules/x.csv", "row 1", fact)


def test_fees_of_two_files_overlap(write: Write) -> None:
    row = FEES + "acme,D2150,1,2026-01-01,,contracted\n"
    refused(write({"fee_schedules/a.csv": row, "fee_schedules/b.csv": row}), "fee_schedules/b.csv, row 2", "fee_schedules/a.csv, row 2")


COVERAGE_MISTAKES = [
    ("acme,D2140,D2394,101,2026-01-01,", "row 2, column coverage_pct", "0 to 100"),
    ("acme,D2140,D2394,-1,2026-01-01,", "row 2, column coverage_pct", "0 to 100"),
    ("acme,D2140,D2394,80%,2026-01-01,", "row 2, column coverage_pct", "0 to 100"),
    ("acme,D2394,D2140,80,2026-01-01,", "row 2, column code_to", "comes before"),
    ("acme,D2140,2394,80,2026-01-01,", "row 2, column code_to", "not a procedure code"),
    ("nobody,D2140,D2394,80,2026-01-01,", "row 2, column payer_id", "unknown payer"),
    (",D2140,D2394,80,2026-01-01,", "row 2, column payer_id", "missing"),
    ("acme,D2140,D2394,80,2026-01-01,\nacme,D2394,D2799,50,2026-06-01,", "row 3", "coverage/x.csv, row 2"),
    ("acme,D2000,D2999,80,2025-01-01,2025-06-01\nacme,D2100,D2200,50,2025-07-01,\nacme,D2150,D2150,50,2026-01-01,", "row 4", "row 3"),
]


@pytest.mark.parametrize(("rows", "place", "fact"), COVERAGE_MISTAKES)
def test_coverage_mistakes(write: Write, rows: str, place: str, fact: str) -> None:
    refused(write({"coverage/x.csv": COVERAGE + rows + "\n"}), "coverage/x.csv", place, fact)


ASK_MISTAKES = [
    ("nobody,D2150,1,,2026-01-01", "row 2, column payer_id", "unknown payer"),
    ("acme,D2150,,,2026-01-01", "row 2", "neither"),
    ("acme,D2150,1,0.001,2026-01-01", "row 2, column agreed_fee", "not an amount"),
    ("acme,D2150,1,,2026-01-01\nacme,D2150,2,,2026-01-01", "row 3", "second ask"),
]


@pytest.mark.parametrize(("rows", "place", "fact"), ASK_MISTAKES)
def test_ask_mistakes(write: Write, rows: str, place: str, fact: str) -> None:
    refused(write({"asks.csv": ASKS + rows + "\n"}), "asks.csv", place, fact)


@pytest.mark.parametrize("name", ["payer.yaml", "audit.yml", "fee_schedule/x.csv", "fee_schedules/2026/x.csv", "coverage.csv"])
def test_a_file_that_nobody_would_read(write: Write, name: str) -> None:
    refused(write({name: ""}), name, "no part of the program reads")


def test_other_files_are_left_alone(write: Write) -> None:
    load_settings(write({"README.md": "x", "fee_schedules/notes.txt": "x", ".git/x.yaml": "x", "fee_schedules/~$2026.csv": "x"}))


def test_a_missing_directory(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "nowhere", "no such directory")


def test_a_file_that_is_not_utf8(write: Write) -> None:
    directory = write({})
    (directory / "payers.yaml").write_bytes(b"- {payer_id: x, name: Caf\xe9}\n")
    refused(directory, "payers.yaml", "byte 26", "not UTF-8")


def test_an_alias_to_itself_ends(write: Write) -> None:
    refused(write({"payers.yaml": "- &a [*a]"}), "payers.yaml", "nests too deep")


def test_yaml_cannot_make_objects(write: Write, tmp_path: Path) -> None:
    """A tag that would run code in an unsafe loader is text like any other."""
    marker = tmp_path / "ran"
    name = f"!!python/object/apply:os.mkdir ['{marker}']"
    refused(write({"payers.yaml": f"- payer_id: x\n  name: {name}\n"}), "payers.yaml", "payers[0].name")
    assert not marker.exists()
