"""A practice's own files, laid over the shipped ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from config.errors import ConfigError
from config.load import load_settings

PAYERS = """
- payer_id: acme
  name: Acme Dental
  aliases: [ACME DENTAL INC]
  identifiers: {payer_id: [00123], tax_id: [1990000001], naic: ["00007"]}
- {payer_id: beta, name: Beta Dental, network: out, balance_basis: office_fee}
"""
FEES = "payer_id,procedure_code,fee,effective_from,effective_until,kind\n"
COVERAGE = "payer_id,code_from,code_to,coverage_pct,effective_from,effective_until\n"
ASKS = "payer_id,procedure_code,asked_fee,agreed_fee,effective_from\n"
RULE = """
rule: own
versions:
  - {from: 2024-01-01, until: 2026-01-01, payers: [acme], pays_as: {D2391: D2140}, source: "PPO certificate, 4.2"}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a configuration directory from relative names and their text."""

    def _write(files: dict[str, str]) -> Path:
        for name, text in {"payers.yaml": PAYERS, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return _write


def refused(directory: Path, *parts: str) -> None:
    """Loading fails, and the message holds each part and a next step."""
    with pytest.raises(ConfigError) as caught:
        load_settings(directory)
    message = str(caught.value)
    for part in (*parts, "→"):
        assert part in message, message


def test_payers(write: Write) -> None:
    """Ids keep their zeros without quotes; defaults are in network and the basis of audit.yaml."""
    acme, beta = load_settings(write({})).payers.iter_rows(named=True)
    assert acme["payer_ids"] == ["00123"]
    assert acme["tax_ids"] == ["1990000001"]
    assert (acme["network"], acme["balance_basis"]) == ("in", "stated")
    assert (beta["network"], beta["balance_basis"], beta["aliases"]) == ("out", "office_fee", [])


def test_audit_yaml_is_laid_over_key_by_key(write: Write) -> None:
    settings = load_settings(write({"audit.yaml": "ranking_window_months: 6\nbalance_basis: contracted_fee\nfee_match_confirms: true\n"}))
    assert settings.policy.ranking_window_months == 6
    assert settings.policy.fee_match_confirms is True
    assert settings.policy.small_cell_count == 5
    assert settings.payers["balance_basis"].to_list() == ["contracted_fee", "office_fee"]


def test_fees_are_exact(write: Write) -> None:
    rows = "acme,d2150,120,2025-01-01,2026-01-01,contracted\nacme,D2150,160.10,2026-01-01,,contracted\n,D2150,165.5,2025-01-01,,office\n"
    fees = load_settings(write({"fee_schedules/2026.csv": FEES + rows})).fees
    assert fees.select("payer_id", "fee", "effective_until").rows() == [
        ("acme", Decimal("120.00"), date(2026, 1, 1)),
        ("acme", Decimal("160.10"), None),
        (None, Decimal("165.50"), None),
    ]


def test_coverage_and_asks(write: Write) -> None:
    directory = write(
        {
            "coverage/a.csv": COVERAGE + "acme,D2140,D2394,80,2025-01-01,\nacme,D2510,D2799,50,2025-01-01,\n",
            "asks.csv": ASKS + "acme,D2150,132.00,,2026-01-01\n",
        }
    )
    settings = load_settings(directory)
    assert settings.coverage["coverage_pct"].to_list() == [Decimal("80.00"), Decimal("50.00")]
    assert settings.asks.select("asked_fee", "agreed_fee").row(0) == (Decimal("132.00"), None)


def test_a_new_rule_adds_and_a_rule_of_the_same_name_replaces(write: Write) -> None:
    rules = load_settings(write({"downgrade_rules/own.yaml": RULE, "downgrade_rules/sealant.yaml": "versions: []\n"})).rules
    own = rules.filter(rule="own").row(0, named=True)
    assert (own["payer_id"], own["kind"], own["verdict"], own["effective_until"]) == ("acme", "M", "yes", date(2026, 1, 1))
    assert rules.filter(rule="sealant").is_empty()
    assert not rules.filter(rule="posterior_composite").is_empty()


def test_words_at_the_top_of_a_rule_hold_for_its_versions(write: Write) -> None:
    version = "{from: 2024-01-01, until: , pays_as: {D9999: [D0001-D0003]}, source: {title: t, href: h}}"
    text = f"kind: P\nverdict: review\nversions: [{version}]\n"
    rows = load_settings(write({"downgrade_rules/own.yaml": text})).rules.filter(rule="own")
    assert rows.select("paid_code", "kind", "verdict", "source").rows() == [(f"D000{n}", "P", "review", "t (h)") for n in (1, 2, 3)]


def test_versions_may_touch(write: Write) -> None:
    text = """
versions:
  - {from: 2024-01-01, until: 2025-01-01, pays_as: {D9999: D0001}, source: s}
  - {from: 2025-01-01, until: , verdict: no, pays_as: {D9999: D0001}, source: s}
"""
    rows = load_settings(write({"downgrade_rules/own.yaml": text})).rules.filter(rule="own")
    assert rows["verdict"].to_list() == ["yes", "no"]


def test_a_payers_own_version_beside_the_general_one_is_no_overlap(write: Write) -> None:
    rules = load_settings(write({"downgrade_rules/own.yaml": RULE})).rules
    assert rules.filter(submitted_code="D2391", paid_code="D2140").height == 2


def test_config_id_follows_what_is_said_not_how(write: Write) -> None:
    first = load_settings(write({"coverage/a.csv": COVERAGE + "acme,D2140,D2394,80,2025-01-01,\nbeta,D2140,D2394,80,2025-01-01,\n"}))
    moved = COVERAGE.strip() + "\r\nbeta,D2140,D2394,80.0,2025-01-01,\r\n\r\nacme,D2140,D2394, 80,2025-01-01,\r\n"
    same = load_settings(write({"coverage/a.csv": moved, "payers.yaml": "# mine\n" + PAYERS}))
    other = load_settings(write({"coverage/a.csv": moved.replace("80.0", "80.5")}))
    assert first.config_id == same.config_id != other.config_id
    assert load_settings().config_id == load_settings().config_id != first.config_id


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("audit.yaml", "increases_pct: [10]"),
        ("payers.yaml", PAYERS + "- {payer_id: c, name: C}"),
        ("asks.csv", ASKS + "acme,D2150,1,,2026-01-01\n"),
        ("downgrade_rules/own.yaml", RULE),
        ("fee_schedules/x.csv", FEES + ",D2150,1,2026-01-01,,office\n"),
        ("eob_layouts/x.yaml", "a: 1"),
        ("market_fees/x.csv", "source,procedure_code,percentile,fee,year,zip3\n"),
    ],
)
def test_every_kind_of_file_is_in_the_config_id(write: Write, name: str, text: str) -> None:
    assert load_settings(write({})).config_id != load_settings(write({name: text})).config_id


AUDIT = [
    ("small_cells: 5", "small_cells", "unknown key"),
    ("ranking_window_months: 0", "ranking_window_months", "whole number"),
    ("ranking_window_months: 1.5", "ranking_window_months", "whole number"),
    ("ranking_window_months: [12]", "ranking_window_months", "text is expected"),
    ("balance_basis: fee", "balance_basis", "not one of"),
    ("fee_match_confirms: maybe", "fee_match_confirms", "not one of"),
    ("increases_pct: [10, -5]", "increases_pct[1]", "whole number"),
    ('remark_text_patterns: ["("]', "remark_text_patterns[0]", "regular expression"),
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


def test_fees_read_back_into_polars_are_decimals(write: Write) -> None:
    fees = load_settings(write({"fee_schedules/x.csv": FEES + ",D0001,9999999999.99,2026-01-01,,office\n"})).fees
    assert fees.schema["fee"] == pl.Decimal(12, 2)
    assert fees["fee"].item() == Decimal("9999999999.99")
