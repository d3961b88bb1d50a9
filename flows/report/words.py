"""Figures and dates as the report says them, and plain words for what the tables name in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

MINUS, DASH = "\u2212", "\u2013"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
TRENDS = {
    "new": ("\u2731", "new"), "rising": ("\u2197", "rising"), "falling": ("\u2198", "falling"), "steady": ("\u2192", "steady"),
    "quiet": ("\u00b7", "quiet"), "few": ("", "too few lines to tell"),
}  # fmt: skip
TIERS = {
    1: "Both codes are shown", 2: "The payer says so", 3: "Allowed exactly the cheaper code's fee",
    4: "Far below what this payer usually allows",
    None: "Incomplete or contradictory signs",
}  # fmt: skip
SIGNALS = {
    "code_swap": "paid under another code",
    "unknown_code_swap": "paid under another code that no rule knows",
    "allowed_below_schedule": "allowed less than your contract",
    "allowed_equals_alternate_fee": "allowed exactly the cheaper code's fee",
    "allowed_far_below_history": "far below what this payer usually allows",
    "claim_level_reason": "the reason stands on the claim, not on a line",
    "charge_equals_office_fee_of_other_code": "charged your usual fee of another code",
    "forwarded_to_secondary": "forwarded to the next payer",
    "prior_payer": "another payer paid first",
}
BASES = {
    "fee_schedule": "Your fee schedule and coverage table",
    "observed_fee": "What this payer allowed before on lines paid as billed",
    "upgrade_difference": "The difference the payer itself tagged (overstates)",
}
SHORT_BASES = {
    "fee_schedule": "from your fee schedule", "observed_fee": "from what the payer allowed before",
    "upgrade_difference": "from the difference the payer tagged (overstates)",
}  # fmt: skip
STEPS = {
    "last_week_published": "Last week, as first published",
    "restated": "Restated since",
    "late": "Arrived late",
    "last_week_now": "Last week, as known now",
    "volume": "Volume: more or fewer lines",
    "mix": "Mix: other payers and codes",
    "fee": "Fee: the same pair at another amount",
    "this_week": "This week",
    "published_before": "Total, as first published",
    "paid_since": "Paid since",
    "left_window": "Older than the window now",
    "published_now": "Total now",
}
WIN_STATES = {"loaded": "Yes", "partly": "On part of the lines", "not_loaded": "No", "no_claims_yet": "No line since yet"}
EXPLANATIONS = {
    "bundling": "Part of another service (bundled)", "recoding": "Another code by a correction, not a downgrade",
    "units": "Fewer units paid",
    "denial": "Denied", "frequency": "Too soon or too often", "maximum": "Annual or lifetime maximum used up", "deductible": "Deductible",
}  # fmt: skip
NOT_COUNTED = {
    "unpriced": "It cannot be priced",
    "secondary_payer": "A second or third payer's line",
    "outside_window": "Paid before the window",
    "unbalanced_payment": "Its payment does not balance",
}


def dollars(amount: Decimal | None) -> str:
    """$1,234.56, with a true minus; a dash where it is unknown."""
    if amount is None:
        return DASH
    return f"{MINUS if amount < 0 else ''}${abs(amount):,.2f}"


def signed(amount: Decimal) -> str:
    """The amount with its sign, as a change is told."""
    return f"+{dollars(amount)}" if amount > 0 else dollars(amount)


def whole(number: int | None) -> str:
    """A count with thousands commas; a dash where it is unknown."""
    return DASH if number is None else f"{number:,}".replace("-", MINUS)


def percent(share: Decimal | None) -> str:
    """81.07 %, 14.90 %, 80 %: two decimals, or none where they are nought; a dash where there is no whole."""
    return DASH if share is None else f"{share.quantize(Decimal('0.01')):f}".removesuffix(".00") + "\u00a0%"


def count_of(number: int, one: str, many: str = "") -> str:
    """`1 line`, `2 lines`."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def long_day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span(first: date, last: date) -> str:
    """22 to 28 June 2026, saying month and year once where they are the same."""
    if first.year != last.year:
        return f"{long_day(first)} to {long_day(last)}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} to {long_day(last)}"
    return f"{first.day} to {long_day(last)}"


def change(amount: Decimal) -> str:
    """How this week compares with the one before."""
    if amount == 0:
        return "as much as the week before"
    return f"{dollars(abs(amount))} {'more' if amount > 0 else 'less'} than the week before"


def signal(name: str) -> str:
    """A signal in words; a reason or remark code is told as such."""
    if name in SIGNALS:
        return SIGNALS[name]
    return f"reason {name}" if "-" in name else f"remark {name}"


def why(row: Mapping[str, Any]) -> str:
    """Why a line waits for a person: the tier, then the signals."""
    signals: Sequence[str] = row["signals"] or ()
    return "; ".join([TIERS[row["evidence_tier"]], *(signal(name) for name in signals)])


def one_or_listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence; beyond `most` the rest is counted."""
    shown, rest = list(names[:most]), len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""
