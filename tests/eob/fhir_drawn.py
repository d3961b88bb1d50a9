"""Small ExplanationOfBenefit resources drawn by hand, from what an item states."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from transforms.eob.fhir import read
from transforms.tables.remittances import Blob, Remittances

CDT = "http://www.ada.org/cdt"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
AMOUNT = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication"
DISCRIMINATOR = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudicationDiscriminator"


class Number(str):
    """A number written into the JSON as these characters."""


def money(value: str) -> dict[str, Any]:
    return {"value": Number(value), "currency": "USD"}


def concept(system: str, *codes: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def item(code: str = "D2392", sequence: int = 1, carcs: str = "", rarcs: str = "", network: str = "", **amounts: str) -> dict[str, Any]:
    """An item with amounts by category, and reasons and remarks apart by blanks."""
    adjudication = [{"category": concept(AMOUNT, name), "amount": money(value)} for name, value in amounts.items()]
    reason = {"category": concept(DISCRIMINATOR, "adjustmentreason")}
    adjudication += [{**reason, "reason": concept(CARC, carc)} for carc in carcs.split()]
    adjudication += [{**reason, "reason": concept(RARC, rarc)} for rarc in rarcs.split()]
    if network:
        adjudication.append({"category": concept(DISCRIMINATOR, "benefitpaymentstatus"), "reason": concept(DISCRIMINATOR, network)})
    return {
        "sequence": Number(str(sequence)), "productOrService": concept(CDT, code), "servicedDate": "2026-02-20",
        "adjudication": adjudication,
    }  # fmt: skip


def eob(*items: dict[str, Any], number: str = "E1", **changes: Any) -> dict[str, Any]:
    """A resource with these items; a change to None takes an element out."""
    whole = {
        "resourceType": "ExplanationOfBenefit", "id": number, "status": "active", "use": "claim", "outcome": "complete",
        "identifier": [{"type": concept("http://example.org", "uc"), "value": number}], "created": "2026-03-09T10:00:00Z",
        "patient": {"reference": "Patient/p1"}, "insurer": {"display": "Example Dental Plan"}, "provider": {"display": "Example Dental"},
        "insurance": [{"focal": True, "coverage": {"reference": "Coverage/c1"}}], "item": list(items),
        "payment": {"date": "2026-03-10", "identifier": {"value": "CHECK1"}},
    }  # fmt: skip
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def written(value: Any) -> bytes:
    """JSON in one line, numbers as they were drawn."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_text(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value)


def blob_of(data: bytes, name: str = "eob.json") -> Blob:
    return Blob(hashlib.sha256(data).hexdigest(), name, data)


def read_all(*values: Any) -> Remittances:
    """One file: a value alone, or NDJSON of several."""
    return read([blob_of(b"\n".join(map(written, values)))])
