"""Every situation that the practice meets: how often, with which payers, in how many claims. One line a situation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from transforms.practice import everyday, hidden, lookalikes, trails
from transforms.practice.drafts import Draft
from transforms.practice.payers import PAYERS
from transforms.practice.visit import Visit

ANY = tuple(payer.payer_id for payer in PAYERS)
PLAIN = ("delta-north", "delta-south")  # a schedule, a coverage table, bill up to the contracted fee, code swaps
STATED = (*PLAIN, "keystone")
ONLY_MESA, ONLY_GRANITE = ("mesa",), ("granite",)


@dataclass(frozen=True)
class Situation:
    """per_10000: claims out of ten thousand. claims: how many it writes. A situation with several needs weeks after its visit.

    starts_fresh: the patient's maximum has room left, so that nothing but the situation itself limits the benefit.
    from_claims: smaller practices do not meet it.
    """

    write: Callable[[Visit], list[Draft]]
    per_10000: int
    payers: tuple[str, ...]
    claims: int = 1
    starts_fresh: bool = True
    from_claims: int = 0


def premolars_in_full(code: str) -> Callable[[Visit], list[Draft]]:
    """Premolar fillings, paid as what they are."""
    return lambda visit: lookalikes.one(visit, everyday.ordinary(visit, code, "premolar_in_full"))


CHECK_UP = Situation(everyday.check_up, 0, ANY, starts_fresh=False)
TREATMENT = Situation(everyday.treatment, 0, ANY, starts_fresh=False)

RARE = (
    Situation(premolars_in_full("D2391"), 30, ONLY_GRANITE),
    Situation(premolars_in_full("D2392"), 30, ONLY_GRANITE),
    Situation(premolars_in_full("D2393"), 30, ONLY_GRANITE),
    Situation(lookalikes.surface_recode, 80, PLAIN),
    Situation(lookalikes.exam_recode, 60, STATED),
    Situation(lookalikes.reverse_direction, 20, PLAIN),
    Situation(lookalikes.extraction_recode, 30, PLAIN),
    Situation(lookalikes.typing_error, 25, PLAIN),
    Situation(hidden.swap_without_reason, 60, PLAIN),
    Situation(hidden.swap_written_off, 50, PLAIN),
    Situation(hidden.swap_as_correction, 40, PLAIN),
    Situation(hidden.unbillable_contradicted, 20, PLAIN),
    Situation(hidden.other_group, 20, PLAIN),
    Situation(hidden.onlay_as_filling, 60, STATED),
    Situation(hidden.deductible_takes_all, 40, PLAIN),
    Situation(hidden.maximum_binds, 80, STATED),
    Situation(hidden.code_left_out, 30, PLAIN),
    Situation(lookalikes.underpaid, 40, ("delta-north",)),
    # Needs ten lines of that payer and code paid in full, which a small practice does not have.
    Situation(hidden.silent_without_schedule, 8, ONLY_GRANITE, from_claims=4000),
    Situation(lookalikes.bundled_xrays, 60, STATED),
    Situation(lookalikes.bundled_fillings, 40, PLAIN),
    Situation(lookalikes.build_up_bundled, 40, ("ridge", "lakeshore")),
    Situation(lookalikes.fewer_units, 40, ("delta-north",)),
    Situation(lookalikes.frequency_limit, 60, ("delta-north", "keystone")),
    Situation(lookalikes.frequency_written_off, 60, STATED),
    Situation(lookalikes.not_covered, 80, STATED),
    Situation(lookalikes.patient_not_found, 30, PLAIN),
    Situation(lookalikes.not_our_claim, 20, PLAIN),
    Situation(hidden.forwarded, 50, STATED),
    Situation(lookalikes.split_line, 30, ("delta-north",)),
    Situation(lookalikes.split_claim, 30, PLAIN, 2),
    Situation(hidden.claim_level_single, 60, ONLY_MESA),
    Situation(hidden.claim_level_several, 30, ONLY_MESA),
    Situation(hidden.without_lines, 30, ONLY_MESA),
    Situation(trails.corrected_in_one_file, 90, STATED, 3),
    Situation(trails.corrected_in_a_later_file, 60, PLAIN, 3),
    Situation(trails.reversed_for_good, 30, PLAIN, 2),
    Situation(trails.orphan_reversal, 20, PLAIN),
    Situation(trails.reissued_under_a_new_number, 60, PLAIN, 2),
    Situation(trails.denied_then_paid, 60, STATED, 2),
    Situation(trails.predetermined, 80, PLAIN),
    Situation(trails.second_payer, 120, STATED, 2),
    Situation(trails.second_payer_noncompliant, 40, STATED, 2),
    Situation(trails.second_payer_downgrades, 40, ("keystone",), 2),
    Situation(trails.same_payer_twice, 30, PLAIN, 2),
    Situation(trails.interest_paid, 60, STATED),
    Situation(trails.earlier_payment_recovered, 40, PLAIN),
    Situation(trails.refund_acknowledged, 30, PLAIN),
)
