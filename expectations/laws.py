"""Control totals and laws between columns and tables: each a column of differences that must all be zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

Frames = Mapping[str, pl.DataFrame]
DIFFERENCE = "difference"
CLAIM_PARTS = ("claim_loaded_count", "claim_duplicate_count", "claim_quarantined_count")
CHARGE_PARTS = ("loaded_charge_amount", "duplicate_charge_amount", "quarantined_charge_amount")


@dataclass(frozen=True)
class Law:
    """`differences` gives one whole number a row (cents, or 1 for a broken row); every one must be 0."""

    name: str
    meaning: str
    tables: tuple[str, ...]
    differences: Callable[[Frames], pl.Series]


def applicable(frames: Frames) -> list[Law]:
    """The laws whose tables are all there."""
    return [law for law in LAWS if all(name in frames for name in law.tables)]


def _cents(column: str) -> pl.Expr:
    return pl.col(column).to_physical().cast(pl.Int64).fill_null(0)


def _total(frame: pl.DataFrame, column: str) -> int:
    return frame.select(_cents(column).sum()).item()


def _series(frame: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    return frame.select(expression.cast(pl.Int64).alias(DIFFERENCE)).to_series()


def _broken(frame: pl.DataFrame, holds: pl.Expr) -> pl.Series:
    """1 for each row where it does not hold; a null answer does not hold either."""
    return _series(frame, holds.fill_null(False).not_())


def _against_findings(ranking: str) -> Callable[[Frames], pl.Series]:
    def differences(frames: Frames) -> pl.Series:
        counted = frames["findings"].filter("counted")
        return pl.Series(DIFFERENCE, [_total(counted, "surprise_balance") - _total(frames[ranking], "surprise_balance")], pl.Int64)

    return differences


def _payments(frames: Frames) -> pl.Series:
    claims = frames["claims"].group_by("payment_id").agg(paid=_cents("paid_amount").sum())
    moved = frames["provider_adjustments"].group_by("payment_id").agg(moved=_cents("amount").sum())
    balanced = frames["payments"].filter("is_balanced").join(claims, on="payment_id", how="left").join(moved, on="payment_id", how="left")
    return _series(balanced, _cents("payment_amount") - pl.col("paid").fill_null(0) + pl.col("moved").fill_null(0))


LAWS = (
    Law(
        "code_ranking_total",
        "counted findings and payer_code_ranking add up to the same surprise balance, to the cent",
        ("findings", "payer_code_ranking"),
        _against_findings("payer_code_ranking"),
    ),
    Law(
        "alternate_ranking_total",
        "counted findings and payer_alternate_ranking add up to the same surprise balance, to the cent",
        ("findings", "payer_alternate_ranking"),
        _against_findings("payer_alternate_ranking"),
    ),
    Law(
        "counted_lines",
        "a counted line is downgraded, of a primary payer, and priced",
        ("findings",),
        lambda frames: _broken(
            frames["findings"].filter("counted"),
            (pl.col("verdict") == "downgraded") & (pl.col("payer_rank") == 1) & pl.col("surprise_balance").is_not_null(),
        ),
    ),
    Law(
        "not_counted_reason",
        "a line is counted, or says why not",
        ("findings",),
        lambda frames: _broken(frames["findings"], pl.col("counted") == pl.col("not_counted_reason").is_null()),
    ),
    Law(
        "review_has_no_balance",
        "a line for review has no surprise balance yet, only a candidate amount",
        ("findings",),
        lambda frames: _broken(frames["findings"].filter(verdict="needs_review"), pl.col("surprise_balance").is_null()),
    ),
    Law(
        "claims_conserved",
        "claims read = loaded + duplicate + quarantined, for every file",
        ("files",),
        lambda frames: _series(frames["files"], pl.col("claim_count") - pl.sum_horizontal(CLAIM_PARTS)),
    ),
    Law(
        "charges_conserved",
        "charges read = loaded + duplicate + quarantined, for every file",
        ("files",),
        lambda frames: _series(frames["files"], _cents("charge_amount") - pl.sum_horizontal(_cents(name) for name in CHARGE_PARTS)),
    ),
    Law(
        "runs_conserved",
        "claims and charges read = loaded + duplicate + quarantined, on every business date",
        ("runs",),
        lambda frames: _broken(frames["runs"], pl.col("is_conserved")),
    ),
    Law(
        "payments_balance",
        "payment = claims paid - provider adjustments, for every payment marked as balanced",
        ("payments", "claims", "provider_adjustments"),
        _payments,
    ),
)
