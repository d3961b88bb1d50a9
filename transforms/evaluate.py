"""How good the audit was, measured against the truth of a synthetic practice: verdicts, tiers, dollars and the ranking's order."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.practice.truth import true_ranking
from transforms.tables.contract import COUNT, MONEY

KEY = ("source_file", "line_segment")
FLAGGED = ("downgraded", "needs_review")
TIERS = tuple(f"{verdict} {tier}" for verdict in FLAGGED for tier in ("1", "2", "3", "4", "unsure"))
AMOUNTS = (
    "surprise_balance", "patient_responsibility_amount", "expected_patient_responsibility_amount", "benefit_shortfall",
    "above_schedule_amount", "provider_absorbed_amount", "liability_unclear_amount",
)  # fmt: skip
CODES = ("submitted_code", "paid_code")
SHARE = pl.Decimal(7, 4)


@dataclass(frozen=True)
class Evaluation:
    """The comparison as frames; shares are 0.0000 to 1.0000, null where there was nothing to find or nothing was found.

    verdicts: verdict, true_count, found_count, matched_count, precision, recall. tiers: the same per verdict and
    evidence tier. situations: one row per situation, with the lines told right. amounts: per amount, over lines that
    truly count, the true and the found total and how far single lines are off. wrong: the lines that differ, by position.
    ranking: both rankings side by side.
    """

    verdicts: pl.DataFrame
    tiers: pl.DataFrame
    situations: pl.DataFrame
    amounts: pl.DataFrame
    wrong: pl.DataFrame
    ranking: pl.DataFrame
    is_ranking_equal: bool
    surprise_error: float | None

    @property
    def is_perfect(self) -> bool:
        """Not a line, not a cent and not a place differs."""
        return self.wrong.is_empty() and self.is_ranking_equal


def evaluate(findings: pl.DataFrame, explained: pl.DataFrame | None, truth: pl.DataFrame) -> Evaluation:
    """Compares published findings (and lines explained otherwise) with the truth of the same practice.

    Of a payment that came twice either copy may be the one kept: a finding on the other copy counts for the original.
    A finding where the truth has no line is wrong too.
    """
    compared = _compared(_at_original(findings, truth), None if explained is None else _at_original(explained, truth), truth)
    ranking, is_equal = _rankings(compared)
    amounts = _amounts(compared)
    return Evaluation(
        verdicts=_scores(compared, "verdict", "found_verdict", FLAGGED),
        tiers=_scores(compared, "tier", "found_tier", TIERS),
        situations=_situations(compared),
        amounts=amounts,
        wrong=_wrong(compared),
        ranking=ranking,
        is_ranking_equal=is_equal,
        surprise_error=_relative_error(compared),
    )


def _at_original(found: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Rows on a duplicate payment, moved to the line that they repeat; one row a place."""
    copies = truth.filter(pl.col("original_file").is_not_null()).select(*KEY, "original_file", "original_segment")
    moved = found.join(copies, on=list(KEY), how="left").with_columns(
        source_file=pl.coalesce("original_file", "source_file"), line_segment=pl.coalesce("original_segment", "line_segment")
    )
    return moved.drop("original_file", "original_segment")


def _compared(findings: pl.DataFrame, explained: pl.DataFrame | None, truth: pl.DataFrame) -> pl.DataFrame:
    """One row per true line or finding, with found_<column> beside <column>."""
    columns = ["verdict", "counted", "payer_id", *CODES, *AMOUNTS]
    found = findings.select(*KEY, *(pl.col(name).alias(f"found_{name}") for name in columns), found_tier=_tier())
    real = truth.filter(pl.col("original_file").is_null()).with_columns(tier=_tier())
    joined = real.join(found, on=list(KEY), how="full", coalesce=True, maintain_order="left_right")
    reasons = pl.lit(None, pl.String).alias("explanation")
    if explained is not None:
        joined = joined.join(explained.select(*KEY, "explanation"), on=list(KEY), how="left", maintain_order="left")
    else:
        joined = joined.with_columns(reasons)
    return joined.with_columns(
        pl.col("verdict", "found_verdict").fill_null("none"),
        pl.col("counted", "found_counted").fill_null(False),
        pl.col("situation").fill_null("no_such_line"),
    )


def _tier() -> pl.Expr:
    """Verdict and evidence tier as one name, "unsure" where signals fit no tier; null where there is no finding."""
    tier = pl.col("evidence_tier").cast(pl.String).fill_null("unsure")
    return pl.when(pl.col("verdict").is_in(FLAGGED)).then(pl.format("{} {}", "verdict", tier))


def _scores(compared: pl.DataFrame, true: str, found: str, names: tuple[str, ...]) -> pl.DataFrame:
    """Per name: how many truly are, how many were found to be, and how many of these agree."""
    rows = [
        compared.select(
            pl.lit(name).alias(true),
            true_count=(pl.col(true) == name).sum().cast(COUNT),
            found_count=(pl.col(found) == name).sum().cast(COUNT),
            matched_count=((pl.col(true) == name) & (pl.col(found) == name)).sum().cast(COUNT),
        )
        for name in names
    ]
    return pl.concat(rows).with_columns(precision=_share("matched_count", "found_count"), recall=_share("matched_count", "true_count"))


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then((pl.col(part) / pl.col(whole)).round(4).cast(SHARE))


def _is_right() -> pl.Expr:
    """The verdict and whether it counts agree, and on lines that truly count every amount and code that is known does."""
    same = (pl.col("verdict") == pl.col("found_verdict")) & (pl.col("counted") == pl.col("found_counted"))
    exact = pl.all_horizontal(_agrees(name) for name in (*AMOUNTS, *CODES, "payer_id"))
    return same & (exact | ~pl.col("counted"))


def _agrees(name: str) -> pl.Expr:
    """Equal, or not defined by the truth."""
    return pl.col(name).is_null() | pl.col(name).eq_missing(pl.col(f"found_{name}"))


def _situations(compared: pl.DataFrame) -> pl.DataFrame:
    return (
        compared.group_by("situation")
        .agg(line_count=pl.len().cast(COUNT), right_count=_is_right().sum().cast(COUNT))
        .sort("situation")
        .with_columns(right_share=_share("right_count", "line_count"))
    )


def _amounts(compared: pl.DataFrame) -> pl.DataFrame:
    """Per amount: totals over lines that truly count and whose amount is defined, and the sum of the lines' differences."""
    counted = compared.filter("counted")
    rows = [
        counted.filter(pl.col(name).is_not_null()).select(
            amount=pl.lit(name),
            line_count=pl.len().cast(COUNT),
            true_total=pl.col(name).sum().cast(MONEY),
            found_total=pl.col(f"found_{name}").fill_null(0).sum().cast(MONEY),
            difference_total=(pl.col(name) - pl.col(f"found_{name}").fill_null(0)).abs().sum().cast(MONEY),
            wrong_count=(~pl.col(name).eq_missing(pl.col(f"found_{name}"))).sum().cast(COUNT),
        )
        for name in AMOUNTS
    ]
    return pl.concat(rows)


def _wrong(compared: pl.DataFrame) -> pl.DataFrame:
    """The lines that are not right, by position in their file; no patient, no control number."""
    differing = [pl.when(pl.col("counted") & ~_agrees(name)).then(pl.lit(name)) for name in (*AMOUNTS, *CODES, "payer_id")]
    return (
        compared.filter(~_is_right())
        .with_columns(differs=pl.concat_list(differing).list.drop_nulls())
        .select(
            *KEY, "situation", pl.coalesce("payer_id", "found_payer_id").alias("payer_id"), "verdict", "found_verdict", "tier",
            "found_tier", "counted", "found_counted", "explanation", "differs",
            *(column for name in AMOUNTS for column in (name, f"found_{name}")),
        )
        .sort(KEY)
    )  # fmt: skip


def _rankings(compared: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """True and found ranking side by side, and whether payer, code and balance agree in every place."""
    pair = ["payer_id", "submitted_code", "surprise_balance"]
    true = true_ranking(compared.filter(pl.col("situation") != "no_such_line")).select(pair).with_row_index("rank", 1)
    renamed = compared.select(
        *KEY, "claim_segment", payer_id="found_payer_id", submitted_code="found_submitted_code",
        surprise_balance="found_surprise_balance", counted="found_counted",
    )  # fmt: skip
    found = true_ranking(renamed).select(pair).with_row_index("rank", 1)
    side_by_side = true.join(found, on="rank", how="full", coalesce=True, suffix="_found", maintain_order="left_right").with_columns(
        is_equal=pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_found")) for name in pair)
    )
    return side_by_side, bool(side_by_side["is_equal"].all())


def _relative_error(compared: pl.DataFrame) -> float | None:
    """Sum of the lines' differences in counted surprise balance, as a share of the true total; null if that is zero."""
    counted = compared.filter(pl.col("counted") | pl.col("found_counted"))
    true = pl.when("counted").then(pl.col("surprise_balance").cast(pl.Decimal(38, 2))).otherwise(0)
    found = pl.when("found_counted").then(pl.col("found_surprise_balance").cast(pl.Decimal(38, 2))).otherwise(0).fill_null(0)
    total, off = counted.select(total=true.sum(), off=(true - found).abs().sum()).row(0)
    return float(off / total) if total else None
