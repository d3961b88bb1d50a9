"""What a file is, by its content, whatever its name says."""

from __future__ import annotations

import re

from flows import unpack
from flows.unpack import Buffer
from transforms.x12 import looks_like_835

HEAD_BYTES = 8_192
BEFORE_TEXT = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"  # byte order marks, blanks, and the zeros of UTF-16
# JSON that says what resource it is, in UTF-8 or UTF-16: the FHIR reader takes it or says why not.
RESOURCE = re.compile(b"|".join('"resourceType"'.encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be")))


def kind_of(data: Buffer) -> str:
    """835, csv, xlsx, fhir or unknown."""
    head = bytes(data[:HEAD_BYTES])
    if looks_like_835(head):
        return "835"
    if unpack.is_zip(head):
        return "xlsx" if unpack.is_workbook(data) else "unknown"
    if head.lstrip(BEFORE_TEXT).startswith((b"{", b"[")):
        return "fhir" if RESOURCE.search(data) else "unknown"
    return "csv" if _is_table(head) else "unknown"


def _is_table(head: bytes) -> bool:
    """Text whose first lines have the same separator, at least twice each."""
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1", "replace")
    lines = [line for line in text.splitlines()[:5] if line.strip()]
    return any(len(lines) >= 2 and all(line.count(mark) >= 2 for line in lines[:2]) for mark in ",\t;|")
