"""What a payer makes of one service line: exact cents, by the money rules of the domain brief, section 3."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.practice.payers import Payer

Reason = tuple[str, str, int]  # group, reason code, cents


@dataclass(frozen=True)
class Award:
    """How the allowed amount is shared: allowed = deductible + copay + coinsurance + over_maximum + paid."""

    deductible: int
    copay: int
    coinsurance: int
    over_maximum: int
    paid: int


@dataclass(frozen=True)
class Form:
    """How a downgrade is written: which code stands in SVC01, which reason carries the difference, which remarks go with it.

    reason "45" folds the difference into the ordinary write-off. verdict and tier are what a reader of the remittance can
    know from it.
    """

    has_swap: bool
    reason: str
    remarks: tuple[str, ...] = ()
    verdict: str = "downgraded"
    tier: int | None = 1


FORMS = {
    "swap_169": Form(True, "169"),
    "kept_169": Form(False, "169", tier=2),
    "b8": Form(False, "B8", tier=2),
    "n2": Form(False, "96", ("N2",), tier=2),
    "n130": Form(False, "96", ("N130",), "needs_review", 3),
    "silent": Form(False, "45", (), "needs_review", 3),
    "swap_96": Form(True, "96", ("N130",)),
    "swap_45": Form(True, "45"),
    "swap_n22": Form(True, "45", ("N22",), "needs_review", 1),
    "n842": Form(True, "169", ("N842",)),
    "n842_contradicted": Form(True, "169", ("N842",), "needs_review", None),
}


def half_up(cents: int, pct: int) -> int:
    """A percentage of an amount, rounded half up to the cent."""
    return (cents * pct + 50) // 100


def award(allowed: int, pct: int, deductible_left: int, copay: int, maximum_left: int) -> Award:
    """P = min((A - D - K) x p, what is left of the maximum)."""
    deductible = min(deductible_left, allowed)
    copay = min(copay, allowed - deductible)
    base = allowed - deductible - copay
    benefit = half_up(base, pct)
    paid = min(benefit, maximum_left)
    return Award(deductible, copay, base - benefit, benefit - paid, paid)


def cost_share(given: Award) -> list[Reason]:
    """The patient's ordinary share as PR reasons; zero amounts are left out."""
    parts = (("1", given.deductible), ("2", given.coinsurance), ("3", given.copay), ("119", given.over_maximum))
    return [("PR", reason, cents) for reason, cents in parts if cents]


def reasons(payer: Payer, group: str, reason: str, charge: int, fee: int, allowed: int, given: Award) -> list[Reason]:
    """Every adjustment of a line, so that charge less their sum is what was paid.

    fee is the contracted (out of network: customary) fee of the code billed, allowed the amount benefited.
    """
    excess, difference = charge - fee, fee - allowed
    excess_group = payer.writeoff_group if payer.is_in_network else "PR"
    if payer.convention == "b" and difference and group == "PR":
        excess, difference = 0, charge - allowed
    if reason == "45":
        excess, difference = charge - allowed, 0
    found = [(excess_group, "45", excess), (group, reason, difference)]
    return [item for item in found if item[2]] + cost_share(given)


def patient_share(adjustments: list[Reason]) -> int:
    """R: what the payer assigns to the patient."""
    return sum(cents for group, _, cents in adjustments if group == "PR")


def benefit_without_downgrade(fee: int, pct: int, given: Award) -> int:
    """What the plan would have paid for the code billed. A maximum is known only where it bound: then it was what was paid."""
    due = half_up(max(fee - given.deductible - given.copay, 0), pct)
    return min(due, given.paid) if given.over_maximum else due


def over_hidden_maximum(fee: int, pct: int, given: Award, maximum_left: int) -> int:
    """How much of the better benefit the maximum would have cut, though the remittance cannot show it."""
    if given.over_maximum:
        return 0
    return max(half_up(max(fee - given.deductible - given.copay, 0), pct) - maximum_left, 0)
