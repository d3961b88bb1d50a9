"""Whom to ask first and what for, how far the first asks reach, what is new or worse, and what was won before."""

from __future__ import annotations

import polars as pl

from transforms.findings import dollars
from transforms.report.base_lines import PAIR, Marts, cents, counted
from transforms.tables.report import ReportPolicy

TIERS = (1, 2, 3, 4)
PARITY = "parity"
ASK = ["payer_id", "alternate_code"]


def pairs(marts: Marts, trends: pl.DataFrame, policy: ReportPolicy) -> pl.DataFrame:
    """payer_code_ranking with evidence by tier, trend, and the ask suggested for its alternate code. One row per pair, by rank.

    The ask is of the alternate code as a whole: asked_saving is what all codes paid as it would gain. Null where no fee ask
    could be worked out (contracted fee or alternate code unknown).
    """
    ranking = marts["payer_code_ranking"].collect()
    known = ranking.join(tier_counts(marts["findings"]), on=PAIR, how="left").join(trends, on=PAIR, how="left")
    known = known.with_columns(
        pl.col("trend").fill_null("quiet"), pl.col("recent_cents", "earlier_cents", "recent_line_count").fill_null(0),
        pl.col("weekly_cents").fill_null(pl.lit([0] * policy.trend_weeks, pl.List(pl.Int64))),
        *(pl.col(f"tier_{tier}_line_count").fill_null(0) for tier in TIERS),
    )  # fmt: skip
    asked = suggested_asks(marts["fee_asks"], policy.suggested_increase_pct)
    return (
        known.rename({"paid_code": "alternate_code"})
        .join(asked, on=ASK, how="left")
        .join(unmoved(marts["alternate_fee_schedule"]), on=ASK, how="left")
        .with_columns(recent_amount=dollars("recent_cents"), earlier_amount=dollars("earlier_cents"))
        .sort("rank")
    )


def tier_counts(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row per payer and code: counted lines of each evidence tier."""
    of_tier = [(pl.col("evidence_tier") == tier).sum().cast(pl.Int64).alias(f"tier_{tier}_line_count") for tier in TIERS]
    return counted(findings).group_by(PAIR).agg(of_tier).collect()


def suggested_asks(fee_asks: pl.LazyFrame, increase_pct: int) -> pl.DataFrame:
    """One row per payer and alternate code: the ask at the suggested increase (else the next lower one), and at parity.

    Where patients bear the difference their relief is the saving; where the practice writes it off, what it would collect.
    The side with more lines speaks for the code.
    """
    asks = fee_asks.with_columns(
        worth=pl.when(pl.col("borne_by") == "patient").then("patient_saving").otherwise("practice_gain"),
        pct=pl.col("increase").cast(pl.Int64, strict=False),
    )
    asks = asks.sort([*ASK, "lines", "borne_by"], descending=[False, False, True, False])
    main = asks.group_by(ASK, maintain_order=True).agg(pl.col("borne_by").first())
    asks = asks.join(main, on=[*ASK, "borne_by"], how="semi")
    raised = asks.filter(pl.col("pct") <= increase_pct).sort("pct").group_by(ASK).agg(
        pl.col("borne_by", "increase", "current_fee", "asked_fee", "plan_cost").last(), asked_saving=pl.col("worth").last()
    )  # fmt: skip
    level = asks.filter(pl.col("increase") == PARITY).select(*ASK, parity_fee="asked_fee", parity_saving="worth")
    return raised.join(level, on=ASK, how="left").collect()


def unmoved(fees: pl.LazyFrame) -> pl.DataFrame:
    """One row per payer and alternate code: for how many months today's fee has not moved, and the median fee elsewhere."""
    today = fees.filter("is_current").select(*ASK, "months_unchanged", "other_payers_median_fee", "other_payers_line_count")
    return today.collect()


def asks_first(every_pair: pl.DataFrame, count: int) -> pl.DataFrame:
    """The first `count` pairs that rest on enough claims, by rank: a pair of two claims is never among them."""
    return every_pair.filter(~pl.col("is_small")).sort("rank").head(count).with_row_index("place", offset=1).with_columns(
        pl.col("place").cast(pl.Int64)
    )  # fmt: skip


def too_few_claims(every_pair: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Pairs left out of asks_first only because they have too few claims: their dollars would have put them there."""
    last = first["rank"].max() if first.height else None
    small = every_pair.filter("is_small").sort("rank")
    return small if last is None else small.filter(pl.col("rank") < last)


def coverage_curve(ranking: pl.LazyFrame) -> pl.DataFrame:
    """One row per rank: dollars and share of the whole that the first asks reach together."""
    ranked = ranking.sort("rank").select(
        "rank", *PAIR, "payer_name", "surprise_balance", "cumulative_share", running=cents("surprise_balance").cum_sum()
    )
    return ranked.with_columns(cumulative_amount=dollars("running")).drop("running").collect()


def new_and_worsening(every_pair: pl.DataFrame, policy: ReportPolicy) -> pl.DataFrame:
    """Pairs first seen in the recent weeks or rising, on enough lines, by how much more a week they cost than before, most first.

    recent_week_amount and earlier_week_amount are averages a week, rounded half up to the cent.
    """
    recent, earlier = policy.recent_weeks, policy.trend_weeks - policy.recent_weeks
    moved = every_pair.filter(
        pl.col("trend").is_in(["new", "rising"]) & (pl.col("recent_line_count") >= policy.worsening_line_count)
    ).with_columns(
        recent_week=(pl.col("recent_cents") * 2 + recent) // (recent * 2),
        earlier_week=(pl.col("earlier_cents") * 2 + earlier) // (earlier * 2),
    )
    table = moved.with_columns(
        recent_week_amount=dollars("recent_week"),
        earlier_week_amount=dollars("earlier_week"),
        more=pl.col("recent_week") - pl.col("earlier_week"),
    ).with_columns(change_amount=dollars("more"))
    return table.sort("more", "rank", descending=[True, False])


def wins(outcomes: pl.LazyFrame) -> pl.DataFrame:
    """One row per agreed fee: did it load? state: loaded, partly, not_loaded, no_claims_yet; alerts first."""
    eligible, paid = pl.col("eligible_line_count"), pl.col("paid_at_agreed_count")
    state = (
        pl.when(eligible == 0).then(pl.lit("no_claims_yet"))
        .when(paid == eligible).then(pl.lit("loaded"))
        .when(paid == 0).then(pl.lit("not_loaded"))
        .otherwise(pl.lit("partly"))
    )  # fmt: skip
    order = ["is_alert", "lost_since_amount", "payer_id", "alternate_code", "effective_from"]
    return outcomes.with_columns(state=state).sort(order, descending=[True, True, False, False, True]).collect()
