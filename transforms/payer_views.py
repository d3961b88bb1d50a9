"""How payers appear: whose money, whose network, and under which names, week by week."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from transforms.names import plain_name, plain_tax_id
from transforms.ranking import share
from transforms.tables.payer_views import ALIAS_DRIFT, PAYER_ALIAS_WEEKS, PAYER_ROUTES
from transforms.vendors import with_network

ROUTE = ["payer_id", "payment_vendor_id", "leased_network_id", "class_of_contract"]


def route_counts(payments: pl.DataFrame, claims: pl.DataFrame, networks: pl.DataFrame) -> pl.DataFrame:
    """What PAYER_ROUTES says of these mapped payments and the claims that came with them; parts of the lake add up.

    claims: payment_id, claim_id, class_of_contract, statement_date, paid_amount.
    """
    tax_id = plain_tax_id(pl.col("payer_tax_id"))
    held = payments.select("payment_id", "payer_id", "payer_name", "is_mapped", "payment_vendor_id", "payment_date", tax_id=tax_id)
    sent = claims.select("payment_id", "claim_id", "statement_date", "paid_amount", class_of_contract=_contract())
    dated = held.join(sent, on="payment_id", how="left").with_columns(priced_on=pl.coalesce("statement_date", "payment_date"))
    return (
        with_network(dated, networks, "priced_on")
        .group_by(ROUTE)
        .agg(
            pl.col("payer_name").drop_nulls().min(),
            pl.col("is_mapped").first(),
            payment_count=pl.col("payment_id").n_unique().cast(pl.Int64),
            claim_count=pl.col("claim_id").count().cast(pl.Int64),
            paid_amount=pl.col("paid_amount").sum(),
            first_seen=pl.col("payment_date").min(),
            last_seen=pl.col("payment_date").max(),
            tax_ids=pl.col("tax_id").drop_nulls().unique().sort(),
        )
    )


def payer_routes(counts: pl.DataFrame) -> pl.DataFrame:
    """Contract PAYER_ROUTES from route_counts; parts one below the other are summed here."""
    table = counts.group_by(ROUTE).agg(
        pl.col("payer_name").drop_nulls().min(), pl.col("is_mapped").first(), pl.col("payment_count", "claim_count", "paid_amount").sum(),
        pl.col("first_seen").min(), pl.col("last_seen").max(), pl.col("tax_ids").list.explode().drop_nulls().unique().sort(),
    )  # fmt: skip
    return PAYER_ROUTES.conform(table).sort(PAYER_ROUTES.sort, nulls_last=True)


def _contract() -> pl.Expr:
    text = pl.col("class_of_contract").str.strip_chars()
    return pl.when(text != "").then(text)


def payer_alias_weeks(payments: pl.DataFrame) -> pl.DataFrame:
    """Contract PAYER_ALIAS_WEEKS from mapped payments with their claim_count."""
    table = (
        payments.with_columns(
            alias=plain_name(pl.col("payer_name_sent")).fill_null(""), week_start=pl.col("payment_date").dt.truncate("1w")
        )
        .group_by("payer_id", "alias", "week_start")
        .agg(
            payer_names=pl.col("payer_name_sent").drop_nulls().unique().sort(),
            payment_count=pl.col("payment_count").sum(),
            claim_count=pl.col("claim_count").sum().cast(pl.Int64),
            payment_amount=pl.col("payment_amount").sum(),
        )
        .with_columns(
            week=pl.col("week_start").dt.strftime("%G-W%V"),
            claim_share=share(pl.col("claim_count"), pl.col("claim_count").sum().over("payer_id", "week_start")),
        )
    )
    return PAYER_ALIAS_WEEKS.conform(table).sort(PAYER_ALIAS_WEEKS.sort)


def alias_drift(weeks: pl.DataFrame, points: int, minimum_claims: int) -> pl.DataFrame:
    """Contract ALIAS_DRIFT from PAYER_ALIAS_WEEKS: names whose share of their payer's claims moved by more than `points`.

    A week is compared with the last one before it in which the payer sent enough claims, for many pay every other week.
    """
    totals = weeks.group_by("payer_id", "week_start").agg(total=pl.col("claim_count").sum(), week=pl.col("week").first())
    enough = totals.filter(pl.col("total") >= minimum_claims).sort("payer_id", "week_start")
    before = {f"previous_{name}": pl.col(name).shift(1).over("payer_id") for name in ("week_start", "week", "total")}
    pairs = enough.with_columns(**before).drop_nulls("previous_week_start")
    sent = weeks.select("payer_id", "week_start", "alias", "claim_count")
    earlier = sent.rename({"week_start": "previous_week_start", "claim_count": "previous_claim_count"})
    key, previous_key = ["payer_id", "week_start"], ["payer_id", "previous_week_start"]
    both = (pairs.join(sent.drop("claim_count"), on=key), pairs.join(earlier.drop("previous_claim_count"), on=previous_key))
    names = pl.concat(frame.select(*pairs.columns, "alias") for frame in both).unique()
    held = names.join(sent, on=[*key, "alias"], how="left").join(earlier, on=[*previous_key, "alias"], how="left")
    held = held.with_columns(pl.col("claim_count", "previous_claim_count").fill_null(0))
    now, then = pl.col("claim_count") * pl.col("previous_total"), pl.col("previous_claim_count") * pl.col("total")
    moved = held.filter((now - then).abs() * 100 > points * pl.col("total") * pl.col("previous_total"))
    first = weeks.group_by("payer_id", "alias").agg(first_week_start=pl.col("week_start").min())
    table = moved.join(first, on=["payer_id", "alias"]).with_columns(
        claim_share=share(pl.col("claim_count"), pl.col("total")),
        previous_claim_share=share(pl.col("previous_claim_count"), pl.col("previous_total")),
        is_new=pl.col("first_week_start") == pl.col("week_start"),
    )
    return ALIAS_DRIFT.conform(table).sort(ALIAS_DRIFT.sort)


def alias_warnings(drift: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The moves of the last ISO week that is over on the business date, as transforms.drift tells unusual weeks."""
    following = as_of + timedelta(days=1)
    newest = f"{following - timedelta(days=following.weekday() + 7):%G-W%V}"
    name = pl.when(pl.col("alias") == "").then(pl.lit("no name")).otherwise("alias")
    words = pl.format(
        "{}: payer {} sent {} % of its claims under {}; {} % in {}", "week", "payer_id", pl.col("claim_share").cast(pl.String), name,
        pl.col("previous_claim_share").cast(pl.String), "previous_week",
    )  # fmt: skip
    return drift.filter(week=newest).select(
        measure=pl.lit("payer_alias"), subject="payer_id", week="week", is_unusual=pl.lit(True), words=words
    )
