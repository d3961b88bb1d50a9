"""Payments to 835 bytes: segments, control numbers and counts; and where in the file each line came to stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from transforms.practice.adjudicate import Reason
from transforms.practice.payers import Payer, Wire
from transforms.practice.people import BILLING_NPIS, LOCATIONS, RENDERING_NPIS
from transforms.practice.records import Claim, Line


@dataclass(frozen=True, slots=True)
class Payment:
    """One ST to SE. amount = sum of claims paid - sum of provider adjustments, never negative."""

    payer: Payer
    payment_date: date
    location: int
    trace: str
    claims: tuple[Claim, ...]
    provider_adjustments: tuple[tuple[str, str, int], ...]
    amount: int


@dataclass(frozen=True, slots=True)
class Written:
    """Where a line (or a claim without lines) stands in its file, counting every segment from the first ISA."""

    line_segment: int
    claim_segment: int
    payment: Payment
    claim: Claim
    line: Line | None


def amount(cents: int) -> str:
    """Dollars as X12 writes them: no trailing zeros, no point where none is needed."""
    sign, whole, part = "-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
    return f"{sign}{whole}" if not part else f"{sign}{whole}.{part:02d}".rstrip("0")


def write_file(payments: list[Payment], first_control: int) -> tuple[bytes, list[Written]]:
    """One file: one interchange, or one a payment where the payer does it so."""
    wire = payments[0].payer.wire
    sets = [[payment] for payment in payments] if wire.has_isa_per_payment else [payments]
    segments: list[str] = []
    written: list[Written] = []
    for control, group in enumerate(sets, first_control):
        _interchange(group, control, wire, segments, written)
    end = wire.terminator + wire.newline
    return (end.join(segments) + end).encode("ascii"), written


def _interchange(payments: list[Payment], control: int, wire: Wire, segments: list[str], written: list[Written]) -> None:
    payer, day = payments[0].payer, payments[0].payment_date
    is_old = wire.version.startswith("004")
    head = f"ISA*00*{'':10}*00*{'':10}*ZZ*{payer.reference + 'SENDER':<15}*ZZ*{'EXPRACTICE':<15}*{day:%y%m%d}*0630"
    segments.append(f"{head}*{'U' if is_old else '^'}*{'00401' if is_old else '00501'}*{control:09d}*0*P*{wire.declared_component}")
    segments.append(f"GS*HP*{payer.reference}SENDER*EXPRACTICE*{day:%Y%m%d}*0630*{control}*X*{wire.version}")
    for number, payment in enumerate(payments, 1):
        start = len(segments)
        segments.append(f"ST*835*{number:04d}")
        segments.extend(_header(payment))
        for claim in payment.claims:
            _claim(payment, claim, wire, segments, written)
        segments.extend(_provider_adjustments(payment))
        segments.append(f"SE*{len(segments) - start + 1}*{number:04d}")
    segments.append(f"GE*{len(payments)}*{control}")
    segments.append(f"IEA*1*{control:09d}")


def _header(payment: Payment) -> Iterator[str]:
    payer, day = payment.payer, f"{payment.payment_date:%Y%m%d}"
    originator = f"1{payer.sender_tax_id}"
    if not payment.amount:
        yield f"BPR*I*0*C*NON{'*' * 12}{day}"
    elif payer.wire.method == "CHK":
        yield f"BPR*I*{amount(payment.amount)}*C*CHK{'*' * 12}{day}"
    else:
        accounts = f"01*999999992*DA*123456*{originator}**01*999988880*DA*98765"
        yield f"BPR*I*{amount(payment.amount)}*C*ACH*CCP*{accounts}*{day}"
    yield f"TRN*1*{payment.trace}*{originator}"
    yield f"DTM*405*{payment.payment_date - timedelta(days=1):%Y%m%d}"
    yield from (f"N1*PR*{payer.sender_name}", "N3*1 EXAMPLE WAY", "N4*SAMPLEVILLE*CO*80000", f"REF*2U*{payer.reference}")
    yield "PER*BL*PROVIDER SUPPORT*TE*5555550100"
    yield f"N1*PE*{LOCATIONS[payment.location]}*XX*{BILLING_NPIS[payment.location]}"
    yield "REF*TJ*999999999"
    yield "LX*1"


def _claim(payment: Payment, claim: Claim, wire: Wire, segments: list[str], written: list[Written]) -> None:
    share = amount(claim.patient_share) if claim.patient_share and claim.status != "22" else ""
    segments.append(f"CLP*{claim.account}*{claim.status}*{amount(claim.charge)}*{amount(claim.paid)}*{share}*12*{claim.number}*11*1")
    at = len(segments)
    segments.extend(_adjustments(claim.adjustments))
    segments.append(f"NM1*QC*1*{claim.patient.surname}*{claim.patient.given}****MI*{claim.member_id}")
    if claim.forwarded_to:
        segments.append(f"NM1*TT*2*{claim.forwarded_to}*****PI*EX900")
    segments.append(f"NM1*82*1*PROVIDER*EXAMPLE****XX*{RENDERING_NPIS[claim.patient.index % len(RENDERING_NPIS)]}")
    if claim.remarks:
        segments.append("MOA***" + "*".join(claim.remarks))
    if claim.original_number:
        segments.append(f"REF*F8*{claim.original_number}")
    if not claim.lines:
        segments.append(f"DTM*232*{claim.service_date:%Y%m%d}")
        written.append(Written(at, at, payment, claim, None))
    segments.append(f"DTM*050*{claim.service_date + timedelta(days=2):%Y%m%d}")
    for line in claim.lines:
        written.append(Written(len(segments) + 1, at, payment, claim, line))
        segments.extend(_line(claim, line, wire))


def _line(claim: Claim, line: Line, wire: Wire) -> Iterator[str]:
    billed = f"{wire.qualifier}{wire.component}{line.billed}" if line.billed else ""
    units_billed = str(line.units_billed) if line.units_billed != line.units_paid else ""
    head = f"SVC*{wire.qualifier}{wire.component}{line.procedure}*{amount(line.charge)}*{amount(line.paid)}**{line.units_paid}"
    yield f"{head}*{billed}*{units_billed}".rstrip("*")
    if claim.status != "25":  # an estimate has no service date
        yield f"DTM*472*{claim.service_date:%Y%m%d}"
    yield from _adjustments(line.adjustments)
    if line.control:
        yield f"REF*6R*{line.control}"
    if line.allowed is not None:
        yield f"AMT*B6*{amount(line.allowed)}"
    for remark in line.remarks:
        yield f"LQ*HE*{remark}"


def _adjustments(reasons: tuple[Reason, ...]) -> Iterator[str]:
    """One CAS a group, up to six reasons each, in the order the groups first appear."""
    order = {group: place for place, (group, _, _) in reversed(list(enumerate(reasons)))}
    for group, members in groupby(sorted(reasons, key=lambda item: order[item[0]]), key=lambda item: item[0]):
        yield f"CAS*{group}*" + "**".join(f"{reason}*{amount(cents)}" for _, reason, cents in members)


def _provider_adjustments(payment: Payment) -> Iterator[str]:
    """PLB segments of up to six pairs; the fiscal year ends with the year of the payment."""
    year_end = f"{payment.payment_date.year}1231"
    component = payment.payer.wire.component
    pairs = payment.provider_adjustments
    for start in range(0, len(pairs), 6):
        listed = "*".join(f"{reason}{component}{reference}*{amount(cents)}" for reason, reference, cents in pairs[start : start + 6])
        yield f"PLB*{BILLING_NPIS[payment.location]}*{year_end}*{listed}"
