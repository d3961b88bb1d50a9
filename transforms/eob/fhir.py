"""FHIR R4 ExplanationOfBenefit resources (CARIN Blue Button and general) to remittance tables.

A file is one resource, a Bundle, or NDJSON with a resource or a Bundle a line. Resources are counted from 1 in a file
(in NDJSON without Bundles that is the line), items are counted over the file. There is no code that an item was paid as:
paid_code is the submitted code unless the payer put another beside it (addItem).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from transforms.eob.fhir_claim import EOB, Refused, fault_of, read_claim
from transforms.eob.fhir_faults import RESOURCE_NAMES, Fault
from transforms.eob.fhir_json import UnreadableJson, documents
from transforms.eob.fhir_parties import CONTEXT, names_of
from transforms.eob.fhir_rows import Rows, add_claim, add_fault, add_warning, tables
from transforms.eob.fhir_values import UnreadableAmount, part, parts, text
from transforms.tables.remittances import Blob, Remittances
from transforms.x12.gather import gather

CLAIMS_A_PART = 5_000  # rows are held as Python objects until then


def read(blobs: Iterable[Blob]) -> Remittances:
    """All rows of these files, in file order and in the order of resources. Never raises on content; see `faults`."""
    return gather([Remittances.empty(), *read_in_parts(blobs)])


def read_in_parts(blobs: Iterable[Blob]) -> Iterator[Remittances]:
    """The same, some thousand claims at a time, so that memory stays flat; small files share a part."""
    rows = Rows()
    for blob in blobs:
        line_count, is_eob_seen = 0, False
        others: dict[str, int] = {}  # kinds of other resources, each with where it first stood
        for position, resource, known in _resources(blob):
            kind = _kind(resource)
            if isinstance(resource, UnreadableJson):
                add_fault(rows, blob, _unreadable(resource, position))
                is_eob_seen = True
            elif kind == EOB:
                line_count += _take(rows, blob, resource, known, position or 1, line_count + 1)
                is_eob_seen = True
            else:
                others.setdefault(kind, position or 1)
            if len(rows.claims) >= CLAIMS_A_PART:
                yield tables(rows)
                rows = Rows()
        _say_what_else(rows, blob, others, is_eob_seen)
    yield tables(rows)


def _say_what_else(rows: Rows, blob: Blob, others: dict[str, int], is_eob_seen: bool) -> None:
    """A file without any ExplanationOfBenefit is at fault; what claims beside one are left out is a warning."""
    left_out = [position for kind, position in others.items() if kind not in CONTEXT]
    if not is_eob_seen:
        add_fault(rows, blob, Fault("file", None, None, "no_eob", f"the file holds {', '.join(sorted(others)) or 'none'}"))
    elif left_out:
        add_warning(rows, blob, "other_resources", min(left_out))


def _take(rows: Rows, blob: Blob, eob: dict[str, Any], known: dict[str, dict[str, Any]], position: int, first_line: int) -> int:
    """One resource into the rows or the faults; the number of its items."""
    try:
        claim = read_claim(eob)
    except Refused as refused:
        add_fault(rows, blob, fault_of(eob, position, refused.args[0], refused.args[1]))
    except UnreadableAmount as unreadable:
        add_fault(rows, blob, fault_of(eob, position, unreadable.args[0], ""))
    else:
        add_claim(rows, blob, eob, claim, known, position, first_line)
    return len(parts(eob, "item"))


def _resources(blob: Blob) -> Iterator[tuple[int | None, Any, dict[str, dict[str, Any]]]]:
    """(position, resource or UnreadableJson, the resources that it may refer to), Bundles taken apart."""
    position = 0
    known: dict[str, dict[str, Any]] = {}
    for line, value in documents(blob.data):
        members = [(one, None) for one in value] if isinstance(value, list) else [(value, None)]
        if _kind(value) == "Bundle":
            entries = parts(value, "entry")
            members = [(part(entry, "resource"), entry.get("fullUrl")) for entry in entries]
        for resource, url in members:
            if _kind(resource) in CONTEXT:
                known.update((name, resource) for name in names_of(resource, url))
        for resource, _ in members:
            position += 1
            yield (None if line is None and isinstance(value, UnreadableJson) else position), resource, known


def _kind(resource: Any) -> str:
    """The resource's type; only names of FHIR are said."""
    kind = text(resource.get("resourceType")) if isinstance(resource, dict) else None
    return kind if kind in RESOURCE_NAMES else "another resource"


def _unreadable(found: UnreadableJson, position: int | None) -> Fault:
    """A file, or a line of NDJSON, that is no JSON."""
    return Fault("row" if position else "file", position, "line" if position else None, found.args[0])
