"""Claim-level alternate benefits on claims with several lines: given to a line only for a person to decide."""

from __future__ import annotations

import polars as pl


def is_unplaced() -> pl.Expr:
    """A claim's own row, of which a line may be meant."""
    return pl.col("is_whole_claim") & (pl.col("verdict") == "needs_review") & (pl.col("claim_line_count") > 1)


def place_claim_level(decided: pl.DataFrame) -> pl.DataFrame:
    """A claim's own row is moved to the one line that fits; adds has_claim_level_reason, true for that line.

    `decided` holds all lines of the claims whose own row is_unplaced; others may be left out.

    One line whose billed code the rules can downgrade, not denied and not flagged otherwise, takes the claim-level amount as
    its candidate and becomes needs_review; with none or several the claim's row stays and the amount is unallocated.
    Source: domain 1.6.
    """
    claims = decided.filter(is_unplaced()).select(
        "claim", own_stated_cents="pr_stated_cents", own_co_cents="co_stated_cents", own_pi_cents="pi_stated_cents"
    )
    mine = decided.join(claims, on="claim", how="left", maintain_order="left")
    mine = mine.with_columns(is_open=pl.col("own_stated_cents").is_not_null())
    line = ~pl.col("is_whole_claim")
    fits = (
        line
        & pl.col("is_open")
        & (pl.col("verdict") != "downgraded")
        & pl.col("has_alternate")
        & ~pl.col("is_denied")
        & ~pl.col("is_bundle")
    )
    is_one = fits.sum().over("claim") == 1
    taken = pl.col("is_whole_claim") & pl.col("is_open") & is_one
    # Amounts of the claim go with the line, so that the candidate is what the payer assigned.
    moved = {
        "pr_stated_cents": "own_stated_cents", "co_stated_cents": "own_co_cents", "pi_stated_cents": "own_pi_cents",
    }  # fmt: skip
    return (
        mine.with_columns(is_chosen=fits & is_one, is_taken=taken)
        .filter(~pl.col("is_taken"))
        .with_columns(
            *(pl.when("is_chosen").then(pl.col(name) + pl.col(own)).otherwise(name).alias(name) for name, own in moved.items()),
            pr_cents=pl.when("is_chosen").then(pl.col("pr_cents") + pl.col("own_stated_cents")).otherwise("pr_cents"),
            verdict=pl.when("is_chosen").then(pl.lit("needs_review")).otherwise("verdict"),
            paid_code=pl.when(pl.col("is_chosen") & ~pl.col("is_swap"))
            .then(pl.coalesce("matched_code", "only_code"))
            .otherwise("paid_code"),
            paid_code_source=pl.when(pl.col("is_chosen") & ~pl.col("is_swap") & pl.col("only_code").is_not_null())
            .then(pl.lit("only_rule"))
            .when(pl.col("is_chosen") & ~pl.col("is_swap"))
            .then(None)
            .otherwise("paid_code_source"),
        )
        .rename({"is_chosen": "has_claim_level_reason"})
        .drop("is_taken", "is_open", *moved.values())
    )
