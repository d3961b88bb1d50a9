"""One visit of one patient, and the lines that her payer makes of what was done."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date

from transforms.practice.adjudicate import FORMS, Award, Form, award, benefit_without_downgrade, over_hidden_maximum, patient_share, reasons
from transforms.practice.fees import BASIC, CODES, PAYS_AS, PREVENTIVE, FeeBook
from transforms.practice.payers import Payer
from transforms.practice.people import CANARY_ACCOUNT, CANARY_CLAIM, Patient
from transforms.practice.records import Claim, Label, Line


@dataclass(frozen=True, slots=True)
class Visit:
    """What a situation needs to write its claims. left is the patient's [deductible, maximum] of the year; lines use it up."""

    rng: random.Random
    fees: FeeBook
    payer: Payer
    patient: Patient
    service_date: date
    number: int
    left: list[int]

    def charge(self, code: str) -> int:
        return self.fees.charge(code, self.service_date)

    def fee(self, code: str) -> int:
        """What the payer allows for a code; never more than the charge."""
        return min(self.fees.fee(self.payer.payer_id, code, self.service_date), self.charge(code))

    def coverage(self, code: str) -> int:
        return self.payer.coverage[CODES[code][2]]


def adjudged(visit: Visit, allowed: int, paid_code: str) -> Award:
    """The benefit for an allowed amount, taken from what the patient's year has left."""
    kind = CODES[paid_code][2]
    deductible = 0 if kind == PREVENTIVE else visit.left[0]
    copay = visit.payer.copay if kind == BASIC else 0
    given = award(allowed, visit.coverage(paid_code), deductible, copay, visit.left[1])
    visit.left[0] -= given.deductible
    visit.left[1] -= given.paid
    return given


def ordinary(visit: Visit, code: str, situation: str = "ordinary", *, paid_code: str = "", remarks: tuple[str, ...] = ()) -> Line:
    """A line benefited in full; with paid_code, recoded to that code without an alternate benefit."""
    paid_code = paid_code or code
    charge, allowed = visit.charge(code), min(visit.fee(paid_code), visit.charge(code))
    given = adjudged(visit, allowed, paid_code)
    return Line(
        paid_code, code if paid_code != code else "", charge, given.paid,
        tuple(reasons(visit.payer, "PR", "169", charge, allowed, allowed, given)),
        Label(situation, code, paid_code), stated(visit.payer, allowed, allowed), remarks,
    )  # fmt: skip


def downgraded(visit: Visit, code: str, situation: str = "", *, form: str = "", group: str = "") -> Line:
    """A line benefited as the alternate of its code, written in the payer's form or the given one."""
    name, group = form or visit.payer.form, group or visit.payer.group
    shape, paid_code = FORMS[name], PAYS_AS[code]
    charge, fee, allowed = visit.charge(code), visit.fee(code), visit.fee(paid_code)
    maximum_left = visit.left[1]
    given = adjudged(visit, allowed, paid_code)
    adjustments = reasons(visit.payer, group, shape.reason, charge, fee, allowed, given)
    label = Label(situation or f"downgrade_{name}_{group}", code, paid_code, shape.verdict, shape.tier)
    if shape.verdict == "downgraded":
        label = priced(visit, label, shape, group, adjustments, given, maximum_left)
    else:
        label = replace(label, not_counted_reason="needs_review")
    procedure, billed = (paid_code, code) if shape.has_swap else (code, "")
    return Line(procedure, billed, charge, given.paid, tuple(adjustments), label, stated(visit.payer, allowed, fee), shape.remarks)


def priced(
    visit: Visit, label: Label, shape: Form, group: str, adjustments: list[tuple[str, str, int]], given: Award, maximum_left: int
) -> Label:
    """The label with its money, by definition (domain 3.2): surprise = R - E, or what the payer tagged where E cannot be known."""
    code = str(label.submitted_code)
    payer, charge, fee, pct = visit.payer, visit.charge(code), visit.fee(code), visit.coverage(code)
    tagged = sum(cents for _, reason, cents in adjustments if reason == shape.reason and reason != "45")
    label = replace(label, absorbed=tagged if group == "CO" else 0, unclear=tagged if group in ("PI", "OA") else 0)
    benefit = benefit_without_downgrade(fee, pct, given)
    share = patient_share(adjustments)
    expected = (fee if payer.is_in_network else charge) - benefit
    if not payer.has_schedule and (payer.convention == "b" or not payer.is_listed):
        return replace(label, surprise=tagged, surprise_basis="upgrade_difference")
    written_off = sum(cents for who, reason, cents in adjustments if who == "CO" or (who == "PI" and reason == "45"))
    return replace(
        label, expected=expected, surprise=max(0, share - expected), shortfall=benefit - given.paid,
        above_schedule=max(0, charge - written_off - fee) if payer.is_in_network else 0,
        surprise_basis="fee_schedule" if payer.has_schedule else "observed_fee",
        hidden_maximum=min(over_hidden_maximum(fee, pct, given, maximum_left), max(0, share - expected)),
    )  # fmt: skip


def stated(payer: Payer, allowed: int, fee: int) -> int | None:
    """AMT*B6 as this payer fills it."""
    return {"alternate": allowed, "submitted": fee}.get(payer.allowed_states)


def refused(
    visit: Visit, code: str, situation: str, group: str, reason: str, remarks: tuple[str, ...] = (), *, writes_off: bool = False
) -> Line:
    """A line on which nothing is allowed; with writes_off the contract's write-off still applies."""
    charge = visit.charge(code)
    excess = charge - visit.fee(code) if writes_off else 0
    adjustments = [("CO", "45", excess), (group, reason, charge - excess)]
    return Line(code, "", charge, 0, tuple(item for item in adjustments if item[2]), Label(situation, code, None), None, remarks)


def claim_of(
    visit: Visit, lines: list[Line], *, status: str = "1", suffix: str = "", remarks: tuple[str, ...] = (), forwarded_to: str = ""
) -> Claim:
    """The claim for these lines; line control numbers follow the account number."""
    account, number = names(visit)
    numbered = tuple(
        replace(line, control=f"P{visit.number}X{i}" if visit.payer.has_line_control and not line.control else line.control)
        for i, line in enumerate(lines, 1)
    )
    share = sum(patient_share(list(line.adjustments)) for line in lines)
    return Claim(
        status, account, number + suffix, visit.patient, visit.patient.member_id, visit.service_date, numbered,
        sum(line.charge for line in lines), sum(line.paid for line in lines), share, remarks=remarks, forwarded_to=forwarded_to,
    )  # fmt: skip


def names(visit: Visit) -> tuple[str, str]:
    """The practice's account number and the payer's claim number."""
    if visit.patient.is_canary:
        return f"{CANARY_ACCOUNT}{visit.number}", f"{CANARY_CLAIM}{visit.number:07d}"
    return f"A{visit.number:07d}", f"{visit.payer.number}{visit.service_date:%y%j}{visit.number:07d}"
