"""What of an export cannot be used, in plain words: rows and column names, never a cell."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.eob.header import Header, Near
from transforms.eob.sheet import ROW
from transforms.eob.typed import FAULT_CODE, FAULT_FIELD
from transforms.tables.contract import MONEY
from transforms.tables.quarantine import FAULTS, WARNINGS

REPROCESS = "Correct the file and run: altbenefit audit --reprocess "
WORDS = {
    "not_an_amount": "is not an amount",
    "not_a_date": "is not a date",
    "missing": "is empty",
}
SHOWN_COLUMNS = 40
SUMMED = (
    "charge",
    "paid",
    "patient",
    "deductible",
    "coinsurance",
    "copay",
    "writeoff",
    "other_insurance",
    "not_covered",
    "adjustment_amount",
)


def no_layout(file_id: str, source_file: str, near: Near | None) -> pl.DataFrame:
    """One FAULTS row: the header is that of no layout; with both lists where it comes near to one."""
    step = f"Run: altbenefit layouts infer {source_file}, check what it drafts, then: altbenefit audit --reprocess {source_file}"
    reason = "no layout in config/eob_layouts has this header"
    if near:
        reason += (
            f"; the nearest is {near.layout.name}, which is known by these columns as well: {', '.join(near.lacks)}. "
            f"The file has: {', '.join(near.cells[:SHOWN_COLUMNS])}"
        )
    return _file_fault(file_id, source_file, "no_layout", reason, step)


def no_lines(file_id: str, source_file: str, header: Header) -> pl.DataFrame:
    """One FAULTS row: a header and nothing that could be a line."""
    reason = f"layout {header.layout.name} fits, but there is no line below the header"
    return _file_fault(file_id, source_file, "no_lines", reason, "Export the file again, with lines.")


def missing_columns(file_id: str, source_file: str, header: Header) -> pl.DataFrame:
    """One FAULTS row with both lists: what the layout needs and what the file has."""
    needed = [f"{name} ({', '.join(header.layout.columns.get(name, ())) or 'no header given'})" for name in header.missing]
    reason = (
        f"layout {header.layout.name} fits, but required columns are missing: {'; '.join(needed)}. "
        f"The file has: {', '.join(header.told[:SHOWN_COLUMNS])}"
    )
    step = f"Export the file with these columns, or add the header in use to config/eob_layouts/{header.layout.name}.yaml."
    return _file_fault(file_id, source_file, "missing_columns", reason, step)


def _file_fault(file_id: str, source_file: str, code: str, reason: str, next_step: str) -> pl.DataFrame:
    row = {"file_id": file_id, "source_file": source_file, "scope": "file", "reason_code": code, "reason": reason, "next_step": next_step}
    blank = {name: None for name in FAULTS.names} | {"claim_count": 0, "line_count": 0}
    return pl.DataFrame([blank | row], schema=FAULTS.schema)


def row_faults(parts: pl.DataFrame, header: Header, file_id: str, source_file: str) -> pl.DataFrame:
    """FAULTS rows, one per row at fault. The first of a claim stands for the whole claim, which is set aside with it: a claim
    half read would be counted twice once the corrected file comes.
    """
    bad = parts.filter(pl.col(FAULT_CODE).is_not_null())
    if bad.is_empty():
        return FAULTS.empty()
    spoilt = parts.join(bad.select("claim_row").unique(), on="claim_row", how="semi")
    charge = pl.col("charge").sum()
    fits = (charge.abs() <= 999_999_999_999) & (pl.col("charge").null_count() < pl.len())
    claims = spoilt.group_by("claim_row").agg(line_count=pl.len(), charge_amount=_money(pl.when(fits).then(charge)))
    segment = pl.col("fault_row") if "fault_row" in bad.columns else pl.lit(None, pl.Int64)
    is_first = pl.int_range(pl.len()).over("claim_row") == 0
    is_off = pl.col(FAULT_CODE) == "row_unbalanced"
    rows = bad.join(claims, on="claim_row", how="left", maintain_order="left").with_columns(
        file_id=pl.lit(file_id), source_file=pl.lit(source_file), scope=pl.lit("row"), segment=pl.coalesce(segment, ROW),
        segment_tag=pl.col(FAULT_FIELD).replace_strict(header.called, default=pl.col(FAULT_FIELD), return_dtype=pl.String),
        reason_code=pl.when(pl.col(FAULT_CODE).is_in(list(WORDS))).then(pl.concat_str(FAULT_FIELD, FAULT_CODE, separator="_"))
        .otherwise(FAULT_CODE),
        next_step=pl.lit(REPROCESS + source_file), claim_segment="claim_row",
        claim_count=is_first.cast(pl.Int64), line_count=pl.when(is_first).then("line_count").otherwise(0),
        charge_amount=pl.when(is_first).then("charge_amount"),
        difference_amount=_money(pl.when(is_off & (pl.col("difference").abs() <= 999_999_999_999)).then("difference")),
    )  # fmt: skip
    return FAULTS.conform(rows.with_columns(reason=_reason(header)))


def _reason(header: Header) -> pl.Expr:
    words = pl.col(FAULT_CODE).replace_strict(WORDS, default="", return_dtype=pl.String)
    cell = pl.lit("the cell in column ") + pl.col("segment_tag") + pl.lit(" ") + words
    # A not-covered amount enters the sum only where no patient amount holds it.
    here = [name for name in SUMMED if name in header.columns and not (name == "not_covered" and "patient" in header.columns)]
    summed = ", ".join(header.names[header.columns[name]] for name in here)
    told = {
        "row_unbalanced": f"the amounts of the row do not add up to its charge: columns {summed}",
        "patient_below_share": f"the patient's amount is less than deductible, coinsurance and copay together: columns {summed}",
        "too_many_cells": "the row has more cells than the header; an amount with a comma needs quotes",
    }
    return pl.col(FAULT_CODE).replace_strict(told, default=cell, return_dtype=pl.String)


def warnings_of(header: Header, file_id: str, source_file: str) -> pl.DataFrame:
    """WARNINGS rows: columns that the layout does not know. Rows left out as totals and notes are as they should be."""
    facts: Sequence[tuple[str, str, int, int]] = ()
    if header.unknown:
        text = f"columns that layout {header.layout.name} does not know: {', '.join(header.unknown[:SHOWN_COLUMNS])}"
        facts = [("unknown_column", text, header.row, len(header.unknown))]
    rows = [(file_id, source_file, code, reason, row, count) for code, reason, row, count in facts]
    return pl.DataFrame(rows, schema=WARNINGS.schema, orient="row")


def left_out(sheets: Sequence[pl.DataFrame], file_id: str, source_file: str) -> pl.DataFrame:
    """A WARNINGS row where sheets with rows of three cells or more were not read, since another sheet of the workbook was."""
    first = [sheet.get_column(ROW)[0] for sheet in sheets if _is_table(sheet)]
    reason = "sheets that fit no layout, or lack a required column, were not read"
    rows = [(file_id, source_file, "sheet_left_out", reason, min(first), len(first))] if first else []
    return pl.DataFrame(rows, schema=WARNINGS.schema, orient="row")


def _is_table(sheet: pl.DataFrame) -> bool:
    filled = pl.sum_horizontal(pl.col(column).is_not_null() for column in sheet.columns[1:])
    return bool(sheet.select((filled >= 3).any()).item())


def _money(value: pl.Expr) -> pl.Expr:
    return (value.cast(pl.Decimal(38, 2)) / 100).cast(MONEY)
