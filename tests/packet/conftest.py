"""One packet of a payer with everything in it: many codes, other payers, a survey, a practice that signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.packet.facts import ENVIRONMENT
from flows.packet.write import Written, write_packet
from tests.packet.drawn import lines, order, store

PAIRS = [
    ("D2391", "D2140", 95, 155), ("D2392", "D2150", 120, 200), ("D2393", "D2160", 150, 245), ("D2394", "D2161", 180, 290),
    ("D2740", "D2791", 780, 1050), ("D2750", "D2790", 760, 990), ("D6010", "D5213", 1100, 1700), ("D4910", "D1110", 78, 120),
    ("D5213", "D5211", 900, 1100), ("D2644", "D2150", 120, 860), ("D2929", "D2930", 180, 260),
]  # fmt: skip
SIGNED = {
    "name": "Example Family Dental", "address": "12 Sample Street; Springfield, XX 00000", "phone": "000-555-0100", "npi": "1999999984",
    "signatory": "Alex Example, DDS", "signatory_title": "Owner",
}  # fmt: skip
SURVEY = "source,procedure_code,percentile,fee,year,zip3\nExample survey of dental fees,D2150,80,214.00,2025,940\n"


def full_rows() -> list:
    own = [line for code, paid, fee, contracted in PAIRS for line in lines(14, code=code, paid=paid, fee=fee, contracted=contracted)]
    absorbed = lines(12, code="D2335", paid="D2331", fee=100, contracted=150, absorbed=40, coverage=80)
    return [*own, *absorbed, *lines(3, code="D2962", paid="D2335"), *lines(15, payer="south", fee=140), *lines(15, payer="west", fee=150)]


@pytest.fixture(scope="session")
def full_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("full")
    (root / "config/market_fees").mkdir(parents=True)
    (root / "config/market_fees/survey.csv").write_text(SURVEY)
    return store(root, full_rows())


@pytest.fixture(scope="session")
def full(full_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Written:
    with pytest.MonkeyPatch.context() as patch:
        for key, (variable, _) in ENVIRONMENT.items():
            patch.setenv(variable, SIGNED[key])
        made = write_packet(order(full_store, tmp_path_factory.mktemp("out") / "packet", config=full_store.parent / "config"))
    return made
