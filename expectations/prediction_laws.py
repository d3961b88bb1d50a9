"""The predictions against the findings that they rest on."""

from __future__ import annotations

import polars as pl

from expectations.law import DIFFERENCE, Frames, Law, broken


def _against_findings(frames: Frames) -> pl.Series:
    """Downgraded primary lines of the window with a code and a price are in both, one for one."""
    inside = pl.col("not_counted_reason").is_null() | (pl.col("not_counted_reason") == "unbalanced_payment")
    found = frames["findings"].filter(inside & pl.col("submitted_code").is_not_null()).height
    return pl.Series(DIFFERENCE, [found - (frames["predicted_downgrades"]["priced_line_count"].sum() or 0)], pl.Int64)


PREDICTION_LAWS = (
    Law(
        "predictions_rest_on_findings",
        "the priced downgrades behind predicted_downgrades are those of findings, line for line",
        ("findings", "predicted_downgrades"),
        _against_findings,
        owner="analyst",
        severity="warn",
        example="a counted line of D2392 that no prediction rests on",
    ),
    Law(
        "predictions_in_range",
        "no more lines are downgraded than were decided on, and the share lies in its range",
        ("predicted_downgrades",),
        lambda frames: broken(
            frames["predicted_downgrades"].drop_nulls("downgraded_share"),
            (pl.col("downgraded_line_count") <= pl.col("eligible_line_count"))
            & pl.col("downgraded_share").is_between("probability_low_pct", "probability_high_pct"),
        ),
        owner="analyst",
        severity="warn",
        example="12 of 10 lines downgraded",
    ),
)
