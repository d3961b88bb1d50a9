"""What happens every day: check-ups, fillings, crowns, in every payer's own manner."""

from __future__ import annotations

from transforms.practice.drafts import Draft
from transforms.practice.fees import PAYS_AS
from transforms.practice.payers import Payer
from transforms.practice.records import Line
from transforms.practice.visit import Visit, claim_of, downgraded, ordinary

CHECK_UPS = (
    ("D0120", "D1110"), ("D0120", "D1110", "D0274"), ("D0150", "D0210", "D1110"), ("D0120", "D1120", "D1206"),
    ("D0140",), ("D0150", "D0330"), ("D0120", "D1110", "D0274", "D1206"),
)  # fmt: skip
# procedure: how often, out of a hundred
TREATMENTS = {
    "D2391": 22, "D2392": 24, "D2393": 10, "D2394": 4, "D2330": 8, "D2331": 6, "D2332": 2, "D2740": 7, "D2750": 3,
    "D4910": 5, "D4341": 4, "D7140": 3, "D6010": 1, "D5213": 1,
}  # fmt: skip
TREATMENT_CODES, TREATMENT_WEIGHTS = list(TREATMENTS), list(TREATMENTS.values())
# alpine pays these in full to nobody, so that no fee of its own is ever seen; granite shows each fee often enough.
NEVER_IN_FULL = ("alpine", "2u-ex115")
PREMOLAR_SHARE = 0.2


def check_up(visit: Visit) -> list[Draft]:
    """Exam, cleaning, x-rays: nothing a payer downgrades."""
    codes = visit.rng.choice(CHECK_UPS)
    return [Draft(0, (claim_of(visit, [ordinary(visit, code) for code in codes]),))]


def treatment(visit: Visit) -> list[Draft]:
    """One to three procedures, with an exam now and then."""
    codes = visit.rng.choices(TREATMENT_CODES, TREATMENT_WEIGHTS, k=visit.rng.choice((1, 1, 2, 2, 3)))
    lines = [treated(visit, code) for code in codes]
    if visit.rng.random() < 0.25:
        lines.append(ordinary(visit, "D0120"))
    return [Draft(0, (claim_of(visit, lines),))]


def treated(visit: Visit, code: str) -> Line:
    """The line for a procedure: downgraded where the payer does so, the tooth is one that it does so for, and benefit is left."""
    payer = visit.payer
    if not visit.left[1]:
        return ordinary(visit, code, "maximum_exhausted")
    if not _downgrades(payer, code):
        return ordinary(visit, code)
    if code in ("D2391", "D2392") and payer.payer_id not in NEVER_IN_FULL and visit.rng.random() < PREMOLAR_SHARE:
        return ordinary(visit, code, "premolar_in_full")
    if payer.payer_id == "lakeshore" and visit.rng.random() < 0.1:
        return downgraded(visit, code, "noncovered_generic_remark", form="n130")
    if payer.payer_id == "harbor" and visit.rng.random() < 0.1:
        return downgraded(visit, code, "unbillable_remark", form="n842")
    return downgraded(visit, code)


def one_downgrade(visit: Visit) -> Line:
    """A downgraded line of the payer's commonest kind, where a situation needs one."""
    codes = [code for code in ("D2391", "D2392", "D2393") if _downgrades(visit.payer, code)]
    return downgraded(visit, visit.rng.choice(codes))


def _downgrades(payer: Payer, code: str) -> bool:
    return code in payer.downgrades and code in PAYS_AS
