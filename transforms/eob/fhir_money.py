"""What an adjudication states about one item's money, and the adjustments that follow from it: nothing is made up to balance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from transforms.eob.fhir_values import UnreadableAmount, cents, codings, first_code, units

COST_SHARE = {"deductible": "1", "coinsurance": "2", "copay": "3"}
PAID_TO = ("paidtoprovider", "paidtopatient")
AMOUNTS = frozenset((
    *COST_SHARE, *PAID_TO, "submitted", "eligible", "benefit", "noncovered", "memberliability", "discount", "priorpayerpaid",
))  # fmt: skip
REASONS = frozenset(("adjustmentreason", "denialreason"))
NETWORKS = frozenset(("benefitpaymentstatus", "billingnetworkstatus", "inoutnetwork"))
KNOWN = AMOUNTS | REASONS | NETWORKS | {"allowedunits"}
IN_NETWORK = ("innetwork", "contracted")
DISCOUNT, PRIOR_PAYER, NONCOVERED = "45", "23", "96"
CARC = re.compile(r"\d{1,3}|[ABDPWY]\d{1,3}")
RARC = re.compile(r"(?:M|MA|N)\d{1,3}")

Adjustment = tuple[str, str, int]  # group, reason, cents
Reason = tuple[str, int | None]  # code, cents where the reason has its own amount


@dataclass(frozen=True)
class Stated:
    """Cents by category, CARCs with the amount each has of its own, RARCs, allowed units and network status."""

    cents: Mapping[str, int]
    reasons: tuple[Reason, ...]
    remarks: tuple[str, ...]
    discount_reason: str
    units: int | None
    network: str | None


def stated(adjudications: Iterable[dict[str, Any]]) -> Stated:
    """What a list of adjudications states; a category that occurs twice is summed.

    Raises UnreadableAmount with the reason code of the fault. Source: C4BBAdjudication, C4BBAdjudicationDiscriminator, and
    the adjudication codes of FHIR R4.
    """
    found: dict[str, int] = {}
    reasons: list[Reason] = []
    remarks: list[str] = []
    discount_reason, unit_count, network = DISCOUNT, None, None
    for one in adjudications:
        category = first_code(one.get("category"), KNOWN)
        amount = _amount(one, category)
        carcs, rarcs = reason_codes(one.get("reason"))
        remarks += rarcs
        if category in AMOUNTS and amount is not None:
            found[category] = found.get(category, 0) + amount
        if category in NETWORKS:
            status = codings(one.get("reason"))
            network = network or (status[0][1].lower() if status else None)
        elif category == "allowedunits":
            unit_count = units(one.get("value"))
        elif category == "discount":
            discount_reason = carcs[0] if carcs else discount_reason
        elif category not in COST_SHARE:
            own = amount if category in REASONS else None
            reasons += [(code, own if place == 0 else None) for place, code in enumerate(carcs)]
    return Stated(found, _said_once(reasons), tuple(dict.fromkeys(remarks)), discount_reason, unit_count, network)


def together(item: Stated, whole: Stated) -> Stated:
    """What is stated for an only item, and for its claim where the item is silent."""
    return Stated(
        {**whole.cents, **item.cents},
        _said_once([*item.reasons, *whole.reasons]),
        tuple(dict.fromkeys((*item.remarks, *whole.remarks))),
        item.discount_reason if item.discount_reason != DISCOUNT else whole.discount_reason,
        item.units,
        item.network or whole.network,
    )


def _said_once(reasons: list[Reason]) -> tuple[Reason, ...]:
    """A reason without an amount is dropped where the same reason stands already; amounts are all kept."""
    said = {code for code, own in reasons if own is not None}
    bare = dict.fromkeys(code for code, own in reasons if own is None and code not in said)
    return (*((code, own) for code, own in reasons if own is not None), *((code, None) for code in bare))


def reason_codes(concept: Any) -> tuple[list[str], list[str]]:
    """(CARCs, RARCs) of a reason: by their code system, or by their form where no system is named."""
    carcs, rarcs = [], []
    for system, code in codings(concept):
        plain = code.upper()
        if "remittance-advice-remark" in system or "rarc" in system or (not system and RARC.fullmatch(plain)):
            rarcs.append(plain)
        elif "claim-adjustment-reason" in system or "carc" in system or (not system and CARC.fullmatch(plain)):
            carcs.append(plain)
    return carcs, rarcs


def paid_cents(item: Stated, charge: int) -> int | None:
    """The benefit, else what was paid to provider and patient; nothing, where the adjustments stated take up the whole charge.

    None where the item states no payment.
    """
    if "benefit" in item.cents:
        return item.cents["benefit"]
    if any(name in item.cents for name in PAID_TO):
        return sum(item.cents.get(name, 0) for name in PAID_TO)
    taken = sum(amount for _, _, amount in adjustments(item, charge))
    return 0 if taken == charge and item.cents.keys() & (COST_SHARE.keys() | {"noncovered", "discount"}) else None


def adjustments(item: Stated, charge: int) -> list[Adjustment]:
    """Why paid differs from charge, as far as the item says.

    Deductible, coinsurance and copay are PR-1, 2 and 3; a discount is CO-45 unless it names its reason; what a prior payer paid
    is OA-23. What is not covered, else the charge less the eligible amount, has its stated reason. Of several reasons for one
    amount the first has it, and the others stand with 0.00.
    """
    said = item.cents
    share = [("PR", reason, said[name]) for name, reason in COST_SHARE.items() if said.get(name)]
    share += [("PR", code, own) for code, own in item.reasons if own and code in _unsaid(said)]
    other = [("CO", item.discount_reason, said["discount"])] if said.get("discount") else []
    other += [("OA", PRIOR_PAYER, said["priorpayerpaid"])] if said.get("priorpayerpaid") else []
    explained = {PRIOR_PAYER if said.get("priorpayerpaid") else "", item.discount_reason if said.get("discount") else ""}
    left = [(code, own) for code, own in item.reasons if code not in (*COST_SHARE.values(), *explained)]
    borne = said["memberliability"] - sum(amount for _, _, amount in share) if "memberliability" in said else None
    return [*share, *other, *_by_liability(_with_amounts(item, left, charge), borne, item.network)]


def _amount(one: dict[str, Any], category: str | None) -> int | None:
    """The amount of a category that is read; others may hold what they like."""
    if category not in AMOUNTS and category not in REASONS:
        return None
    try:
        return cents(one.get("amount"))
    except UnreadableAmount as unreadable:
        raise UnreadableAmount(f"{category if category in AMOUNTS else 'adjudication'}_{unreadable.args[0]}") from None


def _unsaid(said: Mapping[str, int]) -> list[str]:
    """Cost share reasons whose category is not stated, so that the reason's own amount is not counted twice."""
    return [reason for name, reason in COST_SHARE.items() if name not in said]


def _with_amounts(item: Stated, reasons: list[Reason], charge: int) -> list[tuple[str, int]]:
    """Each reason with its own amount; the first without one has what is left of the amount not covered."""
    said = item.cents
    own = sum(amount or 0 for _, amount in reasons)
    if "noncovered" in said:
        left = said["noncovered"] - own
        reasons = reasons or ([(NONCOVERED, None)] if left else [])
    elif "eligible" in said:
        left = max(charge - said["eligible"] - said.get("discount", 0) - own, 0)
    else:
        left = 0
    found = []
    for code, amount in reasons:
        found.append((code, left if amount is None else amount))
        left = 0 if amount is None else left
    return found


def _by_liability(reasons: list[tuple[str, int]], borne: int | None, network: str | None) -> list[Adjustment]:
    """The reasons with who bears them: the patient up to what the payer says the member owes beside the cost share.

    The rest is CO under a contract, and for reason 45, which knows no other; else PI, the payer's own reduction that it
    assigned to nobody, as is everything where no member liability is stated.
    """
    found: list[Adjustment] = []
    open_cents = borne or 0
    total = sum(amount for _, amount in reasons)
    for code, amount in reasons:
        contracted = code == DISCOUNT or (borne is not None and network in IN_NETWORK)
        rest_group = "CO" if contracted else "PI"
        if amount <= 0:
            found.append(("PR" if borne and borne >= total else rest_group, code, amount))
            continue
        patient = min(amount, max(open_cents, 0))
        open_cents -= patient
        found += [("PR", code, patient)] if patient else []
        found += [(rest_group, code, amount - patient)] if amount > patient else []
    return found
