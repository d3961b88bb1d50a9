"""CSV, TSV and XLSX exports to remittance tables. A workbook is looked through before anything unpacks it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl

from config.load import ConfigError, load_settings
from flows.errors import BadUsage
from flows.inbox import let_go
from flows.sniff import kind_of
from flows.unpack import Buffer, Unusable
from transforms import eob
from transforms.eob.sheet import NO_BREAK, ROW, UnreadableSheet
from transforms.setting_aside import file_fault
from transforms.tables.layouts import ExportRules
from transforms.tables.policy import Settings
from transforms.tables.remittances import Blob, Remittances

TEXT_BYTES = 2_000_000_000  # a larger CSV is no export of one practice
UNPACKED_BYTES = 600_000_000  # a million rows of twenty columns are about 500 MB of XML
RATIO, RATIO_FROM_BYTES = 400, 20_000_000  # sheets of equal rows pack a hundredfold
PART_COUNT = 5_000
FIRST_ROW = re.compile(rb'<row r="(\d+)"[^>]*>(?:<c [^>]*/>)*<c [^>]*>')
NO_BREAK_BLANK = f"[{''.join(NO_BREAK)}]"
RESAVE = "Open it in a spreadsheet program, save it anew as XLSX or CSV, without a password, and put it into the inbox."


def rules_of(settings: Settings) -> ExportRules:
    """The layouts in force, and the payer remark texts that speak of an alternate benefit."""
    return ExportRules(settings.layouts, settings.policy.remark_text_patterns)


def rules_in(config: Path | None) -> ExportRules:
    """As a configuration folder has it, over the shipped one. Raises BadUsage."""
    try:
        return rules_of(load_settings(config))
    except ConfigError as why:
        raise BadUsage(str(why)) from None


@cache
def shipped_rules() -> ExportRules:
    """As the shipped configuration has it."""
    return rules_of(load_settings())


def read_exports(blobs: Iterable[Blob], rules: ExportRules) -> Iterator[Remittances]:
    """The remittances of each export, one at a time; the pages of a mapped file go back once it is read."""
    for blob in blobs:
        yield read_export(blob, rules)
        let_go(blob.data)


def read_export(blob: Blob, rules: ExportRules) -> Remittances:
    """The remittances of one export; a file that cannot be opened is one fault."""
    try:
        sheets = sheets_of(blob.data)
    except Unusable as why:
        return replace(Remittances.empty(), faults=file_fault(blob.file_id, blob.source_file, "unusable_export", str(why), RESAVE))
    return eob.read_book(sheets, rules, blob.file_id, blob.source_file)


def sheets_of(data: Buffer) -> list[pl.DataFrame]:
    """Every sheet that holds anything: `row` as a spreadsheet counts it, and text columns. A CSV is one sheet.

    Raises Unusable for a workbook that is damaged, locked, or unpacks to more than any export would.
    """
    if kind_of(data) == "xlsx":
        return _workbook(bytes(data))
    if len(data) > TEXT_BYTES:
        raise Unusable("the file is larger than any export would be")
    try:
        return [eob.sheet_of(bytes(data))]
    except UnreadableSheet as why:
        raise Unusable(str(why)) from None


def _workbook(data: bytes) -> list[pl.DataFrame]:
    import fastexcel

    first_rows = _looked_through(data)
    try:
        book = fastexcel.read_excel(data)
        sheets = [book.load_sheet(name, header_row=None, dtypes="string").to_polars() for name in book.sheet_names]
    except fastexcel.FastExcelError:
        raise Unusable("the workbook is damaged or locked with a password") from None
    found = [_numbered(sheet, first_rows.get(place, 1)) for place, sheet in enumerate(sheets, start=1) if sheet.height]
    if not found:
        raise Unusable("the workbook holds no rows")
    return found


def _numbered(sheet: pl.DataFrame, first_row: int) -> pl.DataFrame:
    """Columns c0, c1, ... beside `row`; the reader leaves out blank rows at the top, so counting begins at the first used one."""
    named = sheet.rename({name: f"c{place}" for place, name in enumerate(sheet.columns)})
    blank = pl.col(pl.String).str.replace_all(NO_BREAK_BLANK, " ").replace({"": None})
    return named.with_columns(blank).with_row_index(ROW, offset=first_row).with_columns(pl.col(ROW).cast(pl.Int64))


def _looked_through(data: bytes) -> dict[int, int]:
    """Unpack every part once, counting; refuse entities. Returns the first row used of each sheet, by the sheet's number."""
    total, first_rows = 0, {}
    limit = min(UNPACKED_BYTES, max(RATIO_FROM_BYTES, len(data) * RATIO))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
            if len(parts) > PART_COUNT:
                raise Unusable("the workbook holds too many parts")
            for part in parts:
                head, size = _measured(book, part, limit - total)
                total += size
                number = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", part.filename)
                used = FIRST_ROW.search(head) if number else None
                if number and used:
                    first_rows[int(number.group(1))] = int(used.group(1))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise Unusable("the workbook is damaged or locked with a password") from None
    return first_rows


def _measured(book: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> tuple[bytes, int]:
    """The beginning of a part and its true size, whatever it says of itself."""
    head, size = b"", 0
    with book.open(part) as stream:
        while piece := stream.read(1 << 20):
            head = head or piece
            size += len(piece)
            if size > room:
                raise Unusable("the workbook unpacks to far more than an export would")
            if b"<!ENTITY" in piece or b"<!DOCTYPE" in piece:
                raise Unusable("the workbook declares XML entities, as no spreadsheet program does")
    return head, size
