"""`payer_aliases.csv`: which unmapped payers a person confirmed, or held apart. Written by `altbenefit payers`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from config.files import read_csv
from config.values import Place, day, day_or_none, one_of, text
from transforms.tables.parties import PAYER_DECISIONS

FILE = "payer_aliases.csv"
COLUMNS = (
    "unmapped_payer_id", "decision", "payer_id", "kind", "value", "decided_on", "decided_by", "reason", "taken_back_on", "taken_back_by",
)  # fmt: skip
KINDS = ("name", "payer_id", "naic", "tax_id")

Decision = tuple[dict[str, Any], Place]


def read_decisions(files: dict[str, Path]) -> list[Decision]:
    """The decisions in force, each with its row; one that was taken back is none. Raises ConfigError."""
    if FILE not in files:
        return []
    rows = [_decision(cells, Place(FILE, where)) for where, cells in read_csv(FILE, files[FILE], COLUMNS)]
    return [(row, place) for row, place in rows if row["taken_back_on"] is None]


def decisions_frame(decisions: list[Decision]) -> pl.DataFrame:
    """Contract PAYER_DECISIONS."""
    rows = [{name: row[name] for name in PAYER_DECISIONS.names} for row, _ in decisions]
    return pl.DataFrame(rows, schema=PAYER_DECISIONS.schema).unique(maintain_order=True).sort(PAYER_DECISIONS.sort, nulls_last=True)


def _decision(cells: dict[str, str], place: Place) -> Decision:
    decision = one_of(cells["decision"], place.at("decision"), ("confirmed", "rejected"))
    is_confirmed = decision == "confirmed"
    row = {
        "unmapped_payer_id": text(cells["unmapped_payer_id"], place.at("unmapped_payer_id")),
        "decision": decision,
        "payer_id": text(cells["payer_id"], place.at("payer_id")),
        "kind": one_of(cells["kind"], place.at("kind"), KINDS) if is_confirmed else None,
        "value": text(cells["value"], place.at("value")) if is_confirmed else None,
        "decided_on": day(cells["decided_on"], place.at("decided_on")),
        "taken_back_on": day_or_none(cells["taken_back_on"], place.at("taken_back_on")),
    }
    return row, place
