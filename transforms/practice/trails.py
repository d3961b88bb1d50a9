"""What takes more than one claim, or money beside the claim: corrections, second payers, estimates, interest, recovery."""

from __future__ import annotations

from dataclasses import replace

from transforms.practice.drafts import Draft, dead, estimate, other_payer, reissue_of, reversal_of, secondary
from transforms.practice.everyday import one_downgrade
from transforms.practice.records import Claim, Label
from transforms.practice.visit import Visit, claim_of, downgraded, ordinary, refused


def _first(visit: Visit) -> Claim:
    """One claim with one downgraded line."""
    return claim_of(visit, [one_downgrade(visit)])


def corrected_in_one_file(visit: Visit) -> list[Draft]:
    """Downgraded, then reversed and paid in full in one later payment."""
    first = _first(visit)
    again = claim_of(visit, [ordinary(visit, str(first.lines[0].label.submitted_code), "corrected_in_full")])
    return [Draft(0, (dead(first, "reversed"),)), Draft(2, (reversal_of(first), again))]


def corrected_in_a_later_file(visit: Visit) -> list[Draft]:
    """Downgraded, reversed in a payment of its own, which carries the debt forward (PLB FB), downgraded again in a third."""
    first = _first(visit)
    again = claim_of(visit, [one_downgrade(visit)])
    return [Draft(0, (dead(first, "reversed"),)), Draft(1, (reversal_of(first),), is_apart=True), Draft(3, (again,))]


def reversed_for_good(visit: Visit) -> list[Draft]:
    """Coverage had ended: paid, taken back, never paid again."""
    first = _first(visit)
    return [Draft(0, (dead(first, "reversed"),)), Draft(3, (reversal_of(first),))]


def orphan_reversal(visit: Visit) -> list[Draft]:
    """The reversal of a payment older than the files."""
    return [Draft(0, (reversal_of(_first(visit), "orphan_reversal"),))]


def reissued_under_a_new_number(visit: Visit) -> list[Draft]:
    """No reversal: the new claim names the old one (REF*F8, MA67), and the old payment is taken back beside it (PLB WO)."""
    first = _first(visit)
    again = reissue_of(first, claim_of(visit, [one_downgrade(visit)]))
    recovery = (("WO", first.number, first.paid),) if first.paid else ()
    return [Draft(0, (dead(first, "superseded"),)), Draft(2, (again,), recovery)]


def denied_then_paid(visit: Visit) -> list[Draft]:
    """Records were missing; with them the claim is paid, as an alternate, under a new number."""
    line = one_downgrade(visit)
    denied = claim_of(visit, [refused(visit, str(line.label.submitted_code), "denied_then_paid", "CO", "252", ("N706",))])
    return [Draft(0, (dead(denied, "superseded"),)), Draft(3, (reissue_of(denied, claim_of(visit, [line])),))]


def predetermined(visit: Visit) -> list[Draft]:
    """What would be paid, before anything is done; it takes nothing from the patient's year."""
    scratch = replace(visit, left=list(visit.left))
    line = estimate(downgraded(scratch, visit.rng.choice(("D2740", "D6010"))))
    return [Draft(0, (claim_of(visit, [line], status="25"),), is_apart=True)]


def second_payer(visit: Visit) -> list[Draft]:
    first = claim_of(visit, [one_downgrade(visit)])
    other = other_payer(visit.payer)
    return [
        Draft(0, (first,)),
        Draft(2, (secondary(visit, first, other, status=visit.rng.choice(("2", "2", "20", "3", "21"))),), payer=other),
    ]


def second_payer_noncompliant(visit: Visit) -> list[Draft]:
    """The second payer sends CO-45 for all that it does not pay, instead of OA-23."""
    first = claim_of(visit, [one_downgrade(visit)])
    other = other_payer(visit.payer)
    return [Draft(0, (first,)), Draft(2, (secondary(visit, first, other, names_prior=False),), payer=other)]


def second_payer_downgrades(visit: Visit) -> list[Draft]:
    """The second payer applies an alternate benefit too: the verdict stands, the money is the first payer's."""
    first = claim_of(visit, [downgraded(visit, "D2392")])
    other = other_payer(visit.payer)
    claim = secondary(visit, first, other)
    line, primary = claim.lines[0], first.lines[0]
    left = line.charge - sum(cents for group, _, cents in line.adjustments if group == "OA") - line.paid
    label = Label("second_payer_downgrades", primary.label.submitted_code, primary.label.paid_code, "downgraded", 1, "secondary_payer")
    reasons = (*(item for item in line.adjustments if item[0] == "OA"), ("PR", "169", left))
    swapped = replace(
        line, procedure=str(primary.label.paid_code), billed=str(primary.label.submitted_code), adjustments=reasons, label=label
    )
    return [Draft(0, (first,)), Draft(2, (replace(claim, lines=(swapped,)),), payer=other)]


def same_payer_twice(visit: Visit) -> list[Draft]:
    """Both parents' plans are with one payer: primary and secondary claim in one payment, one account number."""
    first = claim_of(visit, [one_downgrade(visit)])
    second = secondary(visit, first, visit.payer)
    return [Draft(0, (first, replace(second, number=first.number + "S")))]


def interest_paid(visit: Visit) -> list[Draft]:
    first = _first(visit)
    return [Draft(0, (first,), (("L6", first.number, -visit.rng.randrange(15, 900)),))]


def earlier_payment_recovered(visit: Visit) -> list[Draft]:
    """Money for a claim older than the files is taken out of this payment."""
    first = _first(visit)
    return [Draft(0, (first,), (("WO", f"OLD{visit.number:07d}", visit.rng.randrange(2000, 40000)),))]


def refund_acknowledged(visit: Visit) -> list[Draft]:
    """The practice had sent a check back: 72 gives it credit, WO takes it; together nothing."""
    first = _first(visit)
    cents, reference = visit.rng.randrange(2000, 20000), f"RFD{visit.number:07d}"
    return [Draft(0, (first,), (("72", reference, -cents), ("WO", reference, cents)))]
