"""What a law is: a column of differences that must all be zero, with what a person needs to act on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from expectations.checks import Owner, Severity

Frames = Mapping[str, pl.DataFrame]
DIFFERENCE = "difference"


def nothing_more(frames: Frames, differences: pl.Series) -> str:
    """The count of failed rows says it all."""
    return ""


def off_by(frames: Frames, differences: pl.Series) -> str:
    """How many dollars a control total is off, summed over its rows without regard to sign."""
    amount = int(differences.abs().sum())
    return f"off by ${amount // 100:,}.{amount % 100:02d}" if amount else ""


@dataclass(frozen=True)
class Law:
    """`differences` gives one whole number a row (cents, or 1 for a broken row); every one must be 0.

    `found` puts what is wrong into words, without a value from a claim; empty where all is well.
    """

    name: str
    meaning: str
    tables: tuple[str, ...]
    differences: Callable[[Frames], pl.Series]
    owner: Owner = "ops"
    example: str = ""
    severity: Severity = "stop"
    found: Callable[[Frames, pl.Series], str] = nothing_more


def cents(column: str) -> pl.Expr:
    """Money as whole cents; nothing counts as zero."""
    return pl.col(column).to_physical().cast(pl.Int64).fill_null(0)


def series(frame: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    """The expression as a column of differences."""
    return frame.select(expression.cast(pl.Int64).alias(DIFFERENCE)).to_series()


def broken(frame: pl.DataFrame, holds: pl.Expr) -> pl.Series:
    """1 for each row where it does not hold; a null answer does not hold either."""
    return series(frame, holds.fill_null(False).not_())


def total(frame: pl.DataFrame, column: str) -> int:
    """A column of money summed, in cents."""
    return frame.select(cents(column).sum()).item()


def against_findings(ranking: str) -> Callable[[Frames], pl.Series]:
    """Surprise balance of the counted findings less that of a ranking, in cents."""

    def differences(frames: Frames) -> pl.Series:
        counted = frames["findings"].filter("counted")
        return pl.Series(DIFFERENCE, [total(counted, "surprise_balance") - total(frames[ranking], "surprise_balance")], pl.Int64)

    return differences
