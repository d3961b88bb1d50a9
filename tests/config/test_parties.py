"""Payment vendors, leased networks, offices and confirmed payers: what they say, and each mistake they can hold."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from config.confirmed import COLUMNS
from config.load import load_settings
from tests.config.own_files import Write, refused

VENDOR = "- {vendor_id: rail, name: Sample Rail, from: 2020-01-01, source: x%s}"
NETWORK = "- {network_id: net, name: Example Net, from: 2020-01-01, source: x%s}"
LOCATIONS = "location_id,name,npi,tax_id,effective_from,effective_until\n"
ALIASES = ",".join(COLUMNS) + "\n"


def test_what_is_shipped_joins_nothing_and_names_its_sources() -> None:
    settings = load_settings()
    assert settings.vendors["vendor_id"].to_list() == ["echo", "instamed", "vpay", "zelis"]
    assert settings.vendors.filter(pl.col("source").str.len_chars() < 20).is_empty()
    assert settings.vendors["tax_ids"].list.len().sum() == 0
    assert settings.networks.is_empty() and settings.locations.is_empty() and settings.payer_decisions.is_empty()


def test_everything_is_read(write: Write) -> None:
    settings = load_settings(
        write({
            "payment_vendors.yaml": VENDOR % ", aliases: [RAIL PAY], identifiers: {tax_id: [1-9], payer_id: [R]}, until: 2030-01-01",
            "networks.yaml": NETWORK % ", aliases: [EXNET], payers: [acme]",
            "locations.csv": f"{LOCATIONS}main,Main Street,1999999984,99-0000001,2020-01-01,\n",
        })
    )  # fmt: skip
    assert settings.vendors.row(0)[2:5] == (["RAIL PAY"], ["R"], ["1-9"])
    assert settings.vendors["effective_until"].to_list() == [date(2030, 1, 1)]
    assert settings.networks["payer_ids"].to_list() == [["acme"]]
    assert settings.locations.row(0) == ("main", "Main Street", "1999999984", "990000001", date(2020, 1, 1), None)


@pytest.mark.parametrize("name", ["payment_vendors.yaml", "networks.yaml", "locations.csv"])
def test_each_file_is_part_of_what_a_publication_is_made_from(write: Write, name: str) -> None:
    given = {
        "payment_vendors.yaml": VENDOR % "",
        "networks.yaml": NETWORK % "",
        "locations.csv": f"{LOCATIONS}m,M,1999999984,,2020-01-01,\n",
    }
    assert (
        load_settings(write({name: given[name]})).config_id != load_settings(write({name: LOCATIONS if name[0] == "l" else "[]"})).config_id
    )


VENDOR_MISTAKES = [
    (VENDOR % ", aliass: [X]", "vendors[0].aliass", "unknown key"),
    (VENDOR % ", identifiers: {naic: [1]}", "vendors[0].identifiers.naic", "unknown key"),
    (VENDOR % ", until: 2020-01-01", "vendors[0].until", "not after from"),
    (VENDOR.replace("2020-01-01", "1.1.2020") % "", "vendors[0].from", "not a date"),
    ("- {vendor_id: rail, name: Rail, from: 2020-01-01}", "vendors[0].source", "missing"),
    ("- {vendor_id: a/b, name: Rail, from: 2020-01-01, source: x}", "vendors[0].vendor_id", "file name"),
    (f"{VENDOR % ''}\n{VENDOR % ''}", "vendors[1]", "same vendor_id overlaps"),
    (f"{VENDOR % ''}\n{VENDOR.replace('rail', 'two') % ''}", "vendors[1]", "same name or alias overlaps"),
    (VENDOR % ", aliases: ['ACME DENTAL']", "vendors[0]", "payer 'acme' of payers.yaml has the same name or alias"),
    (VENDOR % ", identifiers: {tax_id: [99-0000001]}", "vendors[0]", "has the same identifiers.tax_id"),
    (VENDOR % ", identifiers: {payer_id: ['00123']}", "vendors[0]", "has the same identifiers.payer_id"),
]


@pytest.mark.parametrize(("text", "key", "fact"), VENDOR_MISTAKES)
def test_vendor_mistakes(write: Write, text: str, key: str, fact: str) -> None:
    refused(write({"payment_vendors.yaml": text}), "payment_vendors.yaml", key, fact)


def test_a_vendor_may_change_its_number_on_a_day(write: Write) -> None:
    old = VENDOR % ", until: 2024-01-01, identifiers: {tax_id: [990000901]}"
    new = "- {vendor_id: rail, name: Sample Rail, from: 2024-01-01, source: made up, identifiers: {tax_id: [990000902]}}"
    assert load_settings(write({"payment_vendors.yaml": f"{old}\n{new}"})).vendors.height == 2


NETWORK_MISTAKES = [
    (NETWORK % ", payer: [acme]", "networks[0].payer", "unknown key"),
    (NETWORK % ", payers: [acme, nobody]", "networks[0].payers[1]", "unknown payer 'nobody'"),
    (
        f"{NETWORK % ', payers: [acme]'}\n{NETWORK.replace('net, name: Example', 'two, name: Two') % ', payers: [acme]'}",
        "networks[1]",
        "same payer",
    ),
    (f"{NETWORK % ''}\n{NETWORK.replace('net, name', 'two, name') % ''}", "networks[1]", "same name or alias"),
    (f"{NETWORK % ''}\n{NETWORK.replace('Example', 'Two') % ''}", "networks[1]", "same network_id"),
]


@pytest.mark.parametrize(("text", "key", "fact"), NETWORK_MISTAKES)
def test_network_mistakes(write: Write, text: str, key: str, fact: str) -> None:
    refused(write({"networks.yaml": text}), "networks.yaml", key, fact)


LOCATION_MISTAKES = [
    ("main,Main,199999998,,2020-01-01,", "row 2, column npi", "ten digits"),
    ("main,Main,,99000000,2020-01-01,", "row 2, column tax_id", "nine digits"),
    ("main,Main,,,2020-01-01,", "row 2", "neither npi nor tax_id"),
    ("main,,1999999984,,2020-01-01,", "row 2, column name", "text is expected"),
    ("unknown,Main,1999999984,,2020-01-01,", "row 2, column location_id", "stands for no office"),
    ("main,Main,1999999984,,2020,", "row 2, column effective_from", "not a date"),
    ("a,A,1999999984,,2020-01-01,\nb,B,1999999984,,2024-01-01,", "row 3", "same npi overlaps"),
    ("a,A,,990000001,2020-01-01,\nb,B,,99-0000001,2024-01-01,", "row 3", "same tax_id and no npi overlaps"),
    ("a,A,1999999984,,2020-01-01,\na,B,1999999992,,2020-01-01,", "row 3, column name", "second name"),
    ("a,A,1999999984,2020-01-01,", "row 2", "5 cells"),
]


@pytest.mark.parametrize(("rows", "key", "fact"), LOCATION_MISTAKES)
def test_location_mistakes(write: Write, rows: str, key: str, fact: str) -> None:
    refused(write({"locations.csv": f"{LOCATIONS}{rows}\n"}), "locations.csv", key, fact)


def test_a_column_of_offices_has_its_name(write: Write) -> None:
    refused(
        write({"locations.csv": "location_id,name,npi,ein,effective_from,effective_until\n"}),
        "locations.csv",
        "row 1",
        "missing column tax_id",
    )


def test_offices_of_a_group_share_its_tax_id(write: Write) -> None:
    rows = "a,A,1999999984,990000001,2020-01-01,\nb,B,1999999992,990000001,2020-01-01,\nrest,Rest,,990000001,2020-01-01,\n"
    assert load_settings(write({"locations.csv": LOCATIONS + rows})).locations.height == 3


def test_what_a_person_confirmed_is_the_payers(write: Write) -> None:
    rows = "2u-x,confirmed,acme,payer_id,X7,2026-01-01,ada,,,\n2u-y,confirmed,beta,name,BETA PLAN,2026-01-01,ada,,2026-02-01,bob\n"
    settings = load_settings(write({"payer_aliases.csv": ALIASES + rows}))
    assert settings.payers.filter(payer_id="acme")["payer_ids"].to_list() == [["00123", "X7"]]
    assert settings.payers.filter(payer_id="beta")["aliases"].to_list() == [[]]  # taken back
    assert settings.payer_decisions.height == 1


ALIAS_MISTAKES = [
    ("2u-x,confirmed,nobody,payer_id,X7,2026-01-01,ada,,,", "row 2, column payer_id", "unknown payer"),
    ("2u-x,maybe,acme,payer_id,X7,2026-01-01,ada,,,", "row 2, column decision", "not one of"),
    ("2u-x,confirmed,acme,ein,X7,2026-01-01,ada,,,", "row 2, column kind", "not one of"),
    ("2u-x,confirmed,acme,payer_id,,2026-01-01,ada,,,", "row 2, column value", "text is expected"),
    ("2u-x,confirmed,acme,payer_id,X7,yesterday,ada,,,", "row 2, column decided_on", "not a date"),
    ("2u-x,confirmed,beta,tax_id,99-0000001,2026-01-01,ada,,,", "row 2, column value", "payer 'acme' has this tax_id too"),
    (
        "a,confirmed,beta,name,ONE,2026-01-01,ada,,,\nb,confirmed,acme,name,one.,2026-01-01,ada,,,",
        "row 3, column value",
        "has this name too",
    ),
]


@pytest.mark.parametrize(("rows", "key", "fact"), ALIAS_MISTAKES)
def test_alias_mistakes(write: Write, rows: str, key: str, fact: str) -> None:
    refused(write({"payer_aliases.csv": f"{ALIASES}{rows}\n"}), "payer_aliases.csv", key, fact)
