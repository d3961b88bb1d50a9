"""Who an unmapped payer may be: by what both send, by names alike, never by how they begin."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.payers.drawn import ACME, PAID, RAIL_TAX_ID, Sent, payer, payer_tables, settings_with
from transforms.tables.parties import PAYER_DECISIONS
from transforms.tables.payer_views import PAYER_SUGGESTIONS

ACME_BY_NAME = payer("acme", "Acme Dental of Virginia", payer_ids=["A1"])
OTHER = payer("other", "Other Dental Trust")


def suggested(*sent: Sent, payers=(ACME_BY_NAME, OTHER), **parties) -> pl.DataFrame:
    return payer_tables(settings_with(payers=payers, **parties), *sent)["payer_suggestions"]


def test_a_number_that_a_listed_payer_sends_too() -> None:
    """payers.yaml does not list the tax id; the payer's remittances show it."""
    found = suggested(Sent("ACME DENTAL OF VIRGINIA", tax_id="1990000005"), Sent("AD OF VA", ref_2u="X7", tax_id="99-0000005"))
    assert found.schema == PAYER_SUGGESTIONS.schema
    row = found.row(0, named=True)
    assert found.height == 1
    assert (row["unmapped_payer_id"], row["payer_id"], row["payer_name"]) == ("2u-x7", "acme", "Acme Dental of Virginia")
    assert (row["reasons"], row["shared_values"]) == (["shared_tax_id"], ["tax_id=990000005"])
    assert (row["payment_amount"], row["claim_count"], row["rank"]) == (PAID, 1, 1)


def test_a_number_that_two_listed_payers_send_is_a_vendors() -> None:
    shared = "1990000005"
    sent = (
        Sent("ACME DENTAL OF VIRGINIA", tax_id=shared),
        Sent("OTHER DENTAL TRUST", tax_id=shared),
        Sent("THIRD", ref_2u="X7", tax_id=shared),
    )
    assert suggested(*sent).is_empty()


def test_a_known_vendors_number_suggests_nothing() -> None:
    rail = f"1{RAIL_TAX_ID}"
    assert suggested(Sent("ACME DENTAL OF VIRGINIA", tax_id=rail), Sent("THIRD", ref_2u="X7", tax_id=rail)).is_empty()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ACME DENTAL OF VIRGINA", (["VIRGINA"], ["VIRGINIA"])),
        ("VIRGINIA ACME DENTAL OF", ([], [])),  # another order of the same words
        ("ACME DENTAL OF VIRGINIA PPO", (["PPO"], [])),
    ],
)
def test_a_name_alike(name: str, words: tuple[list[str], list[str]]) -> None:
    row = suggested(Sent(name, ref_2u="X7")).row(0, named=True)
    assert (row["payer_id"], row["reasons"]) == ("acme", ["similar_name"])
    assert 85 <= row["name_score"] <= 100
    assert (row["unmapped_words"], row["payer_words"]) == words


@pytest.mark.parametrize(
    "name", ["ACME DENTAL OF VERMONT", "ACME DENTAL", "ACME DENTAL OF GEORGIA", "ACME", "ACME DENTAL PLAN OF NEW JERSEY", "DENTAL"]
)
def test_a_name_that_begins_alike_is_no_suggestion(name: str) -> None:
    assert suggested(Sent(name, ref_2u="X7")).is_empty()


@pytest.mark.parametrize(("one", "another"), [("EASTERN", "WESTERN"), ("NORTH", "SOUTH"), ("EAST", "WEST"), ("KANSAS", "ARKANSAS")])
def test_two_directions_are_two_companies(one: str, another: str) -> None:
    """Alike enough as a whole, and still no misspelling of one another."""
    listed = payer("one", f"Anyone Dental {one} Zone")
    assert suggested(Sent(f"ANYONE DENTAL {another} ZONE", ref_2u="X7"), payers=[listed]).is_empty()


def test_what_is_sent_by_a_listed_payer_counts_as_its_name() -> None:
    """Mapped by its number, the payer writes a name that payers.yaml does not list; a third one writes nearly that."""
    row = suggested(Sent("QUITE ANOTHER NAME", ref_2u="A1"), Sent("QUITE ANOTHR NAME", ref_2u="X7")).row(0, named=True)
    assert row["payer_id"] == "acme"


def test_several_are_ranked_numbers_first() -> None:
    payers = [ACME_BY_NAME, payer("other", "Acme Dental Virginia")]
    sent = (Sent("ACME DENTAL VIRGINIA", tax_id="1990000005"), Sent("ACME DENTAL OF VIRGINIA X", ref_2u="X7", tax_id="1990000005"))
    found = suggested(*sent, payers=payers)
    assert found.select("rank", "payer_id").rows() == [(1, "other"), (2, "acme")]
    assert found["reasons"].to_list()[0][0] == "shared_tax_id"


def test_what_a_person_rejected_is_suggested_no_more() -> None:
    rejected = pl.DataFrame([("2u-x7", "rejected", "acme", None, None, date(2026, 1, 1))], schema=PAYER_DECISIONS.schema, orient="row")
    settings = dataclasses.replace(settings_with(payers=[ACME_BY_NAME, OTHER]), payer_decisions=rejected)
    marts = payer_tables(settings, Sent("ACME DENTAL OF VIRGINA", ref_2u="X7"))
    assert marts["payer_suggestions"].is_empty()
    assert marts["unmapped_payers"]["payment_amount"].to_list() == [Decimal("120.00")]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ([Sent("NEW", ref_2u="N1"), Sent("NEW PLAN", ref_2u="N1")], ["payer_id=N1"]),
        ([Sent("New Plan, Inc.", tax_id="1990000007")], ["name=New Plan, Inc."]),
        ([Sent("", tax_id="1990000007")], ["tax_id=990000007"]),
        ([Sent("NEW", naic="88"), Sent("", naic="88")], ["naic=88"]),
    ],
)
def test_what_tells_an_unmapped_payer_apart(sent: list[Sent], keys: list[str]) -> None:
    assert payer_tables(settings_with(payers=[ACME]), *sent)["unmapped_payers"]["own_keys"].to_list() == [keys]


def test_a_name_that_two_payers_send_tells_neither_apart() -> None:
    sent = (Sent("SHARED NAME", tax_id="1990000007"), Sent("SHARED NAME", tax_id="1990000008"))
    unmapped = payer_tables(settings_with(payers=[ACME]), *sent)["unmapped_payers"]
    assert unmapped["own_keys"].to_list() == [["tax_id=990000007"], ["tax_id=990000008"]]
    numbered = (*sent, Sent("THIRD", tax_id="1990000007"), Sent("FOURTH", tax_id="1990000008"))
    unmapped = payer_tables(settings_with(payers=[ACME]), *numbered)["unmapped_payers"]
    keys = dict(unmapped.select("payer_id", "own_keys").iter_rows())
    assert keys["tin-990000007-shared-name"] == []  # name and tax id are others' too
    assert keys["tin-990000007-third"] == ["name=THIRD"]
