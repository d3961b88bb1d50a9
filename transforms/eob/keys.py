"""Which claim and which payment a line belongs to, and what its remarks say."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.eob.cells import by_distinct
from transforms.eob.sheet import ROW
from transforms.tables.layouts import ALTERNATE_BENEFIT_TEXT

PAYMENT = ("payer_name", "payer_number", "check_number", "check_date")
PERSON = ("patient_name", "patient_last_name", "patient_first_name", "member_id", "account_number", "service_date")
REMARK = r"\b(?:MA|[MN])\d{1,4}\b"


def with_keys(lines: pl.DataFrame, patterns: Sequence[str]) -> pl.DataFrame:
    """Adds claim_row and payment_row (the first row of the claim and of the check), and remark_codes (list)."""
    here = set(lines.columns)
    payment = pl.struct([name for name in PAYMENT if name in here]).hash()
    person = [name for name in PERSON if name in here]
    numbered = pl.lit(None, pl.String)
    if "claim_number" in here:
        numbered = pl.col("claim_number")
    alone = pl.struct(person).hash() if person else pl.lit(0, pl.UInt64)
    patient = pl.when(numbered.is_null()).then(alone)
    keyed = lines.with_columns(payment_key=payment).with_columns(
        claim_key=pl.struct("payment_key", "is_reversal", "is_predetermination", "rank", number=numbered, patient=patient).hash()
    )
    rows = keyed.get_column(ROW)
    return keyed.drop("payment_key", "claim_key").with_columns(
        remarks_of(lines, patterns),
        payment_row=first_rows(keyed.get_column("payment_key"), rows),
        claim_row=first_rows(keyed.get_column("claim_key"), rows),
    )


def first_rows(keys: pl.Series, rows: pl.Series) -> pl.Series:
    """For each row the first row with its key. Where equal keys stand together, as they mostly do, nothing is grouped."""
    frame = pl.DataFrame({"key": keys, "row": rows})
    is_start = frame.select((pl.col("key") != pl.col("key").shift()).fill_null(True)).to_series()
    if keys.filter(is_start).is_unique().all():
        return frame.select(pl.when(is_start).then("row").forward_fill()).to_series()
    return frame.select(pl.col("row").min().over("key")).to_series()


def remarks_of(lines: pl.DataFrame, patterns: Sequence[str]) -> pl.Series:
    """Remark codes as stated, and the mark of remark text that speaks of an alternate benefit; the text itself goes."""
    says = pl.Series([False]).new_from_index(0, lines.height)
    if "remark_text" in lines.columns and patterns:
        pattern = "(?i)" + "|".join(f"(?:{pattern})" for pattern in patterns)
        says = by_distinct(lines.get_column("remark_text"), lambda texts: texts.str.contains(pattern, strict=False)).fill_null(False)
    marks = pl.Series("remark_codes", [[], [ALTERNATE_BENEFIT_TEXT]], dtype=pl.List(pl.String)).gather(says.cast(pl.UInt32))
    if "remark_codes" not in lines.columns or lines.get_column("remark_codes").null_count() == lines.height:
        return marks
    stated = lines.get_column("remark_codes").str.to_uppercase().str.extract_all(REMARK).fill_null([])
    return pl.select(pl.concat_list(stated, marks)).to_series().alias("remark_codes")
