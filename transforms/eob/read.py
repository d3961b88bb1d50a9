"""One export to the remittance tables of the 835."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from transforms.eob import faults
from transforms.eob.amounts import adjustments_of, per_adjustment, with_parts
from transforms.eob.header import Header, find_header, nearest
from transforms.eob.keys import with_keys
from transforms.eob.rows import line_rows
from transforms.eob.sheet import ROW
from transforms.eob.tables import tables_of
from transforms.eob.totals import totals_warnings
from transforms.eob.typed import FAULT_CODE, typed_rows
from transforms.tables.layouts import ExportRules
from transforms.tables.remittances import Remittances
from transforms.x12 import gather

Sheet = tuple[pl.DataFrame, Header]


def read(sheet: pl.DataFrame, rules: ExportRules, file_id: str, source_file: str) -> Remittances:
    """The remittance tables of one sheet: `row` and text columns, as sheet_of gives them.

    Lines stand at their row (1-based, header included); a claim is a claim number, else patient, account and day, within one
    check; a payment is a check. Nothing raises on content: a sheet of no layout, or without a required column, is one fault;
    a row that cannot be read or does not add up is a fault of its own, and its claim is set aside whole.
    """
    return read_book([sheet], rules, file_id, source_file)


def read_book(sheets: Sequence[pl.DataFrame], rules: ExportRules, file_id: str, source_file: str) -> Remittances:
    """The same of every sheet of a workbook that fits a layout; the rows of those sheets are counted through.

    Sheets of one layout and the same columns are read as one, since a check may go on from one to the next. Beside a sheet that
    can be read, one that cannot is a warning.
    """
    found = [(sheet, find_header(sheet, rules.layouts)) for sheet in sheets]
    fitting = [(sheet, header) for sheet, header in found if header]
    whole = _counted_through([(sheet, header) for sheet, header in fitting if not header.missing])
    if not fitting:
        return _nothing_but(faults.no_layout(file_id, source_file, nearest(sheets[0], rules.layouts)))
    if not whole:
        return _nothing_but(faults.missing_columns(file_id, source_file, fitting[0][1]))
    alike: dict[tuple, list[Sheet]] = {}
    for sheet, header in whole:
        alike.setdefault((header.layout.name, tuple(sorted(header.called.items()))), []).append((sheet, header))
    parts = [_read_alike(group, rules, file_id, source_file) for group in alike.values()]
    told = [part for part in parts if part.service_lines.height or "no_lines" not in part.faults.get_column("reason_code")]
    left_out = [sheet for sheet, header in found if not header or header.missing]
    read = gather(told or parts[:1])
    return replace(read, warnings=pl.concat([read.warnings, faults.left_out(left_out, file_id, source_file)]))


def _counted_through(sheets: list[Sheet]) -> list[Sheet]:
    """The sheets with the rows of each numbered on from the one before."""
    numbered: list[Sheet] = []
    above = 0
    for sheet, header in sheets:
        numbered.append((sheet.with_columns(pl.col(ROW) + above), replace(header, row=header.row + above)) if above else (sheet, header))
        above += int(sheet.get_column(ROW)[-1])
    return numbered


def _read_alike(sheets: list[Sheet], rules: ExportRules, file_id: str, source_file: str) -> Remittances:
    """The tables of sheets whose header says the same."""
    header = sheets[0][1]
    found = [line_rows(sheet, own) for sheet, own in sheets]
    rows = found[0].lines if len(found) == 1 else pl.concat([one.lines for one in found])
    warnings = faults.warnings_of(header, file_id, source_file)
    if rows.is_empty():
        return replace(_nothing_but(faults.no_lines(file_id, source_file, header)), warnings=warnings)
    lines, adjustments = _lines(rows, header, rules.remark_text_patterns)
    warnings = pl.concat([warnings, totals_warnings(lines, found, header, file_id, source_file)])
    found_faults = faults.row_faults(lines, header, file_id, source_file)
    if found_faults.height:
        gone = lines.filter(pl.col(FAULT_CODE).is_not_null()).select("claim_row").unique()
        lines = lines.join(gone, on="claim_row", how="anti", maintain_order="left")
    if adjustments is None:
        adjustments = adjustments_of(lines, header.layout)
    elif found_faults.height:
        adjustments = adjustments.join(lines.select("row"), on="row", how="semi", maintain_order="left")
    return replace(tables_of(lines, adjustments, header, file_id, source_file), faults=found_faults, warnings=warnings)


def _lines(rows: pl.DataFrame, header: Header, patterns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Lines with amounts in cents, claim_row, payment_row and remarks; and their adjustments where rows of their own state them."""
    typed = typed_rows(rows, header)
    if header.layout.per == "adjustment":
        lines, adjustments = per_adjustment(typed)
        return with_keys(lines, patterns), adjustments
    return with_keys(with_parts(typed, header.layout), patterns), None


def _nothing_but(fault: pl.DataFrame) -> Remittances:
    return replace(Remittances.empty(), faults=fault)
