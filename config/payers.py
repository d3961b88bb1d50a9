"""`payers.yaml` to the payers frame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from config.audit import BASES
from config.files import read_yaml
from config.values import Place, items, mapping, one_of, text, texts
from transforms.tables.policy import PAYERS

FILE = "payers.yaml"
KEYS = ("payer_id", "name", "aliases", "identifiers", "network", "balance_basis")
IDENTIFIERS = {"payer_id": "payer_ids", "tax_id": "tax_ids", "naic": "naics"}  # key in the file: column
NAMEABLE = re.compile(r"[\w][\w .:+-]{0,63}")  # a payer id is also typed on a command line and used in a file name


def read_payers(files: dict[str, Path], default_basis: str, decisions: Sequence[tuple[dict[str, Any], Place]] = ()) -> pl.DataFrame:
    """One row per payer, with what a person confirmed besides (config.confirmed).

    Raises ConfigError where two payers share an id, a name, an alias or an identifier.
    """
    rows = [_payer(item, place, default_basis) for place, item in items(read_yaml(FILE, files[FILE]), Place(FILE, "payers"))]
    _refuse_shared(rows, "payer_id", lambda row: [row["payer_id"]])
    _refuse_shared(rows, "name or alias", lambda row: [name_key(name) for name in (row["name"], *row["aliases"])])
    _refuse_shared(rows, "identifiers.payer_id", lambda row: [value.upper() for value in row["payer_ids"]])
    _refuse_shared(rows, "identifiers.tax_id", lambda row: [tax_key(value) for value in row["tax_ids"]])
    _refuse_shared(rows, "identifiers.naic", lambda row: row["naics"])
    _add_confirmed(rows, decisions)
    frame = pl.DataFrame([{name: row[name] for name in PAYERS.names} for row in rows], schema=PAYERS.schema)
    return frame.sort(PAYERS.sort)


def _payer(item: Any, place: Place, default_basis: str) -> dict[str, Any]:
    row = mapping(item, place, KEYS, required=("payer_id", "name"))
    payer_id = text(row["payer_id"], place.at("payer_id"))
    if not NAMEABLE.fullmatch(payer_id):
        raise place.at("payer_id").error("the id cannot be used in a file name", "Use up to 64 letters, digits, dots, dashes.")
    given = mapping(row.get("identifiers"), place.at("identifiers"), IDENTIFIERS)
    found = {column: list(texts(given.get(key), place.at("identifiers").at(key))) for key, column in IDENTIFIERS.items()}
    return {
        "payer_id": payer_id,
        "name": text(row["name"], place.at("name")),
        "aliases": list(texts(row.get("aliases"), place.at("aliases"))),
        **found,
        "network": one_of(row.get("network") or "in", place.at("network"), ("in", "out")),
        "balance_basis": one_of(row.get("balance_basis") or default_basis, place.at("balance_basis"), BASES),
        "place": place,
    }


def _refuse_shared(rows: list[dict[str, Any]], what: str, keys: Any) -> None:
    seen: dict[str, dict[str, Any]] = {}
    for row in rows:
        for key in dict.fromkeys(keys(row)):  # said twice within one payer is harmless
            if key in seen:
                fact = f"a {what} that {seen[key]['place'].where} has too"
                raise row["place"].error(fact, "Give it to one payer only; two payers with one name need their identifiers instead.")
            seen[key] = row


def _add_confirmed(rows: list[dict[str, Any]], decisions: Sequence[tuple[dict[str, Any], Place]]) -> None:
    """Each confirmed name or number goes to its payer; a pair held apart adds nothing."""
    listed = {row["payer_id"]: row for row in rows}
    held = {key: row["payer_id"] for row in rows for key in _keys_held(row)}
    for decision, place in decisions:
        payer_id, kind = decision["payer_id"], decision["kind"]
        if payer_id not in listed:
            raise place.at("payer_id").error(f"unknown payer {payer_id!r}", "Add it to payers.yaml, or delete the row.")
        if decision["decision"] != "confirmed":
            continue
        key = (kind, PLAIN[kind](decision["value"]))
        if held.setdefault(key, payer_id) != payer_id:
            fact = f"payer {held[key]!r} has this {kind} too"
            raise place.at("value").error(fact, "Take one of the two back: altbenefit payers confirm ID --undo.")
        column = COLUMNS[kind]
        if decision["value"] not in listed[payer_id][column]:
            listed[payer_id][column].append(decision["value"])


def _keys_held(row: dict[str, Any]) -> list[tuple[str, str]]:
    names = [("name", name_key(row["name"]))]
    return names + [(kind, PLAIN[kind](value)) for kind, column in COLUMNS.items() for value in row[column]]


def name_key(name: str) -> str:
    """A name as it is compared: any case, no punctuation."""
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def tax_key(tax_id: str) -> str:
    """A tax id as it is compared: no hyphens, no leading 1."""
    digits = re.sub(r"[^0-9A-Za-z]", "", tax_id)
    return digits[1:] if len(digits) == 10 and digits.startswith("1") else digits


PLAIN = {"name": name_key, "payer_id": str.upper, "tax_id": tax_key, "naic": str}
COLUMNS = {"name": "aliases", **IDENTIFIERS}
