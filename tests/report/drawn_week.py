"""A week drawn from made-up marts, of any size and with any payer names: quick, and free of the audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from config.report import load_report
from flows.mart_tables import MART_TABLES
from transforms.report.week import Publication, Week, build_week, choose_week
from transforms.tables.contract import COUNT, DATE, FLAG, MONEY, PERCENT, TEXT, TEXTS, Column, Table

AS_OF = date(2026, 6, 30)
CODES = (("D2392", "D2150"), ("D2740", "D2791"), ("D2391", "D2140"), ("D6010", "D5213"))
NAMES = ("Alpine Hypothesis Mutual", "Unity Sample Ppo", "Keystone Trial Insurance")
HOSTILE = (
    '=HYPERLINK("http://evil.example","pay here")', "+1+1", "-1+1", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "<r><t>raw</t></r>",
    "<script>alert(1)</script>", "_x0041_bc", "O'Neil & \"Sons\" <Dental>", "שירותי שיניים בע\"מ (1999)", "X" * 80,
)  # fmt: skip
LEAKS, SHORT = "surprise_balance", "benefit_shortfall"


def week_of(lines: int, payers: int = 3, names: Sequence[str] = NAMES, **others: pl.DataFrame) -> Week:
    """The last full week of a year with this many lines; `others` replaces marts by name."""
    marts = marts_of(findings_of(lines, payers, names)) | others
    lazy = {name: MART_TABLES[name].conform(frame).lazy() for name, frame in marts.items()}
    publication = Publication(lazy, AS_OF, "reports/history/2026-06-30/drawn")
    return build_week(publication, None, choose_week(lazy, AS_OF, None), load_report())


def findings_of(lines: int, payers: int, names: Sequence[str]) -> pl.DataFrame:
    """Every tenth line waits for a person; the others count."""
    at = pl.int_range(lines, eager=True)
    payer, code = at % payers, (at // payers) % len(CODES)
    drawn = pl.DataFrame({"at": at, "payer": payer, "code": code}).with_columns(
        line_id=pl.format("line-{}", "at"), claim_id=pl.format("claim-{}", pl.col("at") // 2),
        patient_id=pl.format("token-{}", pl.col("at") // 3),
        payer_id=pl.format("payer-{}", "payer"), payer_name=pl.col("payer").map_elements(lambda one: names[one % len(names)], pl.String),
        source_file=pl.format("2026/batch-{}.835", pl.col("at") // 500), line_segment=pl.col("at") % 500 + 11,
        submitted_code=pl.col("code").replace_strict({place: pair[0] for place, pair in enumerate(CODES)}, return_dtype=pl.String),
        paid_code=pl.col("code").replace_strict({place: pair[1] for place, pair in enumerate(CODES)}, return_dtype=pl.String),
        payment_date=pl.lit(AS_OF) - pl.duration(days=pl.col("at") * 37 % 360),
        cents=pl.col("at") * 7919 % 20_000 + 1, waits=pl.col("at") % 10 == 9,
    )  # fmt: skip
    frame = drawn.with_columns(
        service_date=pl.col("payment_date") - pl.duration(days=12),
        verdict=pl.when("waits").then(pl.lit("needs_review")).otherwise(pl.lit("downgraded")),
        counted=~pl.col("waits"),
        not_counted_reason=pl.when("waits").then(pl.lit("needs_review")),
        evidence_tier=pl.when("waits").then(3).otherwise(1),
        signals=pl.lit(["code_swap"], TEXTS),
        surprise_balance=pl.when(~pl.col("waits")).then(dollars("cents")),
        benefit_shortfall=pl.when(~pl.col("waits")).then(dollars("cents")),
        candidate_amount=pl.when("waits").then(dollars("cents")),
        charge_amount=dollars(pl.col("cents") * 3),
        alternate_fee=dollars(pl.col("cents") * 2),
        contracted_fee=dollars(pl.col("cents") * 4),
        contracted_fee_source=pl.lit("schedule"),
        surprise_basis=pl.when(~pl.col("waits")).then(pl.lit("fee_schedule")),
    )
    return filled(MART_TABLES["findings"], frame)


def marts_of(findings: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Marts that agree with these findings; those nothing is said of are empty."""
    counted = findings.filter("counted")
    marts = {name: table.empty() for name, table in MART_TABLES.items()}
    marts["findings"] = findings
    marts["payer_code_ranking"] = filled(MART_TABLES["payer_code_ranking"], ranked(counted, "submitted_code", pl.col("paid_code").first()))
    alternate = ranked(counted, "paid_code", submitted_codes=pl.col("submitted_code").unique().sort())
    marts["payer_alternate_ranking"] = filled(MART_TABLES["payer_alternate_ranking"], alternate.rename({"paid_code": "alternate_code"}))
    week = counted.with_columns(week=pl.col("payment_date").dt.strftime("%G-W%V"), week_start=pl.col("payment_date").dt.truncate("1w"))
    trend = week.group_by("week", "week_start", "payer_id", "submitted_code").agg(
        pl.len().alias("line_count"), pl.col("claim_id").n_unique().alias("claim_count"), pl.col(LEAKS, SHORT).sum()
    )
    marts["weekly_trend"] = filled(MART_TABLES["weekly_trend"], trend)
    return marts


def ranked(counted: pl.DataFrame, code: str, *columns: pl.Expr, **named: pl.Expr) -> pl.DataFrame:
    """One row per payer and code, most surprise balance first."""
    sums = counted.group_by("payer_id", code).agg(
        *columns, pl.col("payer_name").first(), pl.len().alias("line_count"), pl.col("claim_id", "patient_id").n_unique(),
        pl.col(LEAKS, SHORT).sum(),
        pl.col("alternate_fee").min().alias("median_alternate_fee"), pl.col("contracted_fee").min(), **named,
    ).sort([LEAKS, "payer_id", code], descending=[True, False, False])  # fmt: skip
    cents = pl.col(LEAKS).to_physical().cast(pl.Int64)
    share = (cents.cum_sum() * 10_000 // pl.max_horizontal(cents.sum(), 1)).cast(pl.Decimal(18, 0))
    return sums.rename({"claim_id": "claim_count", "patient_id": "patient_count"}).with_columns(
        rank=pl.int_range(1, pl.len() + 1), cumulative_share=(share / 100).cast(PERCENT), window_start=pl.lit(date(2025, 7, 1)),
        window_end=pl.lit(AS_OF),
        is_small=pl.col("claim_count") < 5,
    )  # fmt: skip


def filled(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every column of the contract: one it lacks is null, or the least it may be."""
    missing = [pl.lit(_least(column), column.dtype).alias(column.name) for column in table.columns if column.name not in frame.columns]
    return table.conform(frame.with_columns(missing))


def _least(column: Column) -> Any:
    if column.null is not None:
        return None
    if column.dtype == TEXT:
        return column.allowed[0] if column.allowed else "none"
    least = {COUNT: column.minimum or 0, MONEY: 0, PERCENT: 0, DATE: AS_OF - timedelta(days=30), FLAG: False, TEXTS: []}
    return least.get(column.dtype, 0)


def dollars(cents: str | pl.Expr) -> pl.Expr:
    """Whole cents as DECIMAL(12,2)."""
    whole = pl.col(cents) if isinstance(cents, str) else cents
    return (whole.cast(pl.Decimal(12, 2)) / 100).cast(MONEY)
