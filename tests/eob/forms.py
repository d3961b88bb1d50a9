"""Remittances as read from an 835, written again as a practice would get them otherwise: exports, workbooks, FHIR, archives.

A writer gives None where its form cannot say what the 835 says; the file then stays an 835.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl
import xlsxwriter

from tests.eob.fhir_drawn import AMOUNT, CARC, CDT, DISCRIMINATOR, RARC, Number, concept, money, written
from transforms import x12
from transforms.tables.remittances import Blob

SHARES = {"1": "deductible", "2": "coinsurance", "3": "copay"}
STATUS_WORDS = {"22": "Reversed", "25": "Predetermination"}
CLEARINGHOUSE = (
    "Payer", "Payer ID", "Check Number", "Check Date", "Claim Number", "Patient Account", "Patient Last Name", "Patient First Name",
    "Member ID", "Line Control Number", "Service Date", "Procedure", "Adjudicated Procedure", "Units", "Charge", "Paid", "Allowed",
    "Adjustment Group", "Adjustment Reason", "Adjustment Amount", "Remark Codes", "Claim Status",
)  # fmt: skip
PORTAL = (
    "Claim Number", "Payer", "Payer ID", "Check/EFT No.", "Check Date", "Patient", "Subscriber ID", "Patient Account", "Date of Service",
    "Submitted Procedure", "Alternate Procedure", "Qty", "Submitted", "Approved", "Deductible", "Coinsurance", "Copay", "Network Savings",
    "Other Insurance", "Patient Pays", "Plan Pays", "Reason Codes", "Remark Codes", "Status",
)  # fmt: skip
OPEN_DENTAL = (
    "CarrierName", "ElectID", "CheckNum", "CheckDate", "ClaimIdentifier", "PatNum", "LName", "FName", "ProcNum", "ProcDate", "CodeSent",
    "FeeBilled", "InsPayAmt", "WriteOff", "DedApplied", "PatPortion", "ClaimAdjReasonCodes", "Status",
)  # fmt: skip
Cells = list[Any]


@dataclass(frozen=True)
class Event:
    """One service line with its claim and payment, and its adjustments as (group, reason, dollars)."""

    payment: dict[str, Any]
    claim: dict[str, Any]
    line: dict[str, Any]
    adjustments: tuple[tuple[str, str, Decimal], ...]

    def amount(self, group: str, *reasons: str) -> Decimal:
        return sum((money for who, why, money in self.adjustments if who == group and (not reasons or why in reasons)), Decimal("0.00"))

    def reasons(self, group: str) -> list[str]:
        return [why for who, why, _ in self.adjustments if who == group]


def events(files: dict[str, bytes]) -> dict[str, list[Event]]:
    """The lines of each 835, in file order; without the files that say what no other form can say: claims without lines,
    adjustments and remarks of whole claims, references to other claims, provider adjustments, other units than billed."""
    blobs = [Blob(hashlib.sha256(data).hexdigest(), name, data) for name, data in files.items()]
    read = x12.gather([x12.read(batch) for batch in x12.batches(piece for blob in blobs for piece in x12.cut(blob))])
    bare = read.claims.join(read.service_lines, on="claim_id", how="anti")
    whole = read.adjustments.filter(pl.col("line_id").is_null())
    odd = read.claims.filter((pl.col("remark_codes").list.len() > 0) | pl.col("original_claim_control_number").is_not_null())
    units = read.service_lines.filter(pl.col("units_submitted") != pl.col("units_paid"))
    undated = read.service_lines.filter(pl.col("service_date").is_null())
    unsaid = {file_id for frame in (bare, whole, odd, units, undated, read.provider_adjustments) for file_id in frame["file_id"]}
    payments = {row["payment_id"]: row for row in read.payments.rows(named=True)}
    claims = {row["claim_id"]: row for row in read.claims.rows(named=True)}
    said: dict[str, list] = {}
    for row in read.adjustments.rows(named=True):
        said.setdefault(row["line_id"], []).append((row["group_code"], row["reason_code"], row["amount"]))
    found: dict[str, list[Event]] = {}
    for line in read.service_lines.filter(~pl.col("file_id").is_in(list(unsaid))).rows(named=True):
        claim = claims[line["claim_id"]]
        found.setdefault(line["source_file"], []).append(
            Event(payments[claim["payment_id"]], claim, line, tuple(said.get(line["line_id"], ())))
        )
    return found


def clearinghouse(every: list[Event]) -> bytes | None:
    """One row a line and adjustment: all that an 835 says of a line. Needs a line number to tell two equal lines apart."""
    if any(one.line["line_control_number"] is None for one in every):
        return None
    rows: list[Cells] = []
    for one in every:
        head = [
            one.payment["payer_name"], one.payment["payer_ref_2u"], one.payment["trace_number"], f"{one.payment['payment_date']:%Y%m%d}",
            one.claim["payer_claim_control_number"], one.claim["patient_control_number"], one.claim["patient_last_name"],
            one.claim["patient_first_name"], one.claim["patient_id"], one.line["line_control_number"],
            f"{one.line['service_date']:%m/%d/%Y}", one.line["submitted_code"], one.line["paid_code"], one.line["units_paid"],
            one.line["charge_amount"], one.line["paid_amount"], one.line["allowed_amount"],
        ]  # fmt: skip
        tail = [" ".join(one.line["remark_codes"]), one.claim["claim_status_code"]]
        rows += [[*head, *said, *tail] for said in one.adjustments or (("", "", ""),)]
    return text_of(CLEARINGHOUSE, rows)


def portal_rows(every: list[Event]) -> list[Cells] | None:
    """One row a line; None where the patient or the practice bears two amounts for which the export has one column."""
    rows: list[Cells] = []
    for one in every:
        beyond = [why for why in one.reasons("PR") if why not in SHARES]
        if len(beyond) > 1 or len(one.reasons("CO")) > 1 or one.reasons("PI") or set(one.reasons("OA")) - {"23"}:
            return None
        is_swap = one.line["paid_code"] != one.line["submitted_code"]
        rows.append([
            one.claim["payer_claim_control_number"], one.payment["payer_name"], one.payment["payer_ref_2u"], one.payment["trace_number"],
            one.payment["payment_date"], f"{one.claim['patient_last_name']}, {one.claim['patient_first_name']}", one.claim["patient_id"],
            one.claim["patient_control_number"], one.line["service_date"], one.line["submitted_code"],
            one.line["paid_code"] if is_swap else None, one.line["units_paid"], one.line["charge_amount"], one.line["allowed_amount"],
            *(one.amount("PR", why) for why in SHARES), one.amount("CO"), one.amount("OA"), one.amount("PR"), one.line["paid_amount"],
            ", ".join(f"{who}-{why}" for who, why, _ in one.adjustments), " ".join(one.line["remark_codes"]),
            STATUS_WORDS.get(one.claim["claim_status_code"], "Paid"),
        ])  # fmt: skip
    return rows


def portal(every: list[Event]) -> bytes | None:
    rows = portal_rows(every)
    return text_of(PORTAL, [[dollars(cell) for cell in row] for row in rows]) if rows else None


def workbook(every: list[Event]) -> bytes | None:
    """The portal's rows as two sheets with titles, real dates and real numbers."""
    rows = portal_rows(every)
    if not rows:
        return None
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.set_properties({"created": datetime(2026, 1, 1)})
    day = book.add_format({"num_format": "mm/dd/yyyy"})
    checks = sorted({row[3] for row in rows})
    for place, part in enumerate((checks[::2], checks[1::2])):
        sheet = book.add_worksheet(f"Part {place + 1}")
        sheet.write(0, 0, "Claim detail")
        for number, row in enumerate([list(PORTAL), *(row for row in rows if row[3] in part)], start=2):
            for column, cell in enumerate(row):
                if isinstance(cell, (str, int, type(None))):
                    sheet.write(number, column, cell)
                elif isinstance(cell, Decimal):
                    sheet.write_number(number, column, float(cell))
                else:
                    sheet.write_datetime(number, column, cell, day)
    book.close()
    return out.getvalue()


def open_dental(every: list[Event]) -> bytes | None:
    """The claim procedures query: the patient's share is one amount, and the code paid is not shown."""
    rows: list[Cells] = []
    for one in every:
        beyond = [why for why in one.reasons("PR") if why != "1"]
        if len(beyond) > 1 or len(one.reasons("CO")) > 1 or one.reasons("PI") or one.reasons("OA") or one.claim["claim_status_code"] != "1":
            return None
        if one.line["paid_code"] != one.line["submitted_code"] or one.line["remark_codes"] or one.line["line_control_number"] is None:
            return None
        rows.append([
            one.payment["payer_name"], one.payment["payer_ref_2u"], one.payment["trace_number"], f"{one.payment['payment_date']} 00:00:00",
            one.claim["payer_claim_control_number"], one.claim["patient_control_number"], one.claim["patient_last_name"],
            one.claim["patient_first_name"], one.line["line_control_number"], one.line["service_date"], one.line["submitted_code"],
            one.line["charge_amount"], one.line["paid_amount"], one.amount("CO"), one.amount("PR", "1"), one.amount("PR"),
            ",".join(why for _, why, _ in one.adjustments), 1,
        ])  # fmt: skip
    return text_of(OPEN_DENTAL, rows, "\t").decode().encode("utf-16")


def fhir(every: list[Event]) -> bytes | None:
    """NDJSON, one resource a claim. A code paid instead is an added item; a reversal has no form."""
    lines = []
    for _, mine in claims_of(every):
        items, added = [], []
        for place, one in enumerate(mine, 1):
            if set(one.reasons("CO")) - {"45"} or one.reasons("PI") or set(one.reasons("OA")) - {"23"}:
                return None
            items.append(fhir_item(one, place))
            if one.line["paid_code"] != one.line["submitted_code"]:
                added.append({"itemSequence": [Number(str(place))], "productOrService": concept(CDT, one.line["paid_code"])})
        if mine[0].claim["claim_status_code"] not in ("1", "2", "3"):
            return None
        lines.append(written(fhir_resource(mine[0], items, added)))
    return b"\n".join(lines)


def fhir_item(one: Event, place: int) -> dict[str, Any]:
    amounts = {name: one.amount("PR", why) for why, name in SHARES.items()}
    amounts |= {"submitted": one.line["charge_amount"], "benefit": one.line["paid_amount"], "discount": one.amount("CO")}
    amounts |= {"priorpayerpaid": one.amount("OA"), "memberliability": one.amount("PR")}
    if one.line["allowed_amount"] is not None:
        amounts["eligible"] = one.line["allowed_amount"]
    said: list[dict[str, Any]] = [{"category": concept(AMOUNT, name), "amount": money(str(value))} for name, value in amounts.items()]
    reason = {"category": concept(DISCRIMINATOR, "adjustmentreason")}
    said += [
        {**reason, "reason": concept(CARC, why), "amount": money(str(value))}
        for who, why, value in one.adjustments
        if who == "PR" and why not in SHARES
    ]
    said += [{**reason, "reason": concept(RARC, code)} for code in one.line["remark_codes"]]
    return {
        "sequence": Number(str(place)), "productOrService": concept(CDT, one.line["submitted_code"]),
        "servicedDate": str(one.line["service_date"]), "quantity": {"value": Number(str(one.line["units_paid"]))}, "adjudication": said,
    }  # fmt: skip


def fhir_resource(one: Event, items: list[dict[str, Any]], added: list[dict[str, Any]]) -> dict[str, Any]:
    claim, payment = one.claim, one.payment
    name = {"family": claim["patient_last_name"], "given": [claim["patient_first_name"]]}
    patient = {"resourceType": "Patient", "id": "p", "name": [name]}
    cover = {"resourceType": "Coverage", "id": "c", "subscriberId": claim["patient_id"]}
    account = {"category": concept("http://x", "patientaccountnumber"), "valueString": claim["patient_control_number"]}
    insurer = {"display": payment["payer_name"], "identifier": {"type": concept("http://x", "payerid"), "value": payment["payer_ref_2u"]}}
    return {
        "resourceType": "ExplanationOfBenefit", "status": "active", "use": "claim", "outcome": "complete",
        "identifier": [{"type": concept("http://x", "uc"), "value": claim["payer_claim_control_number"]}],
        "created": str(payment["payment_date"]), "contained": [patient, cover], "patient": {"reference": "#p"},
        "insurance": [{"focal": True, "coverage": {"reference": "#c"}}], "insurer": insurer,
        "provider": {"display": "Practice"}, "precedence": Number(claim["claim_status_code"]), "supportingInfo": [account],
        "item": items, "addItem": added,
        "payment": {"date": str(payment["payment_date"]), "identifier": {"value": payment["trace_number"]}},
    }  # fmt: skip


def claims_of(every: list[Event]) -> Iterator[tuple[str, list[Event]]]:
    found: dict[str, list[Event]] = {}
    for one in every:
        found.setdefault(one.claim["claim_id"], []).append(one)
    yield from found.items()


def dollars(cell: Any) -> Any:
    """As portals write them: dollar signs, thousands apart, brackets for less than nothing."""
    if not isinstance(cell, Decimal):
        return f"{cell:%m/%d/%Y}" if hasattr(cell, "year") else cell
    return f"(${-cell:,.2f})" if cell < 0 else f"${cell:,.2f}"


def text_of(header: tuple[str, ...], rows: list[Cells], mark: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows([header, *rows])
    return out.getvalue().encode("cp1252")


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip in a zip."""
    data = b""
    for name, members in (("inner.zip", files), ("outer.zip", None)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in (members or {"inner.zip": data}).items():
                archive.writestr(zipfile.ZipInfo(member), content)
        data = out.getvalue()
        del name
    return data


Form = tuple[str, Callable[[list[Event]], bytes | None]]
FORMS: tuple[Form, ...] = (
    ("fhir.ndjson", fhir), ("clearinghouse.csv", clearinghouse), ("portal.csv", portal), ("portal.xlsx", workbook), ("od.tsv", open_dental),
)  # fmt: skip


def mixed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same inbox, each file in the next form in turn that can say what it says; a fifth of what stays 835 comes in a zip."""
    sayable = events(files)
    found: dict[str, bytes] = {}
    kept: dict[str, bytes] = {}
    turn = 0
    for name, data in sorted(files.items()):
        forms = [FORMS[(turn + step) % len(FORMS)] for step in range(len(FORMS))] if name in sayable else []
        made = next(((form, text) for form in forms if (text := form[1](sayable[name]))), None)
        if made is None:
            kept[name] = data
        else:
            found[f"{name}.{made[0][0]}"] = made[1]
            turn = FORMS.index(made[0]) + 1
    packed = dict(list(kept.items())[::5])
    return found | {name: data for name, data in kept.items() if name not in packed} | {"archive.zip": zipped(packed)}
