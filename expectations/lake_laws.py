"""Laws of the lake, over the small frames of transforms.lake_checks (named lake_*)."""

from __future__ import annotations

import polars as pl

from expectations.law import Frames, Law, off_by, series

BALANCES, ACCOUNTS, KEYS, PARENTS = ("lake_payments",), ("lake_files",), ("lake_keys",), ("lake_parents",)


def _named(frame: str, count: str):
    def found(frames: Frames, differences: pl.Series) -> str:
        bad = frames[frame].filter(pl.col(count) != 0)
        return ", ".join(f"{rows} rows of {name}" for name, rows in bad.select("table_name", count).iter_rows())

    return found


# What is broken first comes first, since up to three reasons are told.
LAKE_LAWS = (
    Law(
        "lake_keys_once",
        "no key occurs twice in a table of the lake",
        KEYS,
        lambda frames: series(frames["lake_keys"], pl.col("repeated_count")),
        example="the same claim stands in two files of lake/claims",
        found=_named("lake_keys", "repeated_count"),
    ),
    Law(
        "lake_parents_held",
        "each claim has its payment, each line and adjustment its claim, each provider adjustment its payment",
        PARENTS,
        lambda frames: series(frames["lake_parents"], pl.col("orphan_count")),
        example="service lines whose claim is gone",
        found=_named("lake_parents", "orphan_count"),
    ),
    Law(
        "payments_balance",
        "payment = claims paid - provider adjustments, for every payment marked as balanced",
        BALANCES,
        lambda frames: series(frames["lake_payments"].filter("is_balanced"), pl.col("gap_cents")),
        example="a payment of 155.00 whose claims in the lake paid 150.00, with no provider adjustment",
        found=off_by,
    ),
    Law(
        "payment_gaps_stated",
        "every payment states to the cent by how much its claims and provider adjustments miss it",
        BALANCES,
        lambda frames: series(frames["lake_payments"], pl.col("gap_cents") - pl.col("stated_gap_cents")),
        example="a claim is gone from the lake: its payment now misses more than it states",
        found=off_by,
    ),
    Law(
        "loaded_claims_held",
        "the lake holds as many claims of each file as the file's account says were loaded",
        ACCOUNTS,
        lambda frames: series(frames["lake_files"], pl.col("claim_gap_count")),
        example="a file with 10 claims loaded, of which the lake holds 9",
    ),
    Law(
        "loaded_charges_held",
        "the claims that the lake holds of each file have the charges that its account says were loaded",
        ACCOUNTS,
        lambda frames: series(frames["lake_files"], pl.col("charge_gap_cents")),
        example="charges of 1,000.00 loaded, of which the lake holds 900.00",
        found=off_by,
    ),
)
