"""Twelve months of downgrades by one payer: totals, a row for each pair of codes, and since when each alternate fee stands."""

from __future__ import annotations

import polars as pl

from transforms.adjudicated import cents
from transforms.fees import exact_median
from transforms.packet.cells import PAIR, is_enough
from transforms.ranking import share

AMOUNTS = ("surprise_cents", "shortfall_cents", "absorbed_cents", "above_cents")
NO_PAYER_OF_ITS_OWN = ("needs_review", "secondary_payer")


def totals(lines: pl.DataFrame) -> dict[str, int]:
    """Lines, claims, patients and amounts (cents) of all lines given."""
    return lines.select(*_sums()).row(0, named=True)


def pairs(lines: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """One row per pair shown, dearest first, and a last one (codes null) for the lines of all other pairs, where there are any.

    Columns: submitted_code, alternate_code, the sums of `totals`, median_alternate_cents, median_fee_cents (of the code
    billed; both a unit, null unknown) and fee_share, the first in percent of the second.
    """
    inside = lines.join(shown, on=PAIR, how="semi")
    table = inside.group_by(PAIR).agg(*_sums())
    for value, name in (("unit_cents", "median_alternate_cents"), ("unit_contracted_cents", "median_fee_cents")):
        median = exact_median(inside.drop_nulls(value).lazy(), PAIR, value).select(*PAIR, pl.col("median").alias(name)).collect()
        table = table.join(median, on=PAIR, how="left")
    table = table.with_columns(fee_share=share(pl.col("median_alternate_cents"), pl.col("median_fee_cents")))
    table = table.sort(["surprise_cents", "absorbed_cents", *PAIR], descending=[True, True, False, False])
    rest = lines.join(shown, on=PAIR, how="anti").select(*_sums()).filter(pl.col("line_count") > 0)
    return pl.concat([table, rest], how="diagonal")


def _sums() -> list[pl.Expr]:
    return [
        pl.len().cast(pl.Int64).alias("line_count"),
        pl.col("claim_id").n_unique().cast(pl.Int64).alias("claim_count"),
        pl.col("patient_id").drop_nulls().n_unique().cast(pl.Int64).alias("patient_count"),
        *(pl.col(name).sum() for name in AMOUNTS),
    ]


def fee_ages(findings: pl.DataFrame, payer_id: str, minimum: int) -> pl.DataFrame:
    """alternate_code, fee_cents (a unit, of the latest payment), first_month, months_unchanged, of FINDINGS of all time.

    Only fees that nothing else was paid beside since they were first seen, on enough patients and claims; so the month says
    since when the fee stands at least, and speaks of no single visit.
    """
    own = findings.filter(
        (pl.col("payer_id") == payer_id)
        & (pl.col("verdict") == "downgraded")
        & ~pl.col("not_counted_reason").fill_null("").is_in(NO_PAYER_OF_ITS_OWN)
        & (pl.col("alternate_fee") > 0)
        & ~pl.col("is_maximum_reached")
        & (pl.col("units") > 0)
        & pl.col("paid_code").is_not_null()
    ).with_columns(alternate_code="paid_code", fee_cents=cents("alternate_fee") // pl.col("units"))
    code = "alternate_code"
    spans = own.group_by(code, "fee_cents").agg(
        first_seen=pl.col("payment_date").min(), last_seen=pl.col("payment_date").max(), is_enough=is_enough(minimum)
    )
    latest = spans.sort(code, "last_seen", "first_seen", descending=[False, True, False])
    current = latest.unique(code, keep="first", maintain_order=True)
    beside = spans.join(current.select(code, now_cents="fee_cents", since="first_seen"), on=code).filter(
        (pl.col("fee_cents") != pl.col("now_cents")) & (pl.col("last_seen") >= pl.col("since"))
    )
    steady = current.join(beside, on=code, how="anti").filter("is_enough")
    first, last = pl.col("first_seen"), pl.col("last_seen")
    months = (last.dt.year() - first.dt.year()) * 12 + last.dt.month() - first.dt.month() - (last.dt.day() < first.dt.day()).cast(pl.Int32)
    return steady.select(code, "fee_cents", first_month=first.dt.strftime("%Y-%m"), months_unchanged=months.cast(pl.Int64)).sort(code)
