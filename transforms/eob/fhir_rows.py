"""Claims read from FHIR resources as rows, and rows as frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from transforms.eob.fhir_claim import Claim, Line, status_and_rank
from transforms.eob.fhir_faults import WARNING_TEXT, Fault, next_step_of, reason_of
from transforms.eob.fhir_parties import Party, Resources, party, person
from transforms.eob.fhir_values import day, first_code, part, parts, text
from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.contract import MONEY
from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.tables.quarantine import FAULTS, WARNINGS
from transforms.tables.remittances import READ_CLAIMS, READ_LINES, READ_PAYMENTS, Blob, Remittances
from transforms.x12.faults import merged_warnings
from transforms.x12.payer import payer_ids

Row = dict[str, Any]
PRIOR = frozenset(("prior", "replaces"))


@dataclass(frozen=True)
class Rows:
    """Rows of each table so far, amounts in cents."""

    payments: list[Row] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    adjustments: list[Row] = field(default_factory=list)
    provider_adjustments: list[Row] = field(default_factory=list)
    faults: list[Row] = field(default_factory=list)
    warnings: list[Row] = field(default_factory=list)


def add_claim(rows: Rows, blob: Blob, eob: Row, claim: Claim, known: Resources, position: int, first_line: int) -> None:
    """One payment, its claim, its lines and their adjustments. Lines are counted over the file from `first_line`."""
    own = f"{blob.file_id[:16]}-{position}"
    rows.payments.append(_payment(blob, eob, claim, known, position, own))
    rows.claims.append(_claim(blob, eob, claim, known, position, own))
    counted = 0
    for place, line in enumerate(claim.lines):
        line_id = f"{own}.{place + 1}"
        rows.lines.append(_line(blob, line, own, line_id, first_line + place))
        for group, reason, amount in line.adjustments:
            counted += 1
            rows.adjustments.append(_adjustment(blob, own, line_id, (group, reason, amount), first_line + place, counted))
    if len(claim.lines) > 1:
        for reason, _ in claim.whole.reasons:  # said of the claim as a whole: the reason stands, its money is the items'
            counted += 1
            rows.adjustments.append(_adjustment(blob, own, None, ("PI", reason, 0), position, counted))
    if claim.payment_adjustment_cents:
        rows.provider_adjustments.append(_payment_adjustment(blob, eob, claim, position, own))
    for code in claim.warnings:
        add_warning(rows, blob, code, position)


def add_fault(rows: Rows, blob: Blob, fault: Fault) -> None:
    """One FAULTS row."""
    rows.faults.append({
        "file_id": blob.file_id, "source_file": blob.source_file, "scope": fault.scope, "segment": fault.segment,
        "segment_tag": fault.tag, "reason_code": fault.code, "reason": reason_of(fault),
        "next_step": next_step_of(fault, blob.source_file), "claim_segment": fault.segment if fault.scope == "claim" else None,
        "claim_count": int(fault.scope == "claim"), "line_count": fault.line_count, "charge_amount": fault.charge,
        "difference_amount": None,
    })  # fmt: skip


def add_warning(rows: Rows, blob: Blob, code: str, position: int) -> None:
    """One WARNINGS row, to be merged with its like."""
    rows.warnings.append({
        "file_id": blob.file_id, "source_file": blob.source_file, "reason_code": code, "reason": WARNING_TEXT[code],
        "segment": position, "occurrence_count": 1,
    })  # fmt: skip


def tables(rows: Rows) -> Remittances:
    """The rows as tables."""
    payments = _frame(rows.payments, {name: dtype for name, dtype in READ_PAYMENTS.items() if name != "payer_id"})
    return Remittances(
        payments.with_columns(payer_ids(payments)).select(list(READ_PAYMENTS)),
        _frame(rows.claims, READ_CLAIMS),
        _frame(rows.lines, READ_LINES),
        _frame(rows.adjustments, ADJUSTMENTS.schema),
        _frame(rows.provider_adjustments, PROVIDER_ADJUSTMENTS.schema),
        _frame(rows.faults, FAULTS.schema),
        merged_warnings(_frame(rows.warnings, WARNINGS.schema)),
    )


def _frame(rows: list[Row], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows as a frame; money from cents."""
    columns = {
        name: pl.Series(name, [row.get(name) for row in rows], pl.Int64 if dtype == MONEY else dtype, strict=True)
        for name, dtype in schema.items()
    }
    amounts = [name for name, dtype in schema.items() if dtype == MONEY]
    return pl.DataFrame(columns).with_columns((pl.col(name).cast(pl.Decimal(38, 2)) / 100).cast(MONEY) for name in amounts)


def _payment(blob: Blob, eob: Row, claim: Claim, known: Resources, position: int, own: str) -> Row:
    payer = party(part(eob, "insurer"), eob, known)
    payee = _payee(eob, known)
    paid = sum(line.paid for line in claim.lines)
    return {
        "payment_id": own, "file_id": blob.file_id, "source_file": blob.source_file, "payer_name": payer.name,
        "payer_ref_2u": payer.payer_id, "payer_n104": payer.reference, "payer_naic": payer.naic, "payer_tax_id": payer.tax_id,
        "payee_name": payee.name, "payee_npi": payee.npi, "payee_tax_id": payee.tax_id,
        "trace_number": text(part(part(eob, "payment"), "identifier").get("value")),
        "payment_amount": paid if claim.payment_cents is None else claim.payment_cents,
        "payment_date": claim.payment_date, "payment_date_source": claim.payment_date_source, "version": _profile(eob),
        "payment_segment": position,
    }  # fmt: skip


def _payee(eob: Row, known: Resources) -> Party:
    """Who was paid, where the resource names one; else the provider."""
    named = party(part(part(eob, "payee"), "party"), eob, known)
    return named if named.name or named.npi or named.tax_id else party(part(eob, "provider"), eob, known)


def _profile(eob: Row) -> str | None:
    """The last part of the first profile's address, such as C4BB-ExplanationOfBenefit-Oral|2.2.0."""
    profiles = part(eob, "meta").get("profile")
    address = text(profiles[0]) if isinstance(profiles, list) and profiles else None
    return address.rsplit("/", 1)[-1] if address else None


def _claim(blob: Blob, eob: Row, claim: Claim, known: Resources, position: int, own: str) -> Row:
    status, rank = status_and_rank(eob, claim)
    member, last, first = person(eob, known)
    infos = parts(eob, "supportingInfo")
    kinds = frozenset(("patientaccountnumber", "clmrecvddate"))
    info = {first_code(one.get("category"), kinds): one for one in reversed(infos)}
    return {
        "claim_id": own, "payment_id": own, "file_id": blob.file_id,
        "patient_control_number": text(info.get("patientaccountnumber", {}).get("valueString")),
        "payer_claim_control_number": _claim_number(eob), "original_claim_control_number": _replaced(eob),
        "claim_status_code": status, "payer_rank": rank,
        "class_of_contract": claim.whole.network or _network(claim),
        "charge_amount": sum(line.charge for line in claim.lines), "paid_amount": sum(line.paid for line in claim.lines),
        "patient_responsibility_amount": _borne(claim),
        "patient_id": member, "statement_date": day(part(eob, "billablePeriod").get("start")),
        "received_date": day(info.get("clmrecvddate", {}).get("timingDate")),
        "remark_codes": list(claim.whole.remarks) if len(claim.lines) > 1 else [],
        "claim_segment": position, "patient_last_name": last, "patient_first_name": first,
    }  # fmt: skip


def _network(claim: Claim) -> str | None:
    """In or out of network as every item says, where the claim as a whole says nothing."""
    said = {line.network for line in claim.lines}
    return said.pop() if len(said) == 1 else None


def _borne(claim: Claim) -> int:
    """What the items assign to the patient."""
    return sum(amount for line in claim.lines for group, _, amount in line.adjustments if group == "PR")


def _claim_number(eob: Row) -> str | None:
    """The identifier of type uc (unique claim id), else the first, else the resource's own id."""
    every = parts(eob, "identifier")
    unique = [one for one in every if first_code(one.get("type"), frozenset(("uc",)))]
    return next((value for value in (text(one.get("value")) for one in (*unique, *every)) if value), text(eob.get("id")))


def _replaced(eob: Row) -> str | None:
    """The number of the claim that this one follows."""
    for one in parts(eob, "related"):
        if first_code(one.get("relationship"), PRIOR):
            return text(part(one, "reference").get("value")) or text(part(part(one, "claim"), "identifier").get("value"))
    return None


def _line(blob: Blob, line: Line, own: str, line_id: str, position: int) -> Row:
    return {
        "line_id": line_id, "claim_id": own, "file_id": blob.file_id, "source_file": blob.source_file, "line_segment": position,
        "submitted_code": line.billed[0], "submitted_code_source": "export", "submitted_qualifier": line.billed[1],
        "paid_code": line.paid_as[0], "paid_qualifier": line.paid_as[1], "charge_amount": line.charge, "paid_amount": line.paid,
        "allowed_amount": line.allowed, "units_submitted": line.units_billed, "units_paid": line.units_paid,
        "service_date": line.service_date, "remark_codes": list(line.remarks),
        "tooth_code": line.tooth, "surface_codes": line.surfaces,
    }  # fmt: skip


def _adjustment(blob: Blob, own: str, line_id: str | None, said: tuple[str, str, int], position: int, counted: int) -> Row:
    group, reason, amount = said
    return {
        "claim_id": own, "line_id": line_id, "file_id": blob.file_id, "group_code": group, "reason_code": reason, "amount": amount,
        "adjustment_segment": position, "position": counted,
    }  # fmt: skip


def _payment_adjustment(blob: Blob, eob: Row, claim: Claim, position: int, own: str) -> Row:
    """FHIR leaves the sign open: where taking it off does not give the payment but adding it does, it raised the payment."""
    amount, paid = claim.payment_adjustment_cents or 0, sum(line.paid for line in claim.lines)
    is_raise = claim.payment_cents is not None and paid - amount != claim.payment_cents == paid + amount
    reason = next(iter(parts(part(part(eob, "payment"), "adjustmentReason"), "coding")), {})
    return {
        "payment_id": own, "file_id": blob.file_id, "reason_code": text(reason.get("code")), "amount": -amount if is_raise else amount,
        "adjustment_segment": position, "position": 1,
    }  # fmt: skip
