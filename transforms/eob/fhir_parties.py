"""Who a resource speaks of: patient, payer and payee, followed through contained and bundled resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transforms.eob.fhir_values import codings, part, parts, text

Resources = Mapping[str, dict[str, Any]]

CONTEXT = frozenset(("Patient", "Coverage", "Organization", "Practitioner", "PractitionerRole"))
NPI = "http://hl7.org/fhir/sid/us-npi"
NAIC = "urn:oid:2.16.840.1.113883.6.300"
TAX_ID = "urn:oid:2.16.840.1.113883.4.4"
PAYER_ID_TYPES = ("payerid", "niip")
NPI_TYPES = ("npi",)
TAX_TYPES = ("tax", "ein")
MEMBER_TYPES = ("mb", "um")


@dataclass(frozen=True)
class Party:
    """An organization or a person: names and identifiers as sent; `reference` only where nothing else names it."""

    name: str | None = None
    npi: str | None = None
    tax_id: str | None = None
    naic: str | None = None
    payer_id: str | None = None
    reference: str | None = None


def names_of(resource: dict[str, Any], url: Any = None) -> list[str]:
    """The references by which a resource may be named: Type/id, and its full URL in a Bundle."""
    kind, own = text(resource.get("resourceType")), text(resource.get("id"))
    return [name for name in (f"{kind}/{own}" if own else None, text(url)) if name]


def resolved(reference: dict[str, Any], eob: dict[str, Any], known: Resources) -> dict[str, Any]:
    """The resource that a Reference names, empty where it is not in the file."""
    name = text(reference.get("reference")) or ""
    if name.startswith("#"):
        return next((one for one in parts(eob, "contained") if text(one.get("id")) == name[1:]), {})
    short = "/".join(name.split("/_history/")[0].split("/")[-2:])
    return known.get(name) or known.get(short) or {}


def party(reference: dict[str, Any], eob: dict[str, Any], known: Resources) -> Party:
    """Who a Reference names: by its resource, its identifier and its display."""
    resource = resolved(reference, eob, known)
    found = {name: _identifier([*parts(resource, "identifier"), part(reference, "identifier")], *how) for name, how in HOW.items()}
    plain = text(part(reference, "identifier").get("value"))
    name = text(resource.get("name")) or text(reference.get("display"))
    if not any((name, *found.values(), plain)):
        return Party(reference=text(reference.get("reference")))
    payer_id = found["payer_id"] or (plain if plain not in found.values() else None)
    return Party(name, found["npi"], found["tax_id"], found["naic"], payer_id)


def person(eob: dict[str, Any], known: Resources) -> tuple[str | None, str | None, str | None]:
    """(member id, last name, first name); the member id is the coverage's, else the patient's, else the patient's reference."""
    reference = part(eob, "patient")
    patient = resolved(reference, eob, known)
    name = next(iter(parts(patient, "name")), {})
    given = name.get("given")
    first = text(given[0]) if isinstance(given, list) and given else None
    cover = resolved(part(focal(eob), "coverage"), eob, known)
    ids = [*parts(cover, "identifier"), *parts(patient, "identifier"), part(reference, "identifier")]
    member = text(cover.get("subscriberId")) or _identifier(ids, "", MEMBER_TYPES)
    plain = next((value for value in map(text, (one.get("value") for one in ids)) if value), None)
    return member or plain or _own_name(reference, part(eob, "insurer")), text(name.get("family")), first


def _own_name(patient: dict[str, Any], insurer: dict[str, Any]) -> str | None:
    """The reference to a patient who is not in the file; one that holds on a single server only, with its insurer."""
    name = text(patient.get("reference"))
    if name is None or ":" in name:
        return name
    payer = text(insurer.get("display")) or text(part(insurer, "identifier").get("value")) or text(insurer.get("reference"))
    return f"{payer or ''} {name}".strip()


def focal(eob: dict[str, Any]) -> dict[str, Any]:
    """The insurance that this resource explains: the focal one, else the first."""
    every = parts(eob, "insurance")
    return next((one for one in every if one.get("focal") is True), every[0] if every else {})


def _identifier(identifiers: list[dict[str, Any]], system: str, types: tuple[str, ...]) -> str | None:
    """The first identifier of a system or of a type."""
    for one in identifiers:
        kinds = [code.lower() for _, code in codings(one.get("type"))]
        if (system and text(one.get("system")) == system) or any(kind in types for kind in kinds):
            return text(one.get("value"))
    return None


HOW: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "npi": (NPI, NPI_TYPES),
    "tax_id": (TAX_ID, TAX_TYPES),
    "naic": (NAIC, ("naiccode",)),
    "payer_id": ("", PAYER_ID_TYPES),
}
