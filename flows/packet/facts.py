"""What the words of a packet rest on besides its figures: who writes to whom, about which months, on what evidence."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date

MINIMUM = 11  # fewest patients and claims that a number may speak of; the least that CMS publishes
ENVIRONMENT = {
    "name": ("ALTBENEFIT_PRACTICE_NAME", "[Name of the practice]"),
    "address": ("ALTBENEFIT_PRACTICE_ADDRESS", "[Address]"),
    "phone": ("ALTBENEFIT_PRACTICE_PHONE", "[Telephone]"),
    "npi": ("ALTBENEFIT_PRACTICE_NPI", "[NPI]"),
    "signatory": ("ALTBENEFIT_PRACTICE_SIGNATORY", "[Name of who signs]"),
    "signatory_title": ("ALTBENEFIT_PRACTICE_SIGNATORY_TITLE", "[Title]"),
}


@dataclass(frozen=True)
class Sender:
    """The practice as it signs; what the environment does not say is a blank in square brackets."""

    name: str
    address: tuple[str, ...]
    phone: str
    npi: str
    signatory: str
    signatory_title: str
    blanks: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """payer_name is ready to be shown. Months are of the first and the last payment date of the window."""

    payer_id: str
    payer_name: str
    is_in_network: bool
    window_start: date
    window_end: date
    tiers: tuple[int, ...]
    letter_date: date
    sender: Sender
    is_named: bool
    has_comparators: bool


def sender_from_environment() -> Sender:
    """The practice by ALTBENEFIT_PRACTICE_*; lines of the address are parted by semicolons."""
    found = {key: (os.environ.get(variable) or "").strip() or blank for key, (variable, blank) in ENVIRONMENT.items()}
    blanks = tuple(variable for key, (variable, blank) in ENVIRONMENT.items() if found[key] == blank)
    lines = tuple(line.strip() for line in found.pop("address").split(";") if line.strip())
    return Sender(address=lines, blanks=blanks, **found)
