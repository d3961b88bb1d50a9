"""Text fields to values, with the first cell of each row that cannot be read."""

from __future__ import annotations

import polars as pl

from transforms.eob.cells import by_distinct, cents, codes, days, is_blank_text, surfaces, teeth
from transforms.eob.header import Header
from transforms.tables.layouts import AMOUNT_FIELDS, DATE_FIELDS, Layout

FAULT_FIELD, FAULT_CODE = "fault_field", "fault_code"
RANKS = {"1": 1, "p": 1, "pri": 1, "primary": 1, "2": 2, "s": 2, "sec": 2, "secondary": 2, "3": 3, "t": 3, "ter": 3, "tertiary": 3}
IDS = ("check_number", "member_id", "account_number", "claim_number", "line_number", "payer_number", "payee_npi")
SITES = {"tooth": teeth, "surfaces": surfaces}
NONE_AT_FAULT = pl.Series([False])


def typed_rows(rows: pl.DataFrame, header: Header) -> pl.DataFrame:
    """The rows with amounts as int64 cents, days as dates, codes in one form, is_reversal and is_predetermination, rank.

    fault_field and fault_code name the first cell that is missing or cannot be read; null where all can be.
    """
    layout = header.layout
    amounts = [name for name in AMOUNT_FIELDS if name in rows.columns]
    dates = [name for name in DATE_FIELDS if name in rows.columns]
    made = {name: cents(rows.get_column(name)) for name in amounts}
    made |= {name: days(rows.get_column(name), layout.date_order) for name in dates}
    made |= _codes(rows)
    made |= {name: by_distinct(rows.get_column(name), read) for name, read in SITES.items() if name in rows.columns}
    faults = [("is_wide", "too_many_cells", rows.get_column("is_wide"))]
    faults += [(name, "not_an_amount", _unread(rows.get_column(name), made[name])) for name in amounts]
    faults += [(name, "not_a_date", _unread(rows.get_column(name), made[name])) for name in dates]
    faults += _missing(rows, made, layout)
    field, code = _first_fault(faults, rows.height)
    typed = rows.drop("is_wide").with_columns(
        *(series.alias(name) for name, series in made.items()), field.alias(FAULT_FIELD), code.alias(FAULT_CODE)
    )
    typed = typed.with_columns(pl.col(name).fill_null(0) for name in layout.blank_is_zero if name in amounts)
    typed = typed.with_columns(-pl.col(name) for name in layout.negative if name in amounts)
    return _standing(_tidy_ids(typed, layout), layout, amounts)


def _codes(rows: pl.DataFrame) -> dict[str, pl.Series]:
    """submitted_code and paid_code; a second code in the submitted cell is what was paid, where no other cell says so."""
    none = pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    if "submitted_code" not in rows.columns:
        paid, _ = codes(rows.get_column("paid_code")) if "paid_code" in rows.columns else (none, none)
        return {"submitted_code": paid, "paid_code": paid}
    submitted, second = codes(rows.get_column("submitted_code"))
    if "paid_code" in rows.columns:
        # A blank cell under a column for the code paid means that it is the code billed.
        paid, _ = codes(rows.get_column("paid_code"))
        for instead in (second, submitted):
            paid = paid if not paid.has_nulls() or instead.null_count() == len(instead) else paid.zip_with(paid.is_not_null(), instead)
        return {"submitted_code": submitted, "paid_code": paid}
    return {"submitted_code": submitted, "paid_code": second}


def _unread(texts: pl.Series, made: pl.Series) -> pl.Series:
    """Cells that say something which is no such value."""
    if made.null_count() == texts.null_count():
        return NONE_AT_FAULT
    return made.is_null() & texts.is_not_null() & ~is_blank_text(texts)


def _missing(rows: pl.DataFrame, made: dict[str, pl.Series], layout: Layout) -> list[tuple[str, str, pl.Series]]:
    """What a line cannot do without: its code, charge and paid amount, and the day it was paid."""
    if layout.per == "adjustment":
        # Later rows of a line may leave blank what the first one says; see per_adjustment.
        return []
    found = [("submitted_code", "missing", made["submitted_code"].is_null())]
    for name in ("charge", "paid", "service_date", "check_date"):
        if name in made and (name in layout.required or name == "check_date") and name not in layout.blank_is_zero:
            found.append((name, "missing", made[name].is_null()))
        elif name == "check_date" and name not in made:
            found.append((name, "missing", pl.Series([True]).new_from_index(0, rows.height)))
    return found


def _first_fault(faults: list[tuple[str, str, pl.Series]], height: int) -> tuple[pl.Series, pl.Series]:
    """(field, kind) of the first fault of each row; columns without any fault cost nothing."""
    real = [(field, code, marks) for field, code, marks in faults if marks.any()]
    if not real:
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
        return nothing, nothing
    frame = pl.DataFrame([marks.alias(str(place)) for place, (_, _, marks) in enumerate(real)])
    field = pl.coalesce(pl.when(str(place)).then(pl.lit(name)) for place, (name, _, _) in enumerate(real))
    code = pl.coalesce(pl.when(str(place)).then(pl.lit(kind)) for place, (_, kind, _) in enumerate(real))
    return frame.select(field).to_series(), frame.select(code.alias("code")).to_series()


def _tidy_ids(typed: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Ids without the .0 that Excel adds, and with the leading zeros it takes, as far as the layout says how many."""
    for name in IDS:
        if name in typed.columns and bool(typed.get_column(name).str.ends_with(".0").any()):
            typed = typed.with_columns(pl.col(name).str.replace(r"^(\d+)\.0$", "${1}"))
        if name in typed.columns and name in layout.pad:
            is_number = pl.col(name).str.contains(r"^\d+$")
            typed = typed.with_columns(pl.when(is_number).then(pl.col(name).str.zfill(layout.pad[name])).otherwise(name))
    return typed


def _standing(typed: pl.DataFrame, layout: Layout, amounts: list[str]) -> pl.DataFrame:
    """Adds is_reversal, is_predetermination and rank. Reversals written with positive amounts are turned round."""
    typed = typed.with_columns(_says(typed, layout, "reversal"), _says(typed, layout, "predetermination"))
    turned = typed.select((pl.col("is_reversal") & (pl.col("charge") > 0)).fill_null(False)).to_series()
    if layout.positive_reversals and turned.any():
        other = [name for name in amounts if name != "check_amount"]
        typed = typed.with_columns(pl.when(turned).then(-pl.col(name)).otherwise(name).alias(name) for name in other)
    rank = pl.lit(layout.payer_rank, pl.Int64)
    if "payer_rank" in typed.columns:
        told = by_distinct(typed.get_column("payer_rank"), lambda texts: texts.str.to_lowercase().replace_strict(RANKS, default=None))
        rank = told.cast(pl.Int64).fill_null(layout.payer_rank)
    return typed.with_columns(is_reversal=(pl.col("is_reversal") | (pl.col("charge") < 0)).fill_null(False), rank=rank)


def _says(typed: pl.DataFrame, layout: Layout, kind: str) -> pl.Series:
    words = [word.lower() for word in layout.statuses.get(kind, ())]
    if not words or "status" not in typed.columns:
        return pl.Series(f"is_{kind}", [False]).new_from_index(0, typed.height)
    said = by_distinct(typed.get_column("status"), lambda texts: texts.str.to_lowercase().is_in(words))
    return said.fill_null(False).alias(f"is_{kind}")
