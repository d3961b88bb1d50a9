"""Payer, codes and time of a line: all that the practice's tables and the downgrade rules are asked by.

A month has as many situations as its payers and codes make, few beside its lines. What tables and rules say is looked up once
for each, and the lines take it by number.
"""

from __future__ import annotations

from datetime import date

import polars as pl

CODES = ["payer_id", "submitted_code", "paid_code"]
EVER = date(1, 1, 1)  # before any table began


def with_number(lines: pl.DataFrame, *tables: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines with `situation`, a number; and the situations: situation, CODES, fee_date.

    fee_date of a situation is the first day of a span of days in which none of the dated `tables` changes, so that each says the
    same of the situation as of any of its lines.
    """
    dates = [table[name] for table in tables for name in ("effective_from", "effective_until")]
    changes = pl.concat([pl.Series([EVER]), *dates]).drop_nulls().unique().sort()
    span = changes.search_sorted(lines["fee_date"], side="right") - 1
    dated = lines.select(*CODES, fee_date=changes[span])
    found = dated.unique().with_row_index("situation")
    numbers = dated.join(found, on=[*CODES, "fee_date"], how="left", nulls_equal=True, maintain_order="left")
    return lines.with_columns(numbers["situation"]), found


def with_known(lines: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Lines with what is known of their situations."""
    return lines.join(known.drop(*CODES, "fee_date"), on="situation", how="left", maintain_order="left")
