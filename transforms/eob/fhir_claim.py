"""One ExplanationOfBenefit as rows of the remittance tables, or the fault for which it is set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from transforms.eob.fhir_faults import Fault
from transforms.eob.fhir_money import PAID_TO, Adjustment, Stated, adjustments, paid_cents, stated, together
from transforms.eob.fhir_parties import focal
from transforms.eob.fhir_values import UnreadableAmount, cents, codings, day, part, parts, text, units
from transforms.x12.fields import LARGEST_CENTS

EOB = "ExplanationOfBenefit"
ESTIMATES = ("predetermination", "preauthorization")
SETTLED = ("complete", "partial")
CDT_SYSTEMS = ("http://www.ada.org/cdt", "https://www.ada.org/cdt", "urn:oid:2.16.840.1.113883.6.13")
HCPCS_WORDS = ("hcpcs", "ama-assn.org/go/cpt")
R5_NAMES = ("decision", "traceNumber", "event", "diagnosisRelatedGroup", "patientPaid")
R5_ITEM_NAMES = ("productOrServiceEnd", "reviewOutcome")
SITE = re.compile(r"[A-Za-z0-9]{1,5}", re.ASCII)
DSTU2_NAMES = ("organization", "requestOrganization", "requestReference")


class Refused(Exception):
    """`args[0]` is the fault's reason code, `args[1]` a detail without any value."""


@dataclass(frozen=True)
class Line:
    """One item: codes, cents, units, day, remarks and adjustments."""

    billed: tuple[str | None, str | None]  # code, qualifier
    paid_as: tuple[str | None, str | None]
    charge: int
    paid: int
    allowed: int | None
    units_billed: int | None
    units_paid: int | None
    service_date: date | None
    tooth: str | None
    surfaces: str | None
    network: str | None
    remarks: tuple[str, ...]
    adjustments: tuple[Adjustment, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """One resource with its items; `whole` is what it states for the claim, `warnings` reason codes."""

    lines: tuple[Line, ...]
    whole: Stated
    payment_cents: int | None
    payment_adjustment_cents: int | None
    payment_date: date
    payment_date_source: str
    warnings: tuple[str, ...]


def read_claim(eob: dict[str, Any]) -> Claim:
    """The claim of a resource. Raises Refused, or UnreadableAmount, with the reason code of the fault."""
    _refuse_what_is_not_paid(eob)
    items = parts(eob, "item")
    if not items:
        raise Refused("no_items", "")
    warnings: list[str] = []
    whole = _whole(eob, warnings)
    added = _added(eob, len(items))
    lines = tuple(_line(item, added.get(place), whole if len(items) == 1 else None, place) for place, item in enumerate(items, 1))
    sums = sum(line.charge for line in lines), sum(line.paid for line in lines)
    if any(abs(value) > LARGEST_CENTS for value in (*sums, *_amounts(lines))):
        raise UnreadableAmount("claim_sum_too_large")
    if any(whole.cents.get(name, value) != value for name, value in zip(("submitted", "benefit"), sums, strict=True)):
        warnings.append("totals_differ")
    payment_day, source = _payment_day(eob)
    start = day(part(eob, "billablePeriod").get("start"))
    return Claim(
        tuple(line if line.service_date else replace(line, service_date=start) for line in lines),
        whole,
        _payment_amount(eob, "amount", "payment"),
        _payment_amount(eob, "adjustment", "payment_adjustment"),
        payment_day,
        source,
        (*warnings, *(code for line in lines for code in line.warnings)),
    )


def fault_of(eob: dict[str, Any], position: int, code: str, detail: str) -> Fault:
    """The claim set aside, with its lines and, where it can be read, its charge."""
    try:
        charge = stated(parts(eob, "total")).cents.get("submitted")
        items = [stated(parts(item, "adjudication")).cents.get("submitted", cents(item.get("net"))) for item in parts(eob, "item")]
        charge = sum(value or 0 for value in items) if charge is None and any(items) else charge
    except UnreadableAmount:
        charge = None
    held = charge if charge is not None and abs(charge) <= LARGEST_CENTS else None
    return Fault("claim", position, EOB, code, detail, len(parts(eob, "item")), held)


def status_and_rank(eob: dict[str, Any], claim: Claim) -> tuple[str | None, int | None]:
    """(claim status, payer rank): 25 for estimates, else by precedence, a prior payer's payment, and the focal insurance."""
    has_prior = any(group == "OA" and reason == "23" for line in claim.lines for group, reason, _ in line.adjustments)
    said = text(eob.get("precedence")) or ""
    rank = int(said) if said.isascii() and said.isdigit() and 0 < len(said) < 3 and int(said) else None
    insurances = parts(eob, "insurance")
    if rank is None and (len(insurances) <= 1 or insurances[0] is focal(eob)):
        rank = 1
    if has_prior:
        rank = max(rank or 2, 2)
    if eob.get("use") in ESTIMATES:
        return "25", 2 if has_prior else None
    return (str(min(rank, 3)), rank) if rank else (None, None)


def _refuse_what_is_not_paid(eob: dict[str, Any]) -> None:
    version = _other_version(eob)
    if version:
        raise Refused("other_fhir_version", f"it has the form of {version}")
    if eob.get("status") != "active":
        raise Refused("not_active", "")
    if eob.get("outcome", "complete") not in SETTLED:
        raise Refused("not_adjudicated", "")
    if eob.get("use") not in ("claim", *ESTIMATES):
        raise Refused("use_unknown", "")


def _other_version(eob: dict[str, Any]) -> str | None:
    """The FHIR version whose form the resource has, None for R4."""
    items = parts(eob, "item")
    if "status" not in eob and any(name in eob for name in DSTU2_NAMES):
        return "DSTU2 (1.0)"
    if any(name in eob for name in R5_NAMES) or any(name in item for item in items for name in R5_ITEM_NAMES):
        return "R5 (5.0)"
    is_old_item = any("service" in item and "productOrService" not in item for item in items)
    if is_old_item or "information" in eob or isinstance(eob.get("insurance"), dict) or ("use" not in eob and "organization" in eob):
        return "STU3 (3.0)"
    return None


def _amounts(lines: tuple[Line, ...]) -> list[int]:
    """Amounts that may be sums of several stated ones, with the patient's part of the claim."""
    each = [(line.charge, line.paid, line.allowed or 0, *(amount for _, _, amount in line.adjustments)) for line in lines]
    borne = sum(amount for line in lines for group, _, amount in line.adjustments if group == "PR")
    return [borne, *(amount for amounts in each for amount in amounts)]


def _whole(eob: dict[str, Any], warnings: list[str]) -> Stated:
    """What is stated for the claim; a total that is no amount is warned of, since the items count."""
    own = stated(parts(eob, "adjudication"))
    try:
        return together(own, stated(parts(eob, "total")))
    except UnreadableAmount:
        warnings.append("total_unreadable")
        return own


def _added(eob: dict[str, Any], item_count: int) -> dict[int, dict[str, Any]]:
    """By place of the item, the one addItem that stands for it."""
    places = {text(item.get("sequence")): place for place, item in enumerate(parts(eob, "item"), 1)}
    found: dict[int, dict[str, Any]] = {}
    for one in parts(eob, "addItem"):
        sequence = one.get("itemSequence")
        place = places.get(text(sequence[0])) if isinstance(sequence, list) and len(sequence) == 1 else None
        if place is None or place in found or "detailSequence" in one:
            raise Refused("added_items", "")
        found[place] = one
    return found


def _line(item: dict[str, Any], added: dict[str, Any] | None, whole: Stated | None, place: int) -> Line:
    own = said = stated(parts(item, "adjudication"))
    if added is not None:
        # The item keeps what was billed, and zeros; the added one has what was allowed and paid.
        own = said = together(stated(parts(added, "adjudication")), said)
    if whole is not None:
        said = together(said, whole)
    charge = said.cents.get("submitted", _net(item))
    paid = paid_cents(said, charge) if charge is not None else None
    if charge is None or paid is None:
        raise Refused("item_without_amounts", f"item {place}")
    billed = _procedure(item)
    adjusted = tuple(adjustments(said, charge))
    count = units(item.get("quantity")) if item.get("quantity") else 1
    return Line(
        billed,
        _procedure(added) if added else billed,
        charge,
        paid,
        said.cents.get("eligible"),
        count,
        said.units if said.units is not None else count,
        day(item.get("servicedDate")) or day(part(item, "servicedPeriod").get("start")),
        _site(part(item, "bodySite")),
        "".join(filter(None, map(_site, parts(item, "subSite")))) or None,
        said.network,
        said.remarks,
        adjusted,
        _line_warnings(own, paid, adjusted),
    )


def _net(item: dict[str, Any]) -> int | None:
    try:
        return cents(item.get("net"))
    except UnreadableAmount as unreadable:
        raise UnreadableAmount(f"net_{unreadable.args[0]}") from None


def _procedure(item: dict[str, Any]) -> tuple[str | None, str | None]:
    """(code, qualifier): of the ADA's CDT where there is one, else the first code; AD is dental, HC is HCPCS or CPT."""
    found = codings(item.get("productOrService"))
    dental = next((code for system, code in found if system in CDT_SYSTEMS), None)
    if dental:
        return dental, "AD"
    if not found:
        return None, None
    system, code = found[0]
    return code, "HC" if any(word in system for word in HCPCS_WORDS) else None


def _site(concept: dict[str, Any]) -> str | None:
    """The code of a tooth or surface; whatever does not look like one says nothing."""
    return next((code.upper() for _, code in codings(concept) if SITE.fullmatch(code)), None)


def _payment_amount(eob: dict[str, Any], name: str, fault: str) -> int | None:
    try:
        return cents(part(eob, "payment").get(name))
    except UnreadableAmount as unreadable:
        raise UnreadableAmount(f"{fault}_{unreadable.args[0]}") from None


def _payment_day(eob: dict[str, Any]) -> tuple[date, str]:
    """payment.date, else the day on which the resource was created."""
    for value, source in ((part(eob, "payment").get("date"), "fhir_payment_date"), (eob.get("created"), "fhir_created")):
        found = day(value)
        if found:
            return found, source
    raise Refused("no_payment_date", "")


def _line_warnings(own: Stated, paid: int, adjusted: tuple[Adjustment, ...]) -> tuple[str, ...]:
    paid_out = [own.cents[name] for name in PAID_TO if name in own.cents]
    differs = ("paid_differs_from_benefit",) if paid_out and sum(paid_out) != paid else ()
    return (*differs, *(("several_reasons",) if any(amount == 0 for _, _, amount in adjusted) else ()))
