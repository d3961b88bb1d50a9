"""Fee schedules, coverage tables and asks: CSV files to frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from config.files import read_csv
from config.overlaps import refuse_overlap, refuse_range_overlap
from config.values import Place, code, money, one_of, percent, period
from transforms.tables.policy import ASKS, COVERAGE, FEES

FEE_COLUMNS = ("payer_id", "procedure_code", "fee", "effective_from", "effective_until", "kind")
COVERAGE_COLUMNS = ("payer_id", "code_from", "code_to", "coverage_pct", "effective_from", "effective_until")
ASK_COLUMNS = ("payer_id", "procedure_code", "asked_fee", "agreed_fee", "effective_from")

Row = tuple[dict[str, Any], Place]


def read_fees(files: dict[str, Path], payer_ids: set[str]) -> pl.DataFrame:
    """Contracted and office fees. Raises ConfigError where two fees hold for the same payer, code and day."""
    rows = [(_fee(cells, place, payer_ids), place) for cells, place in _rows(files, "fee_schedules/", FEE_COLUMNS)]
    refuse_overlap(
        (((row["kind"], row["payer_id"], row["procedure_code"]), (row["effective_from"], row["effective_until"]), at) for row, at in rows),
        "a fee for the same code",
    )
    return pl.DataFrame([row for row, _ in rows], schema=FEES.schema).sort(FEES.sort)


def read_coverage(files: dict[str, Path], payer_ids: set[str]) -> pl.DataFrame:
    """Coverage by code range. Raises ConfigError where two ranges of a payer share a code and a day."""
    rows = [(_coverage(cells, place, payer_ids), place) for cells, place in _rows(files, "coverage/", COVERAGE_COLUMNS)]
    refuse_range_overlap(
        (
            (row["payer_id"], row["code_from"], row["code_to"], (row["effective_from"], row["effective_until"]), place)
            for row, place in rows
        ),
        "a coverage for the same codes",
    )
    return pl.DataFrame([row for row, _ in rows], schema=COVERAGE.schema).sort(COVERAGE.sort)


def read_asks(files: dict[str, Path], payer_ids: set[str]) -> pl.DataFrame:
    """Fees asked for or won; empty without an asks.csv. Raises ConfigError for two asks of one payer, code and day."""
    rows = [(_ask(cells, place, payer_ids), place) for cells, place in _rows(files, "asks.csv", ASK_COLUMNS)]
    seen: set[tuple] = set()
    for row, place in rows:
        key = tuple(row[name] for name in ASKS.key)
        if key in seen:
            raise place.error("a second ask for the same payer, code and day", "Keep one of the two.")
        seen.add(key)
    return pl.DataFrame([row for row, _ in rows], schema=ASKS.schema).sort(ASKS.sort)


def _rows(files: dict[str, Path], prefix: str, columns: tuple[str, ...]) -> Iterator[tuple[dict[str, str], Place]]:
    for name, path in files.items():
        if name.startswith(prefix):
            for where, cells in read_csv(name, path, columns):
                yield cells, Place(name, where)


def _fee(cells: dict[str, str], place: Place, payer_ids: set[str]) -> dict[str, Any]:
    kind = one_of(cells["kind"], place.at("kind"), ("contracted", "office"))
    if kind == "office" and cells["payer_id"]:
        raise place.at("payer_id").error("an office fee holds for every payer", "Leave payer_id empty, or make the kind contracted.")
    start, until = period(cells, place, "effective_from", "effective_until")
    return {
        "payer_id": _payer(cells, place, payer_ids) if kind == "contracted" else None,
        "procedure_code": code(cells["procedure_code"], place.at("procedure_code")),
        "fee": money(cells["fee"], place.at("fee")),
        "effective_from": start,
        "effective_until": until,
        "kind": kind,
    }


def _coverage(cells: dict[str, str], place: Place, payer_ids: set[str]) -> dict[str, Any]:
    code_from, code_to = code(cells["code_from"], place.at("code_from")), code(cells["code_to"], place.at("code_to"))
    if code_to < code_from:
        raise place.at("code_to").error(f"{code_to} comes before code_from {code_from}", "Write the lower code first.")
    start, until = period(cells, place, "effective_from", "effective_until")
    return {
        "payer_id": _payer(cells, place, payer_ids),
        "code_from": code_from,
        "code_to": code_to,
        "coverage_pct": percent(cells["coverage_pct"], place.at("coverage_pct")),
        "effective_from": start,
        "effective_until": until,
    }


def _ask(cells: dict[str, str], place: Place, payer_ids: set[str]) -> dict[str, Any]:
    fees = {name: money(cells[name], place.at(name)) if cells[name] else None for name in ("asked_fee", "agreed_fee")}
    if not any(cells[name] for name in fees):
        raise place.error("neither a fee asked for nor one agreed to", "Fill asked_fee, agreed_fee or both.")
    return {
        "payer_id": _payer(cells, place, payer_ids),
        "procedure_code": code(cells["procedure_code"], place.at("procedure_code")),
        **fees,
        "effective_from": period(cells, place, "effective_from", "")[0],
    }


def _payer(cells: dict[str, str], place: Place, payer_ids: set[str]) -> str:
    found = cells["payer_id"]
    if not found:
        raise place.at("payer_id").error("the payer is missing", "Write the payer_id of payers.yaml.")
    if found not in payer_ids:
        raise place.at("payer_id").error(f"unknown payer {found!r}", "Add it to payers.yaml, or correct the id.")
    return found
