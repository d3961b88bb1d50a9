"""`payment_vendors.yaml`, `networks.yaml` and `locations.csv` to frames."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from config.files import read_csv, read_yaml
from config.overlaps import refuse_overlap
from config.payers import NAMEABLE, name_key, tax_key
from config.values import Place, items, mapping, period, source, text, texts
from transforms.tables.parties import LOCATIONS, NETWORKS, PAYMENT_VENDORS

VENDORS_FILE, NETWORKS_FILE, LOCATIONS_FILE = "payment_vendors.yaml", "networks.yaml", "locations.csv"
VENDOR_KEYS = ("vendor_id", "name", "aliases", "identifiers", "from", "until", "source")
NETWORK_KEYS = ("network_id", "name", "aliases", "payers", "from", "until", "source")
LOCATION_COLUMNS = ("location_id", "name", "npi", "tax_id", "effective_from", "effective_until")
UNKNOWN = "unknown"  # the rankings' own word for no office

Row = tuple[dict[str, Any], Place]
Keys = dict[str, Callable[[dict[str, Any]], set[str]]]


def read_vendors(files: dict[str, Path], payers: pl.DataFrame) -> pl.DataFrame:
    """Payment vendors. Raises ConfigError where two share a name or number at a time, or one is also a payer's."""
    rows = [_vendor(item, place) for place, item in items(read_yaml(VENDORS_FILE, files[VENDORS_FILE]), Place(VENDORS_FILE, "vendors"))]
    keys: Keys = {
        "vendor_id": lambda row: {row["vendor_id"]},
        "name or alias": lambda row: {name_key(name) for name in (row["name"], *row["aliases"])},
        "identifiers.payer_id": lambda row: {value.upper() for value in row["payer_ids"]},
        "identifiers.tax_id": lambda row: {tax_key(value) for value in row["tax_ids"]},
    }
    for what, keys_of in keys.items():
        refuse_overlap(
            ((key, _period(row), place) for row, place in rows for key in sorted(keys_of(row))), f"a vendor with the same {what}"
        )
    _refuse_payers(rows, payers, keys)
    return _frame(rows, PAYMENT_VENDORS)


def _refuse_payers(rows: list[Row], payers: pl.DataFrame, keys: Keys) -> None:
    """A vendor's number in payers.yaml would make one payer of all those that it pays for."""
    shared = [what for what in keys if what != "vendor_id"]
    held = {(what, key): payer["payer_id"] for payer in payers.to_dicts() for what in shared for key in keys[what](payer)}
    for row, place in rows:
        for taken in ((what, key) for what in shared for key in sorted(keys[what](row))):
            if taken in held:
                fact = f"payer {held[taken]!r} of payers.yaml has the same {taken[0]}"
                raise place.error(fact, "Keep it here if it pays for several payers, in payers.yaml if it adjudicates.")


def read_networks(files: dict[str, Path], payer_ids: set[str]) -> pl.DataFrame:
    """Leased networks. Raises ConfigError where two share a name, or a payer, at a time."""
    listed = items(read_yaml(NETWORKS_FILE, files[NETWORKS_FILE]), Place(NETWORKS_FILE, "networks"))
    rows = [_network(item, place, payer_ids) for place, item in listed]
    named = ((key, _period(row), place) for row, place in rows for key in {name_key(name) for name in (row["name"], *row["aliases"])})
    refuse_overlap(((row["network_id"], _period(row), place) for row, place in rows), "a network with the same network_id")
    refuse_overlap(named, "a network with the same name or alias")
    refuse_overlap(((key, _period(row), place) for row, place in rows for key in row["payer_ids"]), "a network for the same payer")
    return _frame(rows, NETWORKS)


def read_locations(files: dict[str, Path]) -> pl.DataFrame:
    """Offices, by what they are paid under. Raises ConfigError where a payee number would mean two of them at a time.

    A tax id that several rows with an NPI share is no mistake: it is the group's, and decides nothing.
    """
    rows = [_location(cells, Place(LOCATIONS_FILE, at)) for at, cells in read_csv(LOCATIONS_FILE, files[LOCATIONS_FILE], LOCATION_COLUMNS)]
    by_npi = ((row["npi"], _period(row), place) for row, place in rows if row["npi"])
    by_tax_id = ((row["tax_id"], _period(row), place) for row, place in rows if not row["npi"])
    refuse_overlap(by_npi, "an office with the same npi")
    refuse_overlap(by_tax_id, "an office with the same tax_id and no npi")
    names: dict[str, str] = {}
    for row, place in rows:
        if names.setdefault(row["location_id"], row["name"]) != row["name"]:
            raise place.at("name").error(f"a second name for {row['location_id']!r}", "Give an office one name in all its rows.")
    return _frame(rows, LOCATIONS)


def _vendor(item: Any, place: Place) -> Row:
    row = mapping(item, place, VENDOR_KEYS, required=("vendor_id", "name", "from", "source"))
    given = mapping(row.get("identifiers"), place.at("identifiers"), ("payer_id", "tax_id"))
    found = {f"{key}s": list(texts(given.get(key), place.at("identifiers").at(key))) for key in ("payer_id", "tax_id")}
    return {"vendor_id": _id(row, "vendor_id", place), **_named(row, place), **found}, place


def _network(item: Any, place: Place, payer_ids: set[str]) -> Row:
    row = mapping(item, place, NETWORK_KEYS, required=("network_id", "name", "from", "source"))
    payers = texts(row.get("payers"), place.at("payers"))
    for number, payer_id in enumerate(payers):
        if payer_id not in payer_ids:
            raise place.at("payers").at(number).error(f"unknown payer {payer_id!r}", "Add it to payers.yaml, or correct the id.")
    return {"network_id": _id(row, "network_id", place), **_named(row, place), "payer_ids": list(payers)}, place


def _named(row: dict[str, Any], place: Place) -> dict[str, Any]:
    start, until = period(row, place, "from", "until")
    return {
        "name": text(row["name"], place.at("name")),
        "aliases": list(texts(row.get("aliases"), place.at("aliases"))),
        "source": source(row["source"], place.at("source")),
        "effective_from": start,
        "effective_until": until,
    }


def _location(cells: dict[str, str], place: Place) -> Row:
    tax_id = re.sub(r"[ -]", "", cells["tax_id"])
    if cells["npi"] and not re.fullmatch(r"\d{10}", cells["npi"]):
        raise place.at("npi").error("an NPI has ten digits", "Copy it from a remittance, or from the NPI registry.")
    if tax_id and not re.fullmatch(r"\d{9}", tax_id):
        raise place.at("tax_id").error("a tax id has nine digits", "Spreadsheets drop a leading 0: write the column as text.")
    if not cells["npi"] and not tax_id:
        raise place.error("neither npi nor tax_id", "Fill the one that the office is paid under, or both.")
    start, until = period(cells, place, "effective_from", "effective_until")
    row = {"location_id": _id(cells, "location_id", place), "name": text(cells["name"], place.at("name"))}
    if row["location_id"] == UNKNOWN:
        raise place.at("location_id").error(f"{UNKNOWN!r} stands for no office", "Give the office another id.")
    return {**row, "npi": cells["npi"] or None, "tax_id": tax_id or None, "effective_from": start, "effective_until": until}, place


def _id(row: dict[str, Any], key: str, place: Place) -> str:
    found = text(row.get(key), place.at(key))
    if not NAMEABLE.fullmatch(found):
        raise place.at(key).error("the id cannot be used in a file name", "Use up to 64 letters, digits, dots, dashes.")
    return found


def _period(row: dict[str, Any]) -> Any:
    return row["effective_from"], row["effective_until"]


def _frame(rows: list[Row], table: Any) -> pl.DataFrame:
    return pl.DataFrame([row for row, _ in rows], schema=table.schema).sort(table.sort, nulls_last=True)
