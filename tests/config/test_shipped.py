"""What is shipped: every family of downgrades, each with its source, and sane defaults."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from config.files import SHIPPED
from config.load import load_settings
from config.operations import SECTIONS
from transforms.tables.policy import ASKS, COVERAGE, DOWNGRADE_RULES, FEES, PAYERS, AuditPolicy

SETTINGS = load_settings()
RULE_FILES = sorted((SHIPPED / "downgrade_rules").glob("*.yaml"))


def verdicts(submitted: str, paid: str) -> set[tuple[str, str, str]]:
    """(rule, kind, verdict) of every shipped row for a pair."""
    rows = SETTINGS.rules.filter(pl.col("submitted_code") == submitted, pl.col("paid_code") == paid)
    return set(rows.select("rule", "kind", "verdict").iter_rows())


@pytest.mark.parametrize(
    ("submitted", "paid", "rule", "kind", "verdict"),
    [
        ("D2391", "D2140", "posterior_composite", "M", "yes"),
        ("D2392", "D2150", "posterior_composite", "M", "yes"),
        ("D2393", "D2160", "posterior_composite", "M", "yes"),
        ("D2394", "D2161", "posterior_composite", "M", "yes"),
        ("D2740", "D2791", "all_ceramic_crown", "M", "yes"),
        ("D2750", "D2751", "porcelain_crown", "M", "yes"),
        ("D2790", "D2791", "cast_crown", "M", "yes"),
        ("D2710", "D2161", "crown_to_filling", "P", "yes"),
        ("D2799", "D2394", "crown_to_filling", "P", "yes"),
        ("D2644", "D2161", "inlay_to_filling", "P", "yes"),
        ("D2962", "D2335", "veneer_to_filling", "P", "yes"),
        ("D2934", "D2930", "primary_esthetic_crown", "M", "yes"),
        ("D6240", "D5213", "bridge_to_partial", "P", "yes"),
        ("D6750", "D5214", "bridge_to_partial", "P", "yes"),
        ("D6740", "D6791", "bridge_material", "M", "yes"),
        ("D6010", "D5213", "implant_body", "P", "yes"),
        ("D6058", "D2740", "implant_crown", "P", "yes"),
        ("D6059", "D6060", "implant_crown_material", "M", "yes"),
        ("D6077", "D6792", "implant_retainer", "P", "yes"),
        ("D6110", "D5110", "implant_denture", "P", "yes"),
        ("D5213", "D5211", "cast_partial", "M", "yes"),
        ("D4910", "D1110", "perio_maintenance", "P", "yes"),
        ("D4341", "D4342", "root_planing_extent", "X", "no"),
        ("D2393", "D2392", "filling_surfaces", "X", "no"),
        ("D4342", "D1110", "root_planing_to_cleaning", "P", "review"),
        ("D4355", "D1110", "heavy_cleaning", "P", "review"),
        ("D7210", "D7140", "extraction_extent", "X", "review"),
        ("D0150", "D0120", "exam", "F", "no"),
        ("D0330", "D0210", "full_mouth_xrays", "B", "no"),
        ("D1208", "D1206", "fluoride", "F", "review"),
        ("D2950", "D2740", "build_up", "B", "no"),
        ("D9223", "D9230", "sedation", "P", "review"),
        ("D1352", "D1351", "sealant", "P", "review"),
    ],
)
def test_family(submitted: str, paid: str, rule: str, kind: str, verdict: str) -> None:
    assert verdicts(submitted, paid) == {(rule, kind, verdict)}


@pytest.mark.parametrize(
    ("submitted", "paid"),
    [
        ("D6930", "D6240"),  # a published list has it, but re-cementing a bridge is never paid as a pontic
        ("D2140", "D2391"),  # the dearer code is not a downgrade
        ("D2330", "D2140"),  # front teeth
        ("D2391", "D2150"),  # another number of surfaces and another material: a person looks
        ("D2700", "D2161"),  # one below the range of crowns
        ("D2800", "D2161"),  # one above
        ("D2933", "D2393"),  # a typing error
        ("D1351", "D1352"),
    ],
)
def test_no_rule_for(submitted: str, paid: str) -> None:
    assert verdicts(submitted, paid) == set()


def test_every_shipped_pair_has_one_answer() -> None:
    assert not SETTINGS.rules.select("payer_id", "submitted_code", "paid_code").is_duplicated().any()
    assert SETTINGS.rules.height < 60_000


def test_shipped_rules_hold_from_2000_and_for_every_payer() -> None:
    assert SETTINGS.rules["effective_from"].unique().to_list() == [date(2000, 1, 1)]
    assert SETTINGS.rules["effective_until"].null_count() == SETTINGS.rules["payer_id"].null_count() == SETTINGS.rules.height


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_rule_file_says_what_it_is(path: Path) -> None:
    rule = yaml.safe_load(path.read_text())
    assert rule["rule"] == path.stem
    assert rule["meaning"].endswith(".")
    for version in rule["versions"]:
        assert {"from", "until", "kind", "verdict", "confidence", "source", "pays_as"} <= set(version)
        assert version["source"]["title"]


def test_frames_have_their_contracts_schema() -> None:
    for frame, table in (
        (SETTINGS.rules, DOWNGRADE_RULES),
        (SETTINGS.payers, PAYERS),
        (SETTINGS.fees, FEES),
        (SETTINGS.coverage, COVERAGE),
        (SETTINGS.asks, ASKS),
    ):
        assert frame.schema == table.schema


def test_policy_defaults() -> None:
    policy = SETTINGS.policy
    assert policy.ranking_window_months == 12
    assert policy.balance_basis == "stated"
    assert policy.alternate_benefit_reasons == ("169",)
    assert policy.alternate_benefit_remarks == ("N2",)
    assert policy.increases_pct == (10, 15, 20, 25)
    assert not policy.fee_match_confirms


def test_every_policy_key_is_explained_with_its_source() -> None:
    """Each key of audit.yaml stands under a comment that names a source (neighbours may share one)."""
    blocks = (SHIPPED / "audit.yaml").read_text().split("\n\n")[1:]
    explained = [
        line.split(":")[0] for block in blocks if "# " in block and "ource: " in block for line in block.splitlines() if line[0].isalpha()
    ]
    assert sorted(explained) == sorted([*(field.name for field in fields(AuditPolicy)), *SECTIONS])


def test_nothing_of_a_payer_is_shipped() -> None:
    assert SETTINGS.payers.height == SETTINGS.fees.height == SETTINGS.coverage.height == SETTINGS.asks.height == 0
