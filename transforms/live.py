"""Which claims still stand: reversals paired with what they reverse, reissues, predeterminations.

A reversal is a claim of its own with every amount negated (status 22), in the same remittance or a later one.
Nothing is removed here: each claim gets a state and, where there is one, its counterpart.
"""

from __future__ import annotations

import polars as pl

from transforms.netting import netting_rows
from transforms.tables.contract import TEXT

REVERSAL = "22"
PREDETERMINATION = "25"


def settle_claims(claims: pl.DataFrame, lines: pl.DataFrame, adjustments: pl.DataFrame, provider_adjustments: pl.DataFrame) -> pl.DataFrame:
    """One row per claim: claim_id, state, counterpart_claim_id, is_reissue. Of contract tables: see netting.netting_rows."""
    return settle_rows(netting_rows(claims, lines, adjustments, provider_adjustments))


def settle_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per claim of netting_rows: claim_id, state, counterpart_claim_id, is_reissue.

    state is live, reversed, reversal, orphan_reversal, superseded or predetermination. is_reissue marks a live claim that was
    paid again with other amounts and nothing that says which payment stands, so a person must look. Claims that share no
    number, account or name with others (netting.KEYS) may be given or left out: no other claim's state changes.
    Source: domain 2.3.
    """
    timeline = _timeline(rows)
    pairs = _reversal_pairs(timeline)
    states = timeline.select("claim_id", state=alone())
    states = states.join(pairs, on="claim_id", how="left").with_columns(
        state=pl.coalesce(pl.col("paired_state"), pl.col("state")),
    )
    standing = timeline.join(states.filter(pl.col("state") == "live").select("claim_id"), on="claim_id", how="semi")
    reissues = _reissues(standing).with_columns(is_repeated=True)
    return states.join(reissues, on="claim_id", how="left").select(
        "claim_id",
        state=pl.when(pl.col("replaced_by").is_not_null()).then(pl.lit("superseded")).otherwise(pl.col("state")),
        counterpart_claim_id=pl.coalesce("replaced_by", "counterpart_claim_id"),
        is_reissue=pl.col("is_repeated").fill_null(False) & pl.col("replaced_by").is_null(),
    )


def alone() -> pl.Expr:
    """The state of a claim that no other claim bears on."""
    status = pl.col("claim_status_code")
    return (
        pl.when(status == PREDETERMINATION).then(pl.lit("predetermination"))
        .when(status == REVERSAL).then(pl.lit("orphan_reversal"))
        .otherwise(pl.lit("live"))
    )  # fmt: skip


def _timeline(rows: pl.DataFrame) -> pl.DataFrame:
    """Claims in the order they took effect, with absolute amounts.

    On one payment date a reversal comes before what it makes room for, unless both are in one payment, whose order stands.
    """
    return (
        rows.with_columns(
            is_reversal=(pl.col("claim_status_code") == REVERSAL).fill_null(False),
            payer_rank=pl.col("payer_rank").fill_null(1),  # a denial (status 4) names no rank, and comes from the primary
            charge_size=pl.col("charge_cents").abs(),
            paid_size=pl.col("paid_cents").abs(),
        )
        .sort("payment_date", "payment_id", "claim_segment")
        .with_row_index("place")
    )


def _reversal_pairs(timeline: pl.DataFrame) -> pl.DataFrame:
    """claim_id, paired_state, counterpart_claim_id for every reversal that finds its claim, and for that claim.

    Strongest likeness first: same payer number and amounts; same account number, dates and amounts; same payer number alone.
    """
    number_and_amounts = ["payer_id", "payer_claim_control_number", "charge_size", "paid_size"]
    account_and_amounts = ["payer_id", "patient_control_number", "dates", "charge_size", "paid_size"]
    number = ["payer_id", "payer_claim_control_number"]
    left = timeline.filter(pl.col("claim_status_code").fill_null("") != PREDETERMINATION)
    found: list[pl.DataFrame] = []
    in_file_order = ["payment_id", "claim_segment"]
    # Two payments of one day have no order of their own; a reversal left over may belong to a claim of the same day.
    originals_first = ["is_reversal", *in_file_order]
    for key, day_order in (
        (number_and_amounts, in_file_order),
        (number_and_amounts, originals_first),
        (account_and_amounts, in_file_order),
        (account_and_amounts, originals_first),
        (number, in_file_order),
    ):
        pairs = _stack_pairs(left, key, day_order)
        found.append(pairs)
        left = left.join(pairs, on="claim_id", how="anti")
    return pl.concat(found)


def _stack_pairs(timeline: pl.DataFrame, key: list[str], day_order: list[str]) -> pl.DataFrame:
    """Within a key each reversal takes the latest claim that still stands, as brackets close.

    height counts the standing claims; where a reversal finds none, the floor falls and the count starts anew from there.
    """
    known = timeline.drop_nulls(key)
    groups = known.join(known.filter("is_reversal").select(key).unique(), on=key, how="semi")
    step = pl.when("is_reversal").then(-1).otherwise(1)
    events = (
        groups.sort("payment_date", *day_order)
        .with_columns(height=step.cum_sum().over(key))
        .with_columns(floor=pl.min_horizontal(pl.col("height").cum_min().over(key), 0))
        .with_columns(floor_before=pl.col("floor").shift(1, fill_value=0).over(key))
        .filter(~(pl.col("is_reversal") & (pl.col("floor") < pl.col("floor_before"))))
        .with_columns(level=pl.col("height") - pl.col("floor") + pl.col("is_reversal").cast(pl.Int32))
        .with_columns(
            next_claim_id=pl.col("claim_id").shift(-1).over(*key, "level"),
            next_is_reversal=pl.col("is_reversal").shift(-1).over(*key, "level"),
            next_place=pl.col("place").shift(-1).over(*key, "level"),
            next_payment_id=pl.col("payment_id").shift(-1).over(*key, "level"),
        )
    )
    # Inside one payment the order of the file is the order of events: what follows a reversal is its correction.
    in_order = (pl.col("place") < pl.col("next_place")) | (pl.col("payment_id") != pl.col("next_payment_id"))
    closed = events.filter(~pl.col("is_reversal") & pl.col("next_is_reversal").fill_null(False) & in_order)
    originals = closed.select("claim_id", paired_state=pl.lit("reversed"), counterpart_claim_id="next_claim_id")
    reversals = closed.select(claim_id="next_claim_id", paired_state=pl.lit("reversal"), counterpart_claim_id="claim_id")
    return pl.concat([originals, reversals])


def _reissues(standing: pl.DataFrame) -> pl.DataFrame:
    """Standing claims that another payment repeats: claim_id, replaced_by (null: nothing says which payment stands).

    A later claim repeats an earlier one of the same payer and rank when it names it (REF*F8), has both its numbers, or has
    its account number, dates and charge where the earlier one paid nothing. It replaces it when the payer says so: by
    naming it, by a correction remark or reason, by taking the money back (PLB), or because there was no money to take back.
    """
    whole = standing.filter(~pl.col("is_split"))
    rank = ["payer_id", "payer_rank"]
    named = _repeats(
        whole.drop_nulls("original_claim_control_number"),
        whole,
        [*rank, "original_claim_control_number"],
        [*rank, "payer_claim_control_number"],
    )
    same = [*rank, "patient_control_number", "dates", "charge_size"]
    numbered = _repeats(whole, whole, [*same, "payer_claim_control_number"], [*same, "payer_claim_control_number"])
    unpaid = whole.filter(pl.col("paid_cents") == 0)
    repaid = _repeats(whole.filter(pl.col("paid_cents") > 0), unpaid, same, same)
    replaced = pl.concat([named, numbered.filter("is_marked"), numbered.filter("is_taken_back"), repaid]).select(
        "earlier_claim_id", "claim_id", "place"
    )
    unsure = numbered.join(replaced, on="earlier_claim_id", how="anti")
    return pl.concat(
        [
            replaced.sort("place")
            .group_by(claim_id="earlier_claim_id", maintain_order=True)
            .agg(pl.col("claim_id").last().alias("replaced_by")),
            pl.concat([unsure["claim_id"], unsure["earlier_claim_id"]])
            .unique()
            .to_frame("claim_id")
            .with_columns(replaced_by=pl.lit(None, TEXT)),
        ]
    ).unique("claim_id", keep="first", maintain_order=True)


def _repeats(later: pl.DataFrame, earlier: pl.DataFrame, later_key: list[str], earlier_key: list[str]) -> pl.DataFrame:
    """Pairs of a later claim and an earlier one of another payment with the same key, the later one's columns kept."""
    found = later.join(
        earlier.select(*earlier_key, earlier_claim_id="claim_id", earlier_place="place", earlier_payment_id="payment_id"),
        left_on=later_key,
        right_on=earlier_key,
        how="inner",
    )
    return found.filter((pl.col("earlier_place") < pl.col("place")) & (pl.col("earlier_payment_id") != pl.col("payment_id"))).select(
        "claim_id", "place", "is_marked", "is_taken_back", "earlier_claim_id"
    )
