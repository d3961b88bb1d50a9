"""Claims that answer other claims: reversals, reissues, estimates, secondary payers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from transforms.practice.adjudicate import patient_share
from transforms.practice.payers import PAYER, Payer
from transforms.practice.records import Claim, Label, Line
from transforms.practice.visit import Visit, claim_of


@dataclass(frozen=True, slots=True)
class Draft:
    """Claims to be paid together so many weeks after the visit's first payment; payer where it is another one."""

    weeks: int
    claims: tuple[Claim, ...]
    provider_adjustments: tuple[tuple[str, str, int], ...] = ()
    is_apart: bool = False
    payer: Payer | None = None


def unmoney(label: Label, reason: str, *, is_live: bool) -> Label:
    """The label of a line that is no finding: what was billed and paid as, and why it does not count."""
    return Label(label.situation, label.submitted_code, label.paid_code, not_counted_reason=reason, is_live=is_live)


def dead(claim: Claim, reason: str) -> Claim:
    """The claim as it was written, once something later has undone it."""
    return replace(claim, lines=tuple(replace(line, label=unmoney(line.label, reason, is_live=False)) for line in claim.lines))


def reversal_of(claim: Claim, reason: str = "reversal") -> Claim:
    """Status 22: every amount and every adjustment of the original, negated."""
    lines = tuple(
        replace(
            line, charge=-line.charge, paid=-line.paid, allowed=None,
            adjustments=tuple((group, code, -cents) for group, code, cents in line.adjustments),
            label=unmoney(line.label, reason, is_live=False),
        )
        for line in claim.lines
    )  # fmt: skip
    return replace(claim, status="22", lines=lines, charge=-claim.charge, paid=-claim.paid, patient_share=0, remarks=())


def reissue_of(claim: Claim, again: Claim) -> Claim:
    """A corrected claim under a new number that names the old one."""
    return replace(again, number=claim.number + "R1", original_number=claim.number, remarks=("MA67",))


def estimate(line: Line) -> Line:
    """The line of a predetermination: nothing paid, the would-be payment as OA-101."""
    label = unmoney(replace(line.label, situation="predetermination"), "predetermination", is_live=False)
    anticipated = (("OA", "101", line.paid),) if line.paid else ()
    return replace(line, paid=0, adjustments=line.adjustments + anticipated, label=label)


def other_payer(payer: Payer) -> Payer:
    """The plan of the patient's spouse."""
    return PAYER["delta-south" if payer.payer_id != "delta-south" else "delta-north"]


def secondary(visit: Visit, primary: Claim, payer: Payer, *, names_prior: bool = True, status: str = "2") -> Claim:
    """What a second payer makes of a claim: four fifths of what the first one left, the rest to the patient.

    names_prior: prior payment and write-off as OA-23, as the guide asks; without, everything as CO-45.
    """
    lines = tuple(_secondary_line(line, names_prior) for line in primary.lines)
    share = sum(patient_share(list(line.adjustments)) for line in lines)
    own = claim_of(replace(visit, payer=payer), [])
    return replace(
        own, status=status, lines=lines, charge=primary.charge, paid=sum(line.paid for line in lines), patient_share=share,
        member_id="S" + own.member_id if not visit.patient.is_canary else own.member_id,
    )  # fmt: skip


def _secondary_line(line: Line, names_prior: bool) -> Line:
    left = patient_share(list(line.adjustments))
    paid = left * 80 // 100
    before = ("OA", "23", line.charge - left) if names_prior else ("CO", "45", line.charge - left)
    label = Label("cob_compliant" if names_prior else "cob_noncompliant", line.label.submitted_code, line.label.submitted_code)
    adjustments = tuple(item for item in (before, ("PR", "2", left - paid)) if item[2])
    return replace(line, procedure=str(line.label.submitted_code), billed="", paid=paid, adjustments=adjustments, label=label,
                   allowed=None, remarks=())  # fmt: skip
