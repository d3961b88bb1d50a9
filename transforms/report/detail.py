"""Payer by payer, down to the claim, the file and the segment; and by location. What the page shows is capped, and says so."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.findings import dollars
from transforms.ranking import share
from transforms.report.base_lines import LINES, NOTHING, PAIR, SURPRISE, WEEK, Marts, cents, counted, distinct, standing
from transforms.tables.report import ReportPolicy

LINE_COLUMNS = (
    "line_id", "claim_id", "patient_id", "source_file", "line_segment", "payer_id", "submitted_code", "paid_code", "service_date",
    "payment_date", "evidence_tier", "charge_amount", "paid_amount", "contracted_fee", "alternate_fee", "coverage_pct", "deductible_amount",
    "patient_responsibility_amount", "expected_patient_responsibility_amount", "surprise_balance", "surprise_basis",
)  # fmt: skip


def payers(marts: Marts, first_day: date) -> pl.DataFrame:
    """One row per payer with counted lines, most surprise balance first; the sums are those of the ranking."""
    lines = counted(marts["findings"]).group_by("payer_id").agg(
        payer_name=pl.col("payer_name").drop_nulls().sort().first(),
        line_count=LINES,
        claim_count=distinct("claim_id"),
        patient_count=distinct("patient_id"),
        pair_count=distinct("submitted_code"),
        surprise_cents=SURPRISE, shortfall_cents=pl.col("shortfall_cents").sum(), absorbed_cents=pl.col("absorbed_cents").sum(),
        balance_basis=pl.col("balance_basis").unique().sort().str.join(", "),
        network=pl.col("network").unique().sort().str.join(", "),
    )  # fmt: skip
    inside = (pl.col("payment_date") >= first_day) & (pl.col("payment_date") < first_day + WEEK)
    week = standing(marts["findings"]).filter(inside).group_by("payer_id").agg(week_cents=SURPRISE)
    table = lines.join(week, on="payer_id", how="left").with_columns(
        surprise_balance=dollars("surprise_cents"), benefit_shortfall=dollars("shortfall_cents"),
        provider_absorbed_amount=dollars("absorbed_cents"),
        week_surprise_balance=dollars("week_cents").fill_null(NOTHING), surprise_share=share(pl.col("surprise_cents"), SURPRISE),
    )  # fmt: skip
    ordered = table.collect().sort(["surprise_cents", "claim_count", "payer_id"], descending=[True, True, False])
    placed = ordered.with_row_index("place", offset=1).with_columns(pl.col("place").cast(pl.Int64))
    return placed.drop("surprise_cents", "shortfall_cents", "absorbed_cents", "week_cents")


def lines(marts: Marts, policy: ReportPolicy) -> pl.DataFrame:
    """Counted lines of the costliest pairs, as many as the page can hold: by rank of their pair, dearest first, claims together.

    All of them where they fit; else at most page_pair_line_count of a pair, until page_line_count is reached.
    claim_surprise_balance is that of all counted lines of the claim.
    """
    every = counted(marts["findings"]).select("line_id", "claim_id", *PAIR, "surprise_cents")
    ranks = marts["payer_code_ranking"].select(*PAIR, "rank")
    placed = every.join(ranks, on=PAIR, how="inner").filter(pl.col("rank") <= policy.page_line_count)
    kept = placed.collect().sort(["rank", "surprise_cents", "line_id"], descending=[False, True, False])
    if kept.height > policy.page_line_count or kept.height < _line_count(marts):
        kept = kept.filter(pl.int_range(pl.len()).over(PAIR) < policy.page_pair_line_count).head(policy.page_line_count)
    whole = (
        every.join(kept.lazy().select("claim_id").unique(), on="claim_id", how="semi")
        .group_by("claim_id")
        .agg(claim_cents=SURPRISE, claim_line_count=LINES)
    )
    full = (
        counted(marts["findings"])
        .select(*LINE_COLUMNS, "surprise_cents")
        .join(kept.lazy().select("line_id", "rank"), on="line_id", how="inner")
    )
    dearest = pl.col("claim_cents")
    return (
        full.join(whole, on="claim_id", how="left").with_columns(claim_surprise_balance=dollars("claim_cents")).collect()
        .sort([pl.col("rank"), dearest, pl.col("claim_id"), pl.col("line_segment")], descending=[False, True, False, False])
        .drop("claim_cents", "surprise_cents")
    )  # fmt: skip


def _line_count(marts: Marts) -> int:
    return counted(marts["findings"]).select(pl.len()).collect().item()


def week_lines(marts: Marts, first_day: date, count: int) -> pl.DataFrame:
    """The dearest lines paid in the week, at most `count`."""
    inside = (pl.col("payment_date") >= first_day) & (pl.col("payment_date") < first_day + WEEK)
    found = standing(marts["findings"]).filter(inside).select(*LINE_COLUMNS, "payer_name").collect()
    return found.sort(["surprise_balance", "line_id"], descending=[True, False]).head(count)


def locations(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row per location, most surprise balance first: by location_id where findings have it, else by who was paid (NPI).

    location_id null: not told by the remittance. Sums to the headline.
    """
    names = findings.collect_schema().names()
    place = _place(findings)
    called = pl.col("location_name") if "location_name" in names else pl.lit(None, pl.String)
    sums = counted(findings).with_columns(location_id=place, location_name=called).group_by("location_id").agg(
        location_name=pl.col("location_name").drop_nulls().sort().first(),
        payer_count=distinct("payer_id"), line_count=LINES,
        claim_count=distinct("claim_id"), surprise_cents=SURPRISE,
        costliest_code=pl.col("submitted_code").sort_by("submitted_code").mode().sort().first(),
    )  # fmt: skip
    table = sums.with_columns(surprise_balance=dollars("surprise_cents"), surprise_share=share(pl.col("surprise_cents"), SURPRISE))
    ordered = table.collect().sort(["surprise_cents", "location_id"], descending=[True, False], nulls_last=True)
    return ordered.drop("surprise_cents")


def location_pairs(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row per location, payer and code, most first within its location: the rows behind a location's sum."""
    sums = counted(findings).group_by(_place(findings).alias("location_id"), *PAIR).agg(
        payer_name=pl.col("payer_name").drop_nulls().sort().first(), line_count=LINES, surprise_cents=SURPRISE
    )  # fmt: skip
    table = sums.with_columns(surprise_balance=dollars("surprise_cents")).collect()
    order = ["location_id", "surprise_cents", *PAIR]
    return table.sort(order, descending=[False, True, False, False], nulls_last=True).drop("surprise_cents")


def _place(findings: pl.LazyFrame) -> pl.Expr:
    known = [name for name in ("location_id", "payee_npi") if name in findings.collect_schema().names()]
    return pl.coalesce(known)


def cents_of(frame: pl.DataFrame, column: str) -> int:
    """Sum of a money column in cents; empty cells count as nothing."""
    return int(frame.select(cents(column).sum()).item() or 0)
