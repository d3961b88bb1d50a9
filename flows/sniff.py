"""What a file is, by its content, whatever its name says."""

from __future__ import annotations

import re
from itertools import pairwise

from flows import unpack
from flows.unpack import Buffer
from transforms.x12 import looks_like_835

HEAD_BYTES = 8_192
TABLE_WITHIN = 40  # lines in which a table must have begun
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
    """Text with two lines in a row that have the same separator, at least twice each; a title may stand above them."""
    form = next((form for form in ("utf-16-le", "utf-16-be") if _is_utf16(head, form)), None)
    if b"\0" in head and form is None:
        return False
    lines = [line for line in head.decode(form or "latin-1", "replace").splitlines()[:TABLE_WITHIN] if line.strip()]
    pairs = list(pairwise(lines))
    return any(one.count(mark) >= 2 and other.count(mark) >= 2 for mark in ",\t;|" for one, other in pairs)


def _is_utf16(head: bytes, form: str) -> bool:
    """By its mark, or because every other byte of plain text is zero."""
    mark, zeros = (b"\xff\xfe", head[1:512:2]) if form == "utf-16-le" else (b"\xfe\xff", head[0:512:2])
    return head.startswith(mark) or (len(zeros) > 0 and zeros.count(0) * 2 > len(zeros))
