"""What looks like a downgrade and is none: one small function a situation."""

from __future__ import annotations

from dataclasses import replace

from transforms.practice.adjudicate import cost_share, reasons
from transforms.practice.drafts import Draft
from transforms.practice.records import Label, Line
from transforms.practice.visit import Visit, adjudged, claim_of, ordinary, refused, stated


def one(visit: Visit, *lines: Line, status: str = "1", is_apart: bool = False, forwarded_to: str = "") -> list[Draft]:
    """A single claim of these lines."""
    return [Draft(0, (claim_of(visit, list(lines), status=status, forwarded_to=forwarded_to),), is_apart=is_apart)]


def recode(visit: Visit, code: str, paid_code: str, situation: str, verdict: str = "none", tier: int | None = None) -> Line:
    """The payer says (N22) that another code describes the service better; the whole difference is written off."""
    line = ordinary(visit, code, situation, paid_code=paid_code, remarks=("N22",))
    if verdict == "none":
        return line
    return replace(line, label=replace(line.label, verdict=verdict, evidence_tier=tier, not_counted_reason="needs_review"))


def surface_recode(visit: Visit) -> list[Draft]:
    return one(visit, recode(visit, "D2392", "D2391", "surface_recode"))


def exam_recode(visit: Visit) -> list[Draft]:
    return one(visit, recode(visit, "D0150", "D0120", "exam_recode"), ordinary(visit, "D1110"))


def reverse_direction(visit: Visit) -> list[Draft]:
    """Billed as silver, paid as white, at most what was billed."""
    return one(visit, recode(visit, "D2140", "D2391", "reverse_direction"))


def extraction_recode(visit: Visit) -> list[Draft]:
    return one(visit, recode(visit, "D7210", "D7140", "extraction_recode", "needs_review", 1))


def typing_error(visit: Visit) -> list[Draft]:
    """D2933 keyed for D2393: an unknown pair, so a person must look."""
    line = recode(visit, "D2393", "D2393", "typing_error", "needs_review")
    return one(visit, replace(line, billed="D2933", label=replace(line.label, submitted_code="D2933")))


def underpaid(visit: Visit) -> list[Draft]:
    """Allowed a little less than the schedule says, and no alternate's fee either: a wrong schedule, not a downgrade."""
    return one(visit, below(visit, "D2392", visit.fee("D2392") * 91 // 10_000 * 100, Label("underpaid", "D2392", "D2392")))


def below(visit: Visit, code: str, allowed: int, label: Label) -> Line:
    """A line allowed less than the contracted fee, the rest written off without a word."""
    charge = visit.charge(code)
    given = adjudged(visit, allowed, code)
    adjustments = reasons(visit.payer, "CO", "45", charge, visit.fee(code), allowed, given)
    return Line(code, "", charge, given.paid, tuple(adjustments), label, stated(visit.payer, allowed, allowed))


def bundled_xrays(visit: Visit) -> list[Draft]:
    return one(visit, *_bundle(visit, ("D0330", "D0274"), "D0210", "bundled_xrays"))


def bundled_fillings(visit: Visit) -> list[Draft]:
    return one(visit, *_bundle(visit, ("D2391", "D2391"), "D2392", "bundled_fillings"))


def _bundle(visit: Visit, codes: tuple[str, str], paid_code: str, situation: str) -> tuple[Line, Line]:
    """The first line is raised by OA-94 to the charge of both and carries the payment; the other is zeroed with CO-97."""
    first, second = visit.charge(codes[0]), visit.charge(codes[1])
    allowed = min(visit.fee(paid_code), first + second)
    given = adjudged(visit, allowed, paid_code)
    parts = [("OA", "94", -second), (visit.payer.writeoff_group, "45", first + second - allowed), *cost_share(given)]
    return (
        Line(paid_code, codes[0], first, given.paid, tuple(item for item in parts if item[2]), Label(situation, codes[0], paid_code)),
        Line(paid_code, codes[1], second, 0, (("CO", "97", second),), Label(situation, codes[1], paid_code), units_paid=0),
    )


def build_up_bundled(visit: Visit) -> list[Draft]:
    crown = ordinary(visit, "D2740", "build_up_bundled")
    charge = visit.charge("D2950")
    return one(visit, crown, Line("D2950", "", charge, 0, (("CO", "97", charge),), Label("build_up_bundled", "D2950", "D2950")))


def fewer_units(visit: Visit) -> list[Draft]:
    """Three sealants billed, two paid."""
    charge, fee = visit.charge("D1351"), visit.fee("D1351")
    paid = min(2 * fee, visit.left[1])
    parts = (("CO", "45", 2 * (charge - fee)), ("PR", "119", 3 * charge - 2 * (charge - fee) - paid))
    line = Line("D1351", "", 3 * charge, paid, parts, Label("fewer_units", "D1351", "D1351"), units_paid=2, units_billed=3)
    return one(visit, ordinary(visit, "D0120"), line)


def frequency_limit(visit: Visit) -> list[Draft]:
    return one(visit, refused(visit, "D4910", "frequency_limit", "PR", "119", ("N640",), writes_off=True))


def frequency_written_off(visit: Visit) -> list[Draft]:
    return one(visit, ordinary(visit, "D0120"), refused(visit, "D1110", "frequency_limit", "CO", "151", ("N640",)))


def not_covered(visit: Visit) -> list[Draft]:
    code, reason = visit.rng.choice((("D6010", "204"), ("D2740", "96"), ("D5213", "204")))
    return one(visit, refused(visit, code, "not_covered", "PR", reason, ("N130",) if reason == "96" else ()))


def patient_not_found(visit: Visit) -> list[Draft]:
    return one(visit, refused(visit, "D0120", "patient_not_found", "PR", "31"), status="4", is_apart=True)


def not_our_claim(visit: Visit) -> list[Draft]:
    line = refused(visit, "D2740", "not_our_claim", "OA", "B11")
    return one(visit, line, status="23", forwarded_to="OTHER EXAMPLE PLAN")


def split_line(visit: Visit) -> list[Draft]:
    """Four sealants on one line, split in two: the same line control number twice."""
    halves = [_sealants(visit) for _ in range(2)]
    return one(visit, *(replace(half, control=f"P{visit.number}X1") for half in halves))


def _sealants(visit: Visit) -> Line:
    charge, fee = 2 * visit.charge("D1351"), 2 * visit.fee("D1351")
    given = adjudged(visit, fee, "D1351")
    share = cost_share(given)
    label = Label("split_line", "D1351", "D1351")
    return Line(
        "D1351", "", charge, given.paid, (("CO", "45", charge - fee), *share), label, remarks=("N123",), units_paid=2, units_billed=2
    )


def split_claim(visit: Visit) -> list[Draft]:
    """One claim answered as two, for speed: the same account number, two payer numbers."""
    parts = [("A", [ordinary(visit, "D0120", "split_claim")]), ("B", [ordinary(visit, "D2331", "split_claim")])]
    return [Draft(0, tuple(claim_of(visit, lines, suffix=suffix, remarks=("MA15",)) for suffix, lines in parts))]
