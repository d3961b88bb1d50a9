"""JSON that is exact and safe to read: numbers stay text, nothing is guessed, whatever cannot be read has a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

LARGEST_DOCUMENT_BYTES = 100_000_000  # a document is held whole, in ten times its size; NDJSON is read a line at a time
BOM = b"\xef\xbb\xbf"
HEAD_BYTES = 4  # what tells UTF-16 and UTF-32 from UTF-8
LINE = re.compile(rb"[^\r\n]+")


class UnreadableJson(ValueError):
    """`args[0]` is the reason code of the fault."""


def documents(data: bytes | memoryview) -> Iterator[tuple[int | None, Any]]:
    """(line, value) of each JSON document: one with line None, or one a line of NDJSON, counted from 1 without blank lines.

    Numbers are text. In the place of a value that cannot be read there is UnreadableJson; nothing is raised. Source: RFC
    8259; a name that occurs twice in an object is refused, since readers differ in which of the two they take.
    """
    try:
        plain = _as_utf8(data)
    except ValueError:
        yield None, UnreadableJson("not_utf8")
        return
    if _is_a_line_each(plain):
        filled = (line for line in _lines(plain) if line.strip())
        yield from ((number, value_of(line)) for number, line in enumerate(filled, 1))
    elif len(plain) > LARGEST_DOCUMENT_BYTES:
        yield None, UnreadableJson("document_too_large")
    else:
        yield None, value_of(bytes(plain))


def value_of(text: bytes) -> Any:
    """The value of one document, or UnreadableJson."""
    try:
        return DECODER.decode(text.decode("utf-8"))
    except UnreadableJson as unreadable:
        return unreadable
    except UnicodeDecodeError:
        return UnreadableJson("not_utf8")
    except RecursionError:
        return UnreadableJson("too_deep")
    except ValueError:
        return UnreadableJson("not_json")


def _as_utf8(data: bytes | memoryview) -> bytes | memoryview:
    """The same text without a byte order mark; UTF-16 and UTF-32 are recoded. ValueError where that fails."""
    head = bytes(data[:HEAD_BYTES])
    if head.startswith(BOM):
        return data[len(BOM) :]
    encoding = json.detect_encoding(head) if len(head) == HEAD_BYTES else "utf-8"
    return data if encoding == "utf-8" else bytes(data).decode(encoding).lstrip("\ufeff").encode("utf-8")


def _is_a_line_each(data: bytes | memoryview) -> bool:
    """Several lines, the first of which is an object of its own, or is spoilt but was meant to be."""
    lines = (line for line in _lines(data) if line.strip())
    first, second = next(lines, b"").strip(), next(lines, b"").strip()
    if not second:
        return False
    if not isinstance(value_of(first), UnreadableJson):
        return True
    return first.endswith(b"}") and second.startswith(b"{")


def _lines(data: bytes | memoryview) -> Iterator[bytes]:
    return (match.group() if isinstance(data, bytes) else bytes(match.group()) for match in LINE.finditer(data))


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableJson("name_twice")
    return found


def _no_constant(_: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise UnreadableJson("not_json")


DECODER = json.JSONDecoder(object_pairs_hook=_each_name_once, parse_float=str, parse_int=str, parse_constant=_no_constant)
