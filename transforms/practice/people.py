"""Patients, providers and locations. Nobody here exists; a few names are planted to be hunted for."""

from __future__ import annotations

import random
from dataclasses import dataclass

from transforms.practice.payers import PAYERS, Payer

SURNAMES = tuple(a + b for a in ("SAM", "TEST", "MOCK", "DEMO", "FAUX", "EXEM", "FIG", "PSEU", "PLACE", "SPECI")
                 for b in ("BERG", "FIELD", "LEY", "MAN", "SON", "WICK", "WORTH", "TON", "LUND", "GATE"))  # fmt: skip
GIVEN = tuple(
    a + b for a in ("AL", "BRI", "CAR", "DOR", "EL", "FEN", "JO", "MAR", "NOR", "TAL") for b in ("A", "EN", "IS", "LA", "RIC", "VIN")
)
# One patient of each of the first three payers: if any of these words leaves the inbox, patient data has leaked.
CANARY_NAMES = (("CANARYFINCH", "ZYLPHINE"), ("CANARYWREN", "QUORBERT"), ("CANARYLARK", "VEXALINE"))
CANARY_MEMBER, CANARY_ACCOUNT, CANARY_CLAIM = "CANARYMEMBER", "CANARYACCT", "CANARYICN"
OFFICES = (("main-street", "Main Street"), ("north-side", "North Side"))  # as the practice calls them
LOCATIONS = ("EXAMPLE DENTAL PC MAIN STREET", "EXAMPLE DENTAL PC NORTH SIDE")


@dataclass(frozen=True, slots=True)
class Patient:
    """One covered person. A family shares a member id."""

    index: int
    surname: str
    given: str
    member_id: str
    payer_id: str
    location: int
    is_canary: bool = False


def npi(number: int) -> str:
    """A made-up NPI whose check digit holds (Luhn over 80840 and the digits)."""
    digits = f"1{number:08d}"
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed("80840" + digits))]
    return digits + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


BILLING_NPIS = (npi(99_000_001), npi(99_000_002))
RENDERING_NPIS = tuple(npi(99_100_000 + i) for i in range(5))


def make_patients(rng: random.Random, count: int) -> dict[str, list[Patient]]:
    """About so many patients in families of one to four, by payer; every payer has at least two."""
    total = sum(payer.weight for payer in PAYERS)
    patients: dict[str, list[Patient]] = {}
    for position, payer in enumerate(PAYERS):
        wanted = max(2, count * payer.weight // total)
        own = [_canary(position, payer)] if position < len(CANARY_NAMES) else []
        while len(own) < wanted:
            own.extend(_family(rng, payer, len(own)))
        patients[payer.payer_id] = own
    return patients


def _canary(position: int, payer: Payer) -> Patient:
    surname, given = CANARY_NAMES[position]
    return Patient(0, surname, given, f"{CANARY_MEMBER}{position + 1}", payer.payer_id, 0, True)


def _family(rng: random.Random, payer: Payer, index: int) -> list[Patient]:
    surname = rng.choice(SURNAMES)
    given = rng.sample(GIVEN, rng.choice((1, 1, 2, 3, 4)))
    location = int(rng.random() < 0.35)
    return [Patient(index + i, surname, name, f"M{payer.number}{index:06d}", payer.payer_id, location) for i, name in enumerate(given)]
