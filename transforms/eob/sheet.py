"""CSV and TSV bytes to a sheet of text cells: encoding, line ends and separator by content."""

from __future__ import annotations

import codecs
import re

import polars as pl

ROW = "row"
HEAD_CHARS = 65_536
HEAD_LINES = 60
NO_BREAK = ("\u00a0", "\u2007", "\u202f")
SEPARATORS = (",", "\t", ";", "|")
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class UnreadableSheet(ValueError):
    """The file is no table; the text says why in plain words."""


def sheet_of(data: bytes) -> pl.DataFrame:
    """One row per record: `row` (1-based, header and blank rows counted) and c0, c1, ... as text; null for an empty cell.

    The last column is one more than the widest of the first records, so that a record with too many cells shows.
    Raises UnreadableSheet.
    """
    text = utf8_of(data)
    separator = separator_of(text[:HEAD_CHARS].decode("utf-8", "ignore"))
    width = _width(text[: HEAD_CHARS * 4].decode("utf-8", "ignore"), separator)
    schema = {f"c{place}": pl.String for place in range(width + 1)}
    try:
        return _cells(text, separator, schema)
    except pl.exceptions.ComputeError:
        # Polars' own text may quote a row.
        raise UnreadableSheet("its quotation marks do not pair, so its rows cannot be told apart") from None


def _cells(text: bytes, separator: str, schema: dict[str, type[pl.String]]) -> pl.DataFrame:
    return pl.read_csv(
        text, has_header=False, schema=schema, separator=separator, missing_columns="insert", extra_columns="ignore",
        row_index_name=ROW, row_index_offset=1, raise_if_empty=False,
    ).with_columns(pl.col(ROW).cast(pl.Int64))  # fmt: skip


def utf8_of(data: bytes) -> bytes:
    """The same text as UTF-8 with \\n line ends. UTF-16 with or without a mark, UTF-8, else Windows-1252."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            body = data[len(mark) :]
            return _plain(body if encoding == "utf-8" and _is_utf8(body) else _recoded(body, encoding))
    head = data[:512]
    if head[1::2].count(0) * 2 > len(head) // 2:
        return _plain(_recoded(data, "utf-16-le"))
    if head[0::2].count(0) * 2 > len(head) // 2:
        return _plain(_recoded(data, "utf-16-be"))
    return _plain(data if _is_utf8(data) else _recoded(data, "cp1252"))


def _recoded(data: bytes, encoding: str) -> bytes:
    return data.decode(encoding, "replace").encode()


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _plain(data: bytes) -> bytes:
    """Line ends as \\n, and no-break blanks as plain ones."""
    if not data.isascii():
        for blank in NO_BREAK:
            data = data.replace(blank.encode(), b" ")
    return _newlines(data)


def _newlines(data: bytes) -> bytes:
    if b"\r" not in data:
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def separator_of(head: str) -> str:
    """The separator of most cells over the first lines; quoted text does not count. A comma where there is none."""
    plain = re.sub(r'"(?:[^"]|"")*"', "", head)
    lines = [line for line in plain.split("\n")[:HEAD_LINES] if line.strip()]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: counts[mark])


def _width(head: str, separator: str) -> int:
    """Cells of the widest of the first records."""
    plain = re.sub(r'"(?:[^"]|"")*"', "", head)
    return 1 + max((line.count(separator) for line in plain.split("\n")[:HEAD_LINES]), default=0)
