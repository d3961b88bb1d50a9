"""What the patient is left with once her other plans have paid: the primary's responsibility less what they took over."""

from __future__ import annotations

import polars as pl

KEY = ["patient_control_number", "service_date", "submitted_code", "charge_cents", "place"]


def numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """Live lines with place: which of the lines alike of one claim this is, from 0. `claim` numbers the claims."""
    alike = ["claim", *KEY[1:-1]]
    rows = lines.select(*alike, "line_segment").with_row_index("row")
    several = rows.group_by(alike).agg("row", "line_segment").filter(pl.col("row").list.len() > 1)
    # Most claims have no two lines alike: only the others need an order.
    turns = several.with_row_index("turn").explode("row", "line_segment").sort("turn", "line_segment")
    places = turns.select("row", place=pl.int_range(pl.len()).over("turn"))
    found = lines.with_row_index("row").join(places, on="row", how="left", maintain_order="left")
    return found.with_columns(pl.col("place").fill_null(0)).drop("row")


def later_payments(live: pl.DataFrame) -> pl.DataFrame:
    """KEY and taken_over_cents, paid and CO of lines of later payers; additive. Lines are numbered."""
    later = live.filter(pl.col("is_after_prior_payer") & ~pl.col("is_whole_claim")).drop_nulls(KEY)
    return later.group_by(KEY).agg(taken_over_cents=(pl.col("paid_cents") + pl.col("co_cents")).sum())


def with_net(primary: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Adds net_cents to primary lines: PR of the line - paid and CO of the same line at later payers, never below zero.

    The same line is the one with the same account number, service date, procedure billed and charge; the n-th of several
    alike is the n-th of the other claim. Null where no later payer's remittance is on file. Source: domain 2.5.
    """
    taken_over = later.group_by(KEY).agg(pl.col("taken_over_cents").sum())
    left = pl.col("pr_cents") - pl.col("taken_over_cents")
    return (
        primary.join(taken_over, on=KEY, how="left")
        .with_columns(net_cents=pl.when(left.is_not_null() & ~pl.col("is_after_prior_payer")).then(pl.max_horizontal(left, pl.lit(0))))
        .drop("taken_over_cents")
    )
