"""Which claim and which payment a line belongs to, and what its remarks say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import xor

import polars as pl

from transforms.eob.cells import by_distinct
from transforms.eob.sheet import ROW
from transforms.tables.layouts import ALTERNATE_BENEFIT_TEXT

PAYMENT = ("payer_name", "payer_number", "check_number", "check_date")
PERSON = ("patient_name", "patient_last_name", "patient_first_name", "member_id", "account_number", "service_date")
REMARK = r"\b(?:MA|[MN])\d{1,4}\b"


def with_keys(lines: pl.DataFrame, patterns: Sequence[str]) -> pl.DataFrame:
    """Adds claim_row and payment_row (the first row of the claim and of the check), and remark_codes (list)."""
    payment = _hashed([name for name in PAYMENT if name in lines.columns])
    keyed = lines.select(ROW, "is_reversal", "is_predetermination", "rank", *_claim(lines), payment=payment)
    rows, claim = keyed.get_column(ROW), keyed.select(_hashed(keyed.columns[1:])).to_series()
    return lines.with_columns(
        remarks_of(lines, patterns), payment_row=first_rows(keyed.get_column("payment"), rows), claim_row=first_rows(claim, rows)
    )


def _hashed(names: Sequence[str]) -> pl.Expr:
    """One hash of several columns, a seed for each, so that equal cells of two columns do not cancel out."""
    return reduce(xor, (pl.col(name).hash(seed) for seed, name in enumerate(names)), pl.lit(0, pl.UInt64))


def _claim(lines: pl.DataFrame) -> list[pl.Expr]:
    """What tells claims of one check apart: the claim number, and where there is none, person and day."""
    alone = _hashed([name for name in PERSON if name in lines.columns]).alias("person")
    if "claim_number" not in lines.columns:
        return [alone]
    number = pl.col("claim_number")
    return [number, pl.when(number.is_null()).then(alone).alias("person")] if lines.get_column("claim_number").has_nulls() else [number]


def first_rows(keys: pl.Series, rows: pl.Series) -> pl.Series:
    """For each row the first row with its key. Where equal keys stand together, as they mostly do, nothing is grouped."""
    frame = pl.DataFrame({"key": keys, "row": rows})
    is_start = frame.select((pl.col("key") != pl.col("key").shift()).fill_null(True)).to_series()
    if keys.filter(is_start).n_unique() == is_start.sum():
        return frame.select(pl.when(is_start).then("row").forward_fill()).to_series()
    return frame.select(pl.col("row").min().over("key")).to_series()


def remarks_of(lines: pl.DataFrame, patterns: Sequence[str]) -> pl.Series:
    """Remark codes as stated, and the mark of remark text that speaks of an alternate benefit; the text itself goes."""
    says = pl.Series([False]).new_from_index(0, lines.height)
    if "remark_text" in lines.columns and patterns:
        pattern = "(?i)" + "|".join(f"(?:{pattern})" for pattern in patterns)
        says = by_distinct(lines.get_column("remark_text"), lambda texts: texts.str.contains(pattern)).fill_null(False)
    marks = pl.Series("remark_codes", [[], [ALTERNATE_BENEFIT_TEXT]], dtype=pl.List(pl.String)).gather(says.cast(pl.UInt32))
    if "remark_codes" not in lines.columns or lines.get_column("remark_codes").null_count() == lines.height:
        return marks
    stated = lines.get_column("remark_codes").str.to_uppercase().str.extract_all(REMARK).fill_null([])
    return pl.select(pl.concat_list(stated, marks)).to_series().alias("remark_codes")
