"""A practice's own files, laid over the shipped ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from config.load import load_settings
from tests.config.own_files import ASKS, COVERAGE, FEES, PAYERS, RULE, Write


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
        ("eob_layouts/x.yaml", "header: [Fee, Paid]\ncolumns: {charge: Fee, paid: Paid}\n"),
        ("market_fees/x.csv", "source,procedure_code,percentile,fee,year,zip3\nSurvey,D2150,80,1,2025,940\n"),
    ],
)
def test_every_kind_of_file_is_in_the_config_id(write: Write, name: str, text: str) -> None:
    assert load_settings(write({})).config_id != load_settings(write({name: text})).config_id


def test_fees_read_back_into_polars_are_decimals(write: Write) -> None:
    fees = load_settings(write({"fee_schedules/x.csv": FEES + ",D0001,9999999999.99,2026-01-01,,office\n"})).fees
    assert fees.schema["fee"] == pl.Decimal(12, 2)
    assert fees["fee"].item() == Decimal("9999999999.99")
