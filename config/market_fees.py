"""`market_fees/*.csv`: percentiles of a market survey that the practice holds a licence to; nothing is shipped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl

from config.files import read_csv
from config.values import Place, code, money, text, whole
from transforms.tables.policy import MARKET_FEES

FOLDER = "market_fees/"
COLUMNS = ("source", "procedure_code", "percentile", "fee", "year", "zip3")
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100


def read_market_fees(files: dict[str, Path]) -> pl.DataFrame:
    """One row per survey figure; empty without a file. Raises ConfigError for a mistake, or a figure given twice."""
    rows: list[dict[str, Any]] = []
    seen: dict[tuple, Place] = {}
    for name, path in files.items():
        if not name.startswith(FOLDER):
            continue
        for where, cells in read_csv(name, path, COLUMNS):
            place = Place(name, where)
            row = _figure(cells, place)
            key = tuple(row[part] for part in MARKET_FEES.key)
            if key in seen:
                raise place.error(f"the same figure as in {seen[key].file}, {seen[key].where}", "Keep one of the two.")
            seen[key] = place
            rows.append(row)
    return pl.DataFrame(rows, schema=MARKET_FEES.schema).sort(MARKET_FEES.sort)


def _figure(cells: dict[str, str], place: Place) -> dict[str, Any]:
    area = cells["zip3"]
    if area and not re.fullmatch(r"\d{3}", area):
        raise place.at("zip3").error(
            f"{area!r} is not the first three digits of a ZIP code", "Write three digits, or nothing for everywhere."
        )
    return {
        "source": text(cells["source"], place.at("source")),
        "procedure_code": code(cells["procedure_code"], place.at("procedure_code")),
        "percentile": whole(cells["percentile"], place.at("percentile"), 1, 99),
        "fee": money(cells["fee"], place.at("fee")),
        "year": whole(cells["year"], place.at("year"), EARLIEST_YEAR, LATEST_YEAR),
        "zip3": area or None,
    }
