"""Rows of an export that state totals, against the lines that they sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from transforms.eob.cells import cents
from transforms.eob.header import Header
from transforms.eob.rows import Rows
from transforms.eob.sheet import ROW
from transforms.tables.quarantine import WARNINGS

CHECK = "check"
SUMMED = ("charge", "paid", "patient", "deductible", "coinsurance", "copay", "writeoff", "other_insurance")
REASON = "rows that state totals do not agree with the lines that they sum"


def totals_warnings(lines: pl.DataFrame, sheets: Sequence[Rows], header: Header, file_id: str, source_file: str) -> pl.DataFrame:
    """A WARNINGS row where totals are stated that the lines do not come to: how many, and the first of their rows; else none.

    `lines` as read, good and bad. What a total covers no export says, so one is right that fits the lines since the total before
    it, since the last total of its kind, or all lines of its sheet or file; a check may also stand above its lines.
    """
    stated = pl.concat([_stated(sheet.totals, header).with_columns(sheet_row=pl.lit(sheet.header_row)) for sheet in sheets])
    fields = [name for name in SUMMED if name in lines.columns and name in stated.columns]
    if stated.is_empty() or not fields:
        return WARNINGS.empty()
    is_right = np.zeros(stated.height, bool)
    spans = _spans(stated, lines.get_column(ROW).to_numpy())
    for start, end in spans:
        is_right |= _agrees(stated, lines, fields, start, end, header)
    wrong = stated.filter(pl.Series(~is_right)).get_column(ROW)
    rows = [(file_id, source_file, "totals_differ", REASON, wrong.min(), len(wrong))] if len(wrong) else []
    return pl.DataFrame(rows, schema=WARNINGS.schema, orient="row")


def _stated(totals: pl.DataFrame, header: Header) -> pl.DataFrame:
    """row, row_kind and the totals in cents, null where none can be read; the amount of a check is one of paid amounts."""
    amounts = {name: cents(totals.get_column(name)) for name in (*SUMMED, "check_amount") if name in totals.columns}
    stated = totals.select(ROW, "row_kind", *(value.alias(name) for name, value in amounts.items()))
    if "check_amount" in stated.columns and "paid" in stated.columns:
        is_check = pl.col("row_kind") == CHECK
        stated = stated.with_columns(paid=pl.when(is_check).then(pl.coalesce("paid", "check_amount")).otherwise("paid"))
    turned = [name for name in header.layout.negative if name in stated.columns]
    return stated.with_columns(-pl.col(name) for name in turned)


def _spans(stated: pl.DataFrame, rows: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """What each total may cover, as places of the first line and of the one after the last."""
    at = np.searchsorted(rows, stated.get_column(ROW).to_numpy())
    sheet = np.searchsorted(rows, stated.get_column("sheet_row").to_numpy())
    place = stated.select("row_kind", at=pl.Series(at), first=pl.Series(sheet)).with_columns(
        before=pl.max_horizontal(pl.col("at").shift(fill_value=0), "first"),
        alike=pl.max_horizontal(pl.col("at").shift(fill_value=0).over("row_kind"), "first"),
        after=pl.col("at").shift(-1, fill_value=len(rows)).over("row_kind"),
    )
    below = place.select(pl.when(pl.col("row_kind") == CHECK).then("after").otherwise("at")).to_series()
    starts = [np.zeros(len(at), np.int64), sheet, place.get_column("before").to_numpy(), place.get_column("alike").to_numpy()]
    return [*((start, at) for start in starts), (at, below.to_numpy())]


def _agrees(stated: pl.DataFrame, lines: pl.DataFrame, fields: list[str], start: np.ndarray, end: np.ndarray, header: Header) -> np.ndarray:
    """Whether every amount stated is the sum of the lines in the span. Lines that cannot be read, or whose sign was turned, fit."""
    agrees = end > start
    unclear = lines.get_column("is_reversal").to_numpy() if header.layout.positive_reversals else np.zeros(lines.height, bool)
    for name in fields:
        values, wanted = lines.get_column(name), stated.get_column(name)
        total = np.concatenate([[0], np.cumsum(values.fill_null(0).to_numpy())])
        unknown = np.concatenate([[0], np.cumsum(values.is_null().to_numpy() | unclear)])
        is_sum = total[end] - total[start] == wanted.fill_null(0).to_numpy()
        agrees &= is_sum | wanted.is_null().to_numpy() | (unknown[end] > unknown[start])
    return agrees
