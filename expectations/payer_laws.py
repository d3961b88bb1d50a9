"""Laws of the tables about payers and offices: what is split by office, by name or by week still adds up."""

from __future__ import annotations

import polars as pl

from expectations.law import DIFFERENCE, Frames, Law, against_findings, broken, off_by, total


def _alias_weeks(frames: Frames) -> pl.Series:
    weeks, totals = frames["payer_alias_weeks"], frames["payment_totals"]
    return pl.Series(DIFFERENCE, [total(weeks, "payment_amount") - total(totals, "payment_amount")], pl.Int64)


def _suggested(frames: Frames) -> pl.Series:
    unmapped = frames["unmapped_payers"].get_column("payer_id")
    return broken(
        frames["payer_suggestions"], pl.col("unmapped_payer_id").is_in(unmapped.implode()) & ~pl.col("payer_id").is_in(unmapped.implode())
    )


PAYER_LAWS = (
    Law(
        "location_ranking_total",
        "counted findings and location_ranking add up to the same surprise balance, to the cent; what no office has is one of its own",
        ("findings", "location_ranking"),
        against_findings("location_ranking"),
        owner="analyst",
        found=off_by,
        example="lines whose payee is on no row of locations.csv are left out",
    ),
    Law(
        "alias_weeks_total",
        "payer_alias_weeks and payment_totals add up to the same dollars paid, to the cent",
        ("payer_alias_weeks", "payment_totals"),
        _alias_weeks,
        owner="billing manager",
        found=off_by,
        example="payments without a payer's name are left out",
    ),
    Law(
        "suggestions_join_nothing",
        "a suggestion names an unmapped payer and a listed one",
        ("payer_suggestions", "unmapped_payers"),
        _suggested,
        owner="billing manager",
        example="a suggestion for a payer that payers.yaml lists",
    ),
)
