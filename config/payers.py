"""`payers.yaml` to the payers frame."""

from __future__ import annotations

import re
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


def read_payers(files: dict[str, Path], default_basis: str) -> pl.DataFrame:
    """One row per payer. Raises ConfigError where two payers share an id, a name, an alias or an identifier."""
    rows = [_payer(item, place, default_basis) for place, item in items(read_yaml(FILE, files[FILE]), Place(FILE, "payers"))]
    _refuse_shared(rows, "payer_id", lambda row: [row["payer_id"]])
    _refuse_shared(rows, "name or alias", lambda row: [_name_key(name) for name in (row["name"], *row["aliases"])])
    _refuse_shared(rows, "identifiers.payer_id", lambda row: [value.upper() for value in row["payer_ids"]])
    _refuse_shared(rows, "identifiers.tax_id", lambda row: [_tax_key(value) for value in row["tax_ids"]])
    _refuse_shared(rows, "identifiers.naic", lambda row: row["naics"])
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


def _name_key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def _tax_key(tax_id: str) -> str:
    digits = re.sub(r"[^0-9A-Za-z]", "", tax_id)
    return digits[1:] if len(digits) == 10 and digits.startswith("1") else digits
