"""What a procedure's fee and coverage are: from the practice's tables, else as the payer's own remittances show them."""

from __future__ import annotations

import polars as pl

from transforms.adjudicated import cents


def in_force(keys: pl.DataFrame, table: pl.DataFrame, on: list[str], date: str = "fee_date") -> pl.DataFrame:
    """Distinct keys with the row of a dated table that holds on their date; keys that have none are left out."""
    holds = (pl.col(date) >= pl.col("effective_from")) & (pl.col("effective_until").is_null() | (pl.col(date) < pl.col("effective_until")))
    return keys.unique().join(table, on=on, how="inner").filter(holds)


def contracted_fees(keys: pl.DataFrame, fees: pl.DataFrame) -> pl.DataFrame:
    """payer_id, procedure_code, fee_date → fee_cents a unit, from the contracted fees in force."""
    table = fees.filter(pl.col("kind") == "contracted").with_columns(fee_cents=cents("fee")).drop("fee", "kind")
    found = in_force(keys.select("payer_id", "procedure_code", "fee_date"), table, ["payer_id", "procedure_code"])
    return found.select("payer_id", "procedure_code", "fee_date", "fee_cents")


def office_fees(keys: pl.DataFrame, fees: pl.DataFrame) -> pl.DataFrame:
    """procedure_code, fee_date → office_fee_cents a unit, from the office fees in force."""
    table = fees.filter(pl.col("kind") == "office").with_columns(office_fee_cents=cents("fee")).drop("fee", "kind", "payer_id")
    found = in_force(keys.select("procedure_code", "fee_date"), table, ["procedure_code"])
    return found.select("procedure_code", "fee_date", "office_fee_cents")


def table_coverage(keys: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """payer_id, procedure_code, fee_date → coverage_bp (hundredths of a percent), from the coverage table in force."""
    found = in_force(keys.select("payer_id", "procedure_code", "fee_date"), coverage, ["payer_id"])
    inside = pl.col("procedure_code").is_between(pl.col("code_from"), pl.col("code_to"))
    return found.filter(inside).select(
        "payer_id", "procedure_code", "fee_date", coverage_bp=pl.col("coverage_pct").to_physical().cast(pl.Int64)
    )


def is_ordinary() -> pl.Expr:
    """A line that the payer benefited as billed: what its fees and coverage may be learned from."""
    nothing_hidden = (
        (pl.col("submitted_code") == pl.col("paid_code"))
        & (pl.col("payer_rank") == 1)
        & ~pl.col("has_prior_payer")
        & (pl.col("alternate_cents") > 0)
        & (pl.col("charge_cents") > 0)
        & (pl.col("units_paid") > 0)
        & (pl.col("units_paid") == pl.col("units_submitted"))
        & ~pl.col("is_whole_claim")
        & ~pl.col("has_claim_level_money")
    )
    no_reduction = pl.all_horizontal(
        pl.col(name) == 0
        for name in ("pr_stated_cents", "co_stated_cents", "pi_stated_cents", "oa_stated_cents", "pr_service_cents", "co_service_cents",
                     "pr_noncovered_cents", "pr_unnamed_cents", "bundled_cents", "pr_maximum_cents", "oa_excess_cents")
    )  # fmt: skip
    return nothing_hidden & no_reduction


def exact_median(values: pl.LazyFrame, by: list[str], value: str) -> pl.LazyFrame:
    """Median per group, half up where two middle values differ; and the group's line count."""
    return median_of_counts(values.group_by(*by, value).agg(value_count=pl.len().cast(pl.Int64)), by, value)


def median_of_counts(counts: pl.LazyFrame, by: list[str], value: str) -> pl.LazyFrame:
    """exact_median from value_count per distinct value; counts of parts one below the other are summed here.

    Fees take few values, so counting them costs little at any number of lines (design: aggregates are additive).
    """
    counted = counts.group_by(*by, value).agg(pl.col("value_count").sum()).sort(*by, value)
    total = pl.col("value_count").sum().over(by)
    upto = pl.col("value_count").cum_sum().over(by)
    before = upto - pl.col("value_count")
    low, high = (total + 1) // 2, total // 2 + 1
    holds_low = (before < low) & (upto >= low)
    holds_high = (before < high) & (upto >= high)
    middle = pl.col(value).filter(pl.col("holds_low")).first() + pl.col(value).filter(pl.col("holds_high")).first()
    return (
        counted.with_columns(holds_low=holds_low, holds_high=holds_high)
        .group_by(by)
        .agg(median=(middle + 1) // 2, observed_count=pl.col("value_count").sum())
    )


def fee_counts(lines: pl.DataFrame) -> pl.DataFrame:
    """payer_id, procedure_code, unit_cents, value_count: what payers allowed on lines benefited as billed (is_ordinary); additive."""
    unit = lines.select("payer_id", procedure_code="submitted_code", unit_cents=pl.col("alternate_cents") // pl.col("units_paid"))
    return unit.group_by("payer_id", "procedure_code", "unit_cents").agg(value_count=pl.len().cast(pl.Int64))


def observed_fees(counts: pl.DataFrame, minimum_lines: int) -> pl.DataFrame:
    """payer_id, procedure_code → observed_fee_cents a unit and observed_count, from fee_counts of all that is on file."""
    medians = median_of_counts(counts.lazy(), ["payer_id", "procedure_code"], "unit_cents")
    return medians.filter(pl.col("observed_count") >= minimum_lines).rename({"median": "observed_fee_cents"}).collect()


def coverage_shown(paid: pl.Expr, after_deductible: pl.Expr) -> pl.Expr:
    """The whole percent, in hundredths, that turns the allowed amount after deductible into the payment; null if none does."""
    percent = (paid * 200 + after_deductible) // (after_deductible * 2)
    repaid = (after_deductible * percent * 2 + 100) // 200
    fits = (after_deductible > 0) & (paid > 0) & ((repaid - paid).abs() <= 1) & (percent <= 100)
    return pl.when(fits).then(percent * 100)


def coverage_counts(lines: pl.DataFrame) -> pl.DataFrame:
    """payer_id, procedure_code, coverage_bp, value_count: shares shown on lines benefited as billed (is_ordinary); additive."""
    share = coverage_shown(pl.col("paid_cents"), pl.col("alternate_cents") - pl.col("pr_deductible_cents") - pl.col("pr_copay_cents"))
    shown = lines.select("payer_id", procedure_code="submitted_code", coverage_bp=share).drop_nulls()
    return shown.group_by("payer_id", "procedure_code", "coverage_bp").agg(value_count=pl.len().cast(pl.Int64))


def observed_coverage(counts: pl.DataFrame, minimum_lines: int) -> pl.DataFrame:
    """payer_id, procedure_code → observed_coverage_bp, the share most often paid, from coverage_counts of all that is on file."""
    counted = counts.group_by("payer_id", "procedure_code", "coverage_bp").agg(line_count=pl.col("value_count").sum())
    # Most often, then the higher share: a low one is likelier to be a line with something else on it.
    best = counted.sort("line_count", "coverage_bp", descending=True).group_by("payer_id", "procedure_code", maintain_order=True)
    chosen = best.agg(observed_coverage_bp=pl.col("coverage_bp").first(), line_count=pl.col("line_count").sum())
    return chosen.filter(pl.col("line_count") >= minimum_lines).drop("line_count")
