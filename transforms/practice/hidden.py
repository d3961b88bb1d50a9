"""Downgrades that hide or that come with something more: one small function a situation."""

from __future__ import annotations

from dataclasses import replace

from transforms.practice.adjudicate import patient_share
from transforms.practice.drafts import Draft
from transforms.practice.everyday import one_downgrade
from transforms.practice.fees import PAYS_AS
from transforms.practice.lookalikes import below, one
from transforms.practice.records import Claim, Label, Line
from transforms.practice.visit import Visit, claim_of, downgraded, ordinary


def swap_without_reason(visit: Visit) -> list[Draft]:
    return one(visit, downgraded(visit, "D2392", "swap_noncovered", form="swap_96"), ordinary(visit, "D0140"))


def swap_written_off(visit: Visit) -> list[Draft]:
    return one(visit, downgraded(visit, visit.rng.choice(("D2391", "D2740")), "swap_written_off", form="swap_45", group="CO"))


def swap_as_correction(visit: Visit) -> list[Draft]:
    return one(visit, downgraded(visit, "D2391", "swap_as_correction", form="swap_n22", group="CO"))


def unbillable_contradicted(visit: Visit) -> list[Draft]:
    return one(visit, downgraded(visit, "D2392", "unbillable_contradicted", form="n842_contradicted"))


def other_group(visit: Visit) -> list[Draft]:
    """OA-169, which the guide does not allow for: nobody is named who bears it."""
    line = downgraded(visit, "D2392", "other_group", group="OA")
    label = Label("other_group", line.label.submitted_code, line.label.paid_code, "needs_review", None, "needs_review")
    return one(visit, replace(line, label=label))


def onlay_as_filling(visit: Visit) -> list[Draft]:
    """The class flips with the code: major at 50 %, filling at 80 %."""
    return one(visit, downgraded(visit, "D2644", "class_flip"))


def deductible_takes_all(visit: Visit) -> list[Draft]:
    visit.left[0] = visit.fee("D2140")
    return one(visit, downgraded(visit, "D2391", "deductible_takes_all"))


def maximum_binds(visit: Visit) -> list[Draft]:
    visit.left[1] = visit.rng.choice((10000, 15000, 23750, 30000))
    return one(visit, downgraded(visit, "D2740", "maximum_binds"))


def code_left_out(visit: Visit) -> list[Draft]:
    """The alternate code in SVC01 and nothing in SVC06: only the charge tells."""
    line = downgraded(visit, "D2392", form="swap_45", group="CO")
    label = Label("code_left_out", "D2392", PAYS_AS["D2392"], "needs_review", 3, "needs_review")
    return one(visit, replace(line, billed="", label=label))


def silent_without_schedule(visit: Visit) -> list[Draft]:
    """Allowed as the silver filling without a word, by a payer whose fees are not on file: only its other lines show it."""
    label = Label("silent_without_schedule", "D2392", None, "needs_review", 4, "needs_review")
    return one(visit, below(visit, "D2392", visit.fee("D2150"), label))


def forwarded(visit: Visit) -> list[Draft]:
    """Processed as primary and sent on to the next payer."""
    return one(visit, one_downgrade(visit), status="19", forwarded_to="OTHER EXAMPLE PLAN")


def raised(visit: Visit, lines: list[Line]) -> Claim:
    """The claim with every adjustment at claim level: the lines balance to themselves, CLP04 is the payment."""
    whole = claim_of(visit, lines)
    total: dict[tuple[str, str], int] = {}
    for group, reason, cents in (item for line in whole.lines for item in line.adjustments):
        total[group, reason] = total.get((group, reason), 0) + cents
    bare = tuple(replace(line, paid=line.charge, adjustments=(), allowed=None) for line in whole.lines)
    return replace(whole, lines=bare, adjustments=tuple((*key, cents) for key, cents in total.items()))


def claim_level_single(visit: Visit) -> list[Draft]:
    return [Draft(0, (raised(visit, [downgraded(visit, "D2392", "claim_level_single", form="kept_169")]),))]


def claim_level_several(visit: Visit) -> list[Draft]:
    """Only one line can have been downgraded, but the payer does not say so."""
    line = downgraded(visit, "D2392", form="kept_169")
    label = Label("claim_level_several", "D2392", PAYS_AS["D2392"], "needs_review", None, "needs_review")
    return [Draft(0, (raised(visit, [replace(line, label=label), ordinary(visit, "D0120", "claim_level_several")]),))]


def without_lines(visit: Visit) -> list[Draft]:
    """No 2110 loop at all: a downgrade is stated, its codes are not."""
    whole = raised(visit, [downgraded(visit, "D2392", form="kept_169")])
    label = Label("without_lines", None, None, "needs_review", None, "needs_review")
    return [Draft(0, (replace(whole, lines=(), label=label, patient_share=patient_share(list(whole.adjustments))),))]
