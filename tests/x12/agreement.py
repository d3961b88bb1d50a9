"""Both readers on the same bytes, as rows that can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from tests.oracle import row_reader
from transforms import x12
from transforms.tables.remittances import Blob, Remittances

Row = dict[str, Any]
KEYS = {
    "payments": ("payment_segment",),
    "claims": ("claim_segment",),
    "service_lines": ("line_segment",),
    "adjustments": ("adjustment_segment", "position"),
    "provider_adjustments": ("adjustment_segment", "position"),
    "faults": ("segment", "scope", "reason_code"),
    "warnings": ("reason_code",),
}
SAID_IN_WORDS = ("reason", "next_step")  # the oracle knows codes, not sentences


def blob(data: bytes, source_file: str = "a.835") -> Blob:
    return Blob(hashlib.sha256(data + source_file.encode()).hexdigest(), source_file, data)


def rows(remittances: Remittances) -> dict[str, list[Row]]:
    """Every table as dicts, in a set order, without the sentences."""
    return {name: in_order(name, getattr(remittances, name).to_dicts()) for name in KEYS}


def oracle_rows(blobs: Iterable[Blob]) -> dict[str, list[Row]]:
    tables = row_reader.read([(blob.file_id, blob.source_file, bytes(blob.data)) for blob in blobs])
    return {name: in_order(name, tables[name]) for name in KEYS}


def in_order(name: str, found: Sequence[Row]) -> list[Row]:
    plain = [{key: value for key, value in sorted(row.items()) if key not in SAID_IN_WORDS} for row in found]
    return sorted(plain, key=lambda row: (row["file_id"], *(str(row[key] or "").rjust(12) for key in KEYS[name])))


def assert_agree(blobs: Sequence[Blob]) -> dict[str, list[Row]]:
    """Both readers say the same, table by table; returns what they say."""
    ours, theirs = rows(x12.read(blobs)), oracle_rows(blobs)
    for name in KEYS:
        assert ours[name] == theirs[name], name
    return ours
