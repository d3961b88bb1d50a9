"""Which bytes separate the elements, components and segments of an interchange: as its own ISA declares, or as seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
NEWLINES = b"\r\n"
ISA_LENGTH = 106
HEAD_BYTES = 4000  # an envelope shows its delimiters within these

_ENVELOPE = re.compile(rb"(?:ISA|GS|ST)([^A-Za-z0-9\s\x80-\xff])")
_INTERCHANGE = re.compile(rb"ISA([^A-Za-z0-9\s\x80-\xff])")
_BARE_START = re.compile(rb"(?:GS[^A-Za-z0-9\s\x80-\xff]|ST([^A-Za-z0-9\s\x80-\xff])835(?:\1|\W))")


@dataclass(frozen=True)
class Delimiters:
    """The three separators as byte values. `is_declared` is false where no ISA was there to declare them.

    `is_regular` is false where the ISA is not 106 characters long or does not say what follows it.
    """

    element: int
    component: int
    terminator: int
    is_declared: bool = True
    is_regular: bool = True

    @property
    def bytes(self) -> tuple[int, int, int]:
        return self.element, self.component, self.terminator


def looks_like_835(head: bytes) -> bool:
    """Whether the first bytes of a file are X12: an ISA, or a bare GS or ST*835, after a byte order mark and blanks."""
    start = content_start(head)
    return bool(_INTERCHANGE.match(head, start) or _BARE_START.match(head, start))


def content_start(data: bytes) -> int:
    """Where the first segment starts: after a byte order mark and blanks."""
    start = len(BOM) if data.startswith(BOM) else 0
    while start < len(data) and data[start] in b" \t\r\n\x0b\x0c\x00":
        start += 1
    return start


def infer(data: bytes, at: int) -> Delimiters | None:
    """The delimiters of the envelope that starts at `at`; None where it cannot be made out."""
    head = data[at : at + HEAD_BYTES]
    match = _ENVELOPE.match(head)
    if match is None:
        return None
    element = match.group(1)[0]
    found = _of_isa(head, element) if head.startswith(b"ISA") else _of_bare(head, element)
    return found if found is not None and _is_usable(found) else None


def _of_isa(head: bytes, element: int) -> Delimiters | None:
    """Element 16 is the component separator and the byte after it ends the segment, wherever padding put them."""
    sixteenth = _nth(head, element, 16)
    if 0 <= sixteenth < len(head) - 2:
        component, terminator = head[sixteenth + 1], head[sixteenth + 2]
        rest = head[sixteenth + 3 :].lstrip()
        is_followed = not rest or _ENVELOPE.match(rest) or rest.startswith((b"TA1", b"IEA"))
        is_habit = terminator in NEWLINES and _line_ends_with(head, sixteenth + 3, component)
        if is_followed and _is_delimiter(terminator, element) and not is_habit:
            regular = sixteenth == ISA_LENGTH - 3
            return Delimiters(element, _component_or(component, element, terminator), terminator, True, regular)
    return _of_group_after(head, element)


def _of_group_after(head: bytes, element: int) -> Delimiters | None:
    """An ISA that is cut short or lies: its terminator is what stands before the GS segment."""
    found = _terminator_before(head, (b"GS",), element)
    if found is None:
        return None
    at, terminator = found
    declared = head[at - 1] if at >= 2 and head[at - 2] == element and terminator not in NEWLINES else 0
    return Delimiters(element, _component_or(declared, element, terminator), terminator, True, False)


def _of_bare(head: bytes, element: int) -> Delimiters | None:
    """No ISA: the terminator is what stands before the first segment that must follow GS or ST; else a tilde or newline."""
    found = _terminator_before(head, (b"GS", b"ST") if head.startswith(b"GS") else (b"BPR", b"SE"), element)
    terminator = found[1] if found else ord("\n") if b"\n" in head and b"~" not in head else ord("~")
    return Delimiters(element, _component_or(0, element, terminator), terminator, False, False)


def _terminator_before(head: bytes, tags: tuple[bytes, ...], element: int) -> tuple[int, int] | None:
    """Position and value of the byte that ends the segment before the first of the tags, after the first segment's own."""
    mark = bytes([element])
    for match in re.finditer(b"|".join(re.escape(tag + mark) for tag in tags), head):
        before = head[: match.start()].rstrip()
        gap = head[len(before) : match.start()]
        if before and _is_delimiter(before[-1], element):
            return len(before) - 1, before[-1]
        if before and any(byte in gap for byte in NEWLINES):
            return next((len(before) + at, gap[at]) for at in range(len(gap) - 1, -1, -1) if gap[at] in NEWLINES)
    return None


def next_interchange(data: bytes, end: int, delimiters: Delimiters, begin: int, behind: bytes) -> tuple[int, Delimiters] | None:
    """The next ISA between `begin` and `end` from which other delimiters hold, or which a segment without terminator precedes.

    An ISA counts at the start of a segment, or of a line. One whose delimiters cannot be made out changes nothing. `behind`
    is what stands before the data: the last byte that is no blank, and the blanks after it.
    """
    at = data.find(b"ISA", begin, end)
    while at >= 0:
        if _INTERCHANGE.match(data, at):
            gap_start = at
            while gap_start and data[gap_start - 1] in b" \t\r\n":
                gap_start -= 1
            before, gap = (data[gap_start - 1 : gap_start], b"") if gap_start else (behind[:1], behind[1:])
            gap += data[gap_start:at]
            is_terminated = delimiters.terminator in gap or before == bytes([delimiters.terminator])
            if is_terminated or any(byte in gap for byte in NEWLINES):
                other = delimiters if _is_same(data, at, delimiters) else infer(data, at)
                if other is not None and (other != delimiters or not is_terminated):
                    return at, other
        at = data.find(b"ISA", at + 3, end)
    return None


def _is_same(data: bytes, at: int, delimiters: Delimiters) -> bool:
    """Whether a regular ISA declares these delimiters; a quick look that spares files of many interchanges."""
    isa = data[at : at + ISA_LENGTH]
    mark = bytes([delimiters.element])
    return (
        delimiters.is_regular
        and delimiters.terminator not in NEWLINES
        and isa[3:4] == mark
        and isa[103:] == bytes(delimiters.bytes)
        and isa.count(mark) == 16
        and data[at + ISA_LENGTH : at + ISA_LENGTH + 20].lstrip().startswith(b"GS" + mark)
    )


def _nth(head: bytes, byte: int, n: int) -> int:
    """Position of the n-th occurrence of a byte, or -1."""
    at = -1
    for _ in range(n):
        at = head.find(byte, at + 1)
        if at < 0:
            return -1
    return at


def _line_ends_with(head: bytes, at: int, byte: int) -> bool:
    """Whether the line at `at` ends in `byte`: then that byte is the terminator, and the newline a habit."""
    line = head[at:].lstrip(NEWLINES).splitlines()[:1]
    return bool(line) and line[0].rstrip().endswith(bytes([byte]))


def _is_delimiter(byte: int, element: int) -> bool:
    return byte < 0x80 and byte != element and byte not in b" \t" and not bytes([byte]).isalnum()


def _component_or(byte: int, element: int, terminator: int) -> int:
    """The declared component separator, or a colon (else `>`) where none is declared."""
    if byte and _is_delimiter(byte, element) and byte != terminator and byte not in NEWLINES:
        return byte
    return next(other for other in b":>|" if other not in (element, terminator))


def _is_usable(found: Delimiters) -> bool:
    return _is_delimiter(found.terminator, found.element) and _is_delimiter(found.component, found.element)
