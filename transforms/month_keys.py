"""On what a month's outcome depends beside its own rows: the little of the rest of the lake that it truly uses.

A median or a decision elsewhere must not have every month worked out anew, so each month is held against the rows that
bear on it, and against how they bear on it.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.cob import KEY as SAME_LINE
from transforms.findings import window
from transforms.month import Known

PAIR = ["payer_id", "submitted_code"]


def tripped(trips: pl.DataFrame, usual_fees: pl.DataFrame) -> pl.DataFrame:
    """PAIR and how many lines of it are far below the usual fee: all that detection takes from history (evidence.history_trips)."""
    over = trips.join(usual_fees, on=PAIR, how="inner").filter(pl.col("trip_cents") <= pl.col("usual_fee_cents"))
    return over.group_by(PAIR).agg(pl.col("line_count").sum())


def needs(priced: pl.DataFrame) -> pl.DataFrame:
    """PAIR with needs_fee and needs_share: whose fee or coverage the practice's own tables do not have."""
    return priced.group_by(PAIR).agg(
        needs_fee=pl.col("schedule_fee_cents").is_null().any(), needs_share=pl.col("table_coverage_bp").is_null().any()
    )


def used(needed: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The observed fee and coverage of every pair that needs one."""
    code = {"procedure_code": "submitted_code"}
    fees = needed.filter("needs_fee").join(known.observed_fees.rename(code), on=PAIR)
    shares = needed.filter("needs_share").join(known.observed_coverage.rename(code), on=PAIR)
    return pl.concat(
        [
            fees.select(*PAIR, value="observed_fee_cents", of=pl.lit("fee")),
            shares.select(*PAIR, value="observed_coverage_bp", of=pl.lit("share")),
        ]
    )


def taken_over(flagged: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """The rows of cob.later_payments, summed, that bear on these flagged lines."""
    mine = later.join(flagged.select(SAME_LINE).unique(), on=SAME_LINE, how="semi")
    return mine.group_by(SAME_LINE).agg(pl.col("taken_over_cents").sum())


def place_in_window(first: date, last: date, as_of: date, months: int) -> str:
    """Where a month of payments lies to the ranking window: inside, before, or on the day the window begins in it."""
    start = pl.select(window(as_of, months)[0]).item()
    if first >= start:
        return "inside"
    return "before" if last < start else start.isoformat()
