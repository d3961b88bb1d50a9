"""What the practice's payers write: lines, claims, postings; and what is true of each line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from transforms.practice.adjudicate import Reason
from transforms.practice.payers import Payer
from transforms.practice.people import Patient


@dataclass(frozen=True, slots=True)
class Label:
    """The truth of one line, in cents. None where the amount is not defined for such a line.

    verdict and evidence_tier are what the remittance and the configuration together let a reader know.
    """

    situation: str
    submitted_code: str | None = None
    paid_code: str | None = None
    verdict: str = "none"
    evidence_tier: int | None = None
    not_counted_reason: str | None = None
    expected: int | None = None
    surprise: int = 0
    surprise_basis: str | None = None
    shortfall: int | None = None
    above_schedule: int | None = None
    absorbed: int = 0
    unclear: int = 0
    is_live: bool = True
    hidden_maximum: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One SVC loop. billed is SVC06, empty where SVC01 already says what was billed."""

    procedure: str
    billed: str
    charge: int
    paid: int
    adjustments: tuple[Reason, ...]
    label: Label
    allowed: int | None = None
    remarks: tuple[str, ...] = ()
    units_paid: int = 1
    units_billed: int = 1
    control: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One CLP loop. adjustments are those at claim level; label is used where the claim has no lines."""

    status: str
    account: str
    number: str
    patient: Patient
    member_id: str
    service_date: date
    lines: tuple[Line, ...]
    charge: int
    paid: int
    patient_share: int
    adjustments: tuple[Reason, ...] = ()
    original_number: str = ""
    remarks: tuple[str, ...] = ()
    forwarded_to: str = ""
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """Claims that stay together in one payment of a payer, and the provider adjustments that come with them.

    is_apart: gets a payment of its own (estimates and denials on a zero-pay remittance).
    """

    payer: Payer
    payment_date: date
    location: int
    claims: tuple[Claim, ...]
    provider_adjustments: tuple[tuple[str, str, int], ...] = ()  # reason, reference, cents
    is_apart: bool = False
