"""One fictional practice and plan: usual and contracted fees. Two fees of one plan are what most cases turn on."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from config.load import load_settings
from transforms.tables.policy import COVERAGE, FEES, PAYERS, Settings

PAYER = "example"
# code: usual fee, contracted fee
FIXTURE_FEES = {
    "D0120": (65, 42), "D0140": (95, 65), "D0150": (110, 75), "D0210": (160, 110), "D0274": (70, 52), "D0330": (130, 88),
    "D1110": (110, 78), "D1351": (62, 42), "D2140": (140, 95), "D2150": (165, 120), "D2160": (195, 150), "D2161": (230, 180),
    "D2391": (210, 155), "D2392": (275, 200), "D2393": (330, 245), "D2394": (390, 290), "D2644": (1150, 860),
    "D2740": (1400, 1050), "D2791": (1150, 780), "D4341": (290, 210), "D4342": (200, 150), "D4910": (165, 120),
    "D5213": (1600, 1100), "D6010": (2300, 1700),
}  # fmt: skip
START = date(2020, 1, 1)


def settings_for(known: dict[str, str]) -> Settings:
    """Shipped policy and rules, with the fixture's payer, fees and coverage, changed as a case's `known` line says."""
    contracted = {code: fee for code, (_, fee) in FIXTURE_FEES.items()}
    changed = known.get("fees", "")
    if changed == "none":
        contracted = {}
    elif changed:
        contracted |= {code: int(fee) for code, fee in (pair.split() for pair in changed.split(","))}
    fees = [(PAYER, code, Decimal(fee), START, None, "contracted") for code, fee in contracted.items()]
    fees += [(None, code, Decimal(usual), START, None, "office") for code, (usual, _) in FIXTURE_FEES.items()]
    shares = [] if known.get("coverage") == "unknown" else _shares(known.get("coverage", "100"))
    payer = {
        "payer_id": [PAYER], "name": ["Example Dental Plan"], "aliases": [[]], "payer_ids": [["EX001"]], "tax_ids": [[]], "naics": [[]],
        "network": [known.get("network", "in")], "balance_basis": [known.get("basis", "stated")],
    }  # fmt: skip
    return dataclasses.replace(
        _shipped(),
        payers=pl.DataFrame(payer, schema=PAYERS.schema),
        fees=pl.DataFrame(fees, schema=FEES.schema, orient="row"),
        coverage=pl.DataFrame(shares, schema=COVERAGE.schema, orient="row"),
    )


@cache
def _shipped() -> Settings:
    return load_settings(None)


def _shares(coverage: str) -> list[tuple[object, ...]]:
    """`80` for every code, or `D2000-D2399 80, D2400-D2999 50`."""
    ranges = [("D0000-D9999", coverage)] if " " not in coverage else [tuple(part.split()) for part in coverage.split(",")]
    return [(PAYER, *codes.split("-"), Decimal(share), START, None) for codes, share in ranges]
