"""One export to the remittance tables of the 835."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from transforms.eob import faults
from transforms.eob.amounts import adjustments_of, per_adjustment, with_parts
from transforms.eob.header import Header, find_header
from transforms.eob.keys import with_keys
from transforms.eob.rows import line_rows
from transforms.eob.tables import tables_of
from transforms.eob.typed import FAULT_CODE, typed_rows
from transforms.tables.layouts import ExportRules
from transforms.tables.remittances import Remittances


def read(sheet: pl.DataFrame, rules: ExportRules, file_id: str, source_file: str) -> Remittances:
    """The remittance tables of one sheet: `row` and text columns, as sheet_of gives them.

    Lines stand at their row (1-based, header included); a claim is a claim number, else patient, account and day, within one
    check; a payment is a check. Nothing raises on content: a sheet of no layout, or without a required column, is one fault;
    a row that cannot be read or does not add up is a fault of its own, and its claim is set aside whole.
    """
    header = find_header(sheet, rules.layouts)
    if header is None:
        return _nothing_but(faults.no_layout(file_id, source_file))
    if header.missing:
        return _nothing_but(faults.missing_columns(file_id, source_file, header))
    rows = line_rows(sheet, header)
    warnings = faults.warnings_of(header, file_id, source_file)
    if rows.is_empty():
        return replace(_nothing_but(faults.no_lines(file_id, source_file, header)), warnings=warnings)
    lines, adjustments = _lines(rows, header, rules.remark_text_patterns)
    found = faults.row_faults(lines, header, file_id, source_file)
    if found.height:
        gone = lines.filter(pl.col(FAULT_CODE).is_not_null()).select("claim_row").unique()
        lines = lines.join(gone, on="claim_row", how="anti", maintain_order="left")
    if adjustments is None:
        adjustments = adjustments_of(lines, header.layout)
    elif found.height:
        adjustments = adjustments.join(lines.select("row"), on="row", how="semi", maintain_order="left")
    return replace(tables_of(lines, adjustments, header, file_id, source_file), faults=found, warnings=warnings)


def _lines(rows: pl.DataFrame, header: Header, patterns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Lines with amounts in cents, claim_row, payment_row and remarks; and their adjustments where rows of their own state them."""
    typed = typed_rows(rows, header)
    if header.layout.per == "adjustment":
        lines, adjustments = per_adjustment(typed)
        return with_keys(lines, patterns), adjustments
    return with_keys(with_parts(typed, header.layout), patterns), None


def _nothing_but(fault: pl.DataFrame) -> Remittances:
    return replace(Remittances.empty(), faults=fault)
