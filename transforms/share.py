"""The de-identified pack: sums over counted lines by payer, code, alternate code, fee and month, small cells withheld."""

from __future__ import annotations

import polars as pl

from transforms.fees import exact_median
from transforms.findings import dollars, percent_of
from transforms.ranking import share
from transforms.share_cells import ALTERNATE, CODE, CODE_MONTH, FAMILY, FAMILY_MONTH, FEE, Shown, counted_lines, shown_cells
from transforms.tables.contract import Table
from transforms.tables.share import (
    SHARE_ALTERNATE_RANKING,
    SHARE_CODE_RANKING,
    SHARE_FEE_SCHEDULE,
    SHARE_MONTHLY_TREND,
    SHARE_TOTALS,
)

AMOUNTS = (
    ("surprise_cents", "surprise_balance"),
    ("shortfall_cents", "benefit_shortfall"),
    ("absorbed_cents", "provider_absorbed_amount"),
)
MEDIANS = (("fee_cents", "median_alternate_fee"), ("contracted_cents", "contracted_fee"))


def share_pack(findings: pl.DataFrame, minimum: int) -> dict[str, pl.DataFrame]:
    """Every table of the pack by name, from the published findings (FINDINGS).

    No sum or difference of shown numbers speaks of fewer than `minimum` patients or claims (see disclosure.py); a row that
    would is `suppressed` and its numbers are null. Shares and ranks are of the rows shown, so that they give nothing away.
    """
    lines = counted_lines(findings)
    shown = shown_cells(lines, minimum)
    return {
        SHARE_TOTALS.name: _totals(lines, shown),
        SHARE_CODE_RANKING.name: _code_ranking(lines, shown),
        SHARE_ALTERNATE_RANKING.name: _alternate_ranking(lines, shown, minimum),
        SHARE_FEE_SCHEDULE.name: _fee_schedule(lines, shown),
        SHARE_MONTHLY_TREND.name: _monthly_trend(lines, shown),
    }


def _sums(lines: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """One row per group with every additive number of the pack, its months and its median fees."""
    totals = lines.group_by(by).agg(
        pl.len().cast(pl.Int64).alias("line_count"),
        claim_count=pl.col("claim_id").n_unique(),
        patient_count=pl.col("patient_id").drop_nulls().n_unique(),
        surprise_cents=pl.col("surprise_cents").sum(),
        shortfall_cents=pl.col("shortfall_cents").sum(),
        absorbed_cents=pl.col("absorbed_cents").sum(),
        submitted_codes=pl.col("submitted_code").unique().sort(),
        first_month=pl.col("month").min(),
        last_month=pl.col("month").max(),
    )
    return totals.with_columns(dollars(cents).alias(name) for cents, name in AMOUNTS)


def _medians(lines: pl.DataFrame, sums: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    for value, name in (*MEDIANS, ("coverage_bp", "median_coverage_pct")):
        exact = dollars("median") if value.endswith("cents") else percent_of("median")
        median = exact_median(lines.drop_nulls(value).lazy(), by, value).select(*by, exact.alias(name)).collect()
        sums = sums.join(median, on=by, how="left")
    return sums


def _shown(lines: pl.DataFrame, keys: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The sums of the groups whose keys may be shown."""
    return _sums(lines.join(keys, on=by, how="semi"), by).with_columns(suppressed=pl.lit(False))


def _withheld(lines: pl.DataFrame, keys: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The keys of the other groups."""
    return lines.select(by).unique().join(keys, on=by, how="anti", nulls_equal=True).with_columns(suppressed=pl.lit(True))


def _table(table: Table, parts: list[pl.DataFrame], lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of several kinds as one table: a column that a kind lacks is null; the payer's name comes from the lines."""
    names = lines.group_by("payer_id").agg(pl.col("payer_name").drop_nulls().sort().first())
    rows = pl.concat(parts, how="diagonal_relaxed").join(names, on="payer_id", how="left", nulls_equal=False)
    lacking = [pl.lit(None).alias(column.name) for column in table.columns if column.name not in rows.columns]
    return table.conform(rows.with_columns(lacking)).sort(table.sort, nulls_last=True)


def _totals(lines: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    by = ["payer_id"]
    payers = [_shown(lines, shown.payer, by), _withheld(lines, shown.payer, by)]
    everybody = lines.with_columns(payer_id=pl.lit(None, pl.String))
    whole = _sums(everybody, by) if shown.is_whole_shown else pl.DataFrame({"payer_id": [None]}, lines.select(by).schema)
    over_all = whole.with_columns(scope=pl.lit("all"), suppressed=pl.lit(not shown.is_whole_shown))
    return _table(SHARE_TOTALS, [over_all, *(part.with_columns(scope=pl.lit("payer")) for part in payers)], lines)


def _ranked(rows: pl.DataFrame, code: str) -> pl.DataFrame:
    """Shown rows with rank and shares among themselves."""
    ordered = rows.sort(["surprise_cents", "claim_count", "payer_id", code], descending=[True, True, False, False], nulls_last=True)
    whole = pl.col("surprise_cents").sum()
    return ordered.with_columns(
        rank=pl.int_range(1, pl.len() + 1),
        surprise_share=share(pl.col("surprise_cents"), whole),
        cumulative_share=share(pl.col("surprise_cents").cum_sum(), whole),
    )


def _code_ranking(lines: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    code_of = [*CODE, "code_family"]
    common = (
        lines.drop_nulls("paid_code").group_by(*CODE, "paid_code").agg(n=pl.len())
        .sort(["n", "paid_code"], descending=[True, False])
        .group_by(CODE, maintain_order=True).agg(pl.col("paid_code").first())
    )  # fmt: skip
    inside = lines.join(shown.code, on=CODE, how="semi")
    codes = _medians(inside, _shown(inside, shown.code, CODE), CODE).join(common, on=CODE, how="left")
    rest = lines.join(shown.code, on=CODE, how="anti")
    families = _medians(rest, _shown(rest, shown.family, FAMILY), FAMILY)
    labels = lines.select(code_of).unique()
    by_code = codes.join(labels, on=CODE, how="left").with_columns(level=pl.lit("code"))
    by_family = families.with_columns(level=pl.lit("family"), submitted_code=pl.lit(None, pl.String))
    ranked = _ranked(pl.concat([by_code, by_family], how="diagonal_relaxed"), "submitted_code")
    hidden = _withheld(lines, shown.code, CODE).join(labels, on=CODE, how="left")
    hidden = hidden.with_columns(level=pl.lit("code"), submitted_codes=pl.concat_list("submitted_code"))
    return _table(SHARE_CODE_RANKING, [ranked, hidden], lines)


def _alternate_ranking(lines: pl.DataFrame, shown: Shown, minimum: int) -> pl.DataFrame:
    pair = [*ALTERNATE, "submitted_code"]
    size = pl.min_horizontal("patient_count", "claim_count")
    large = _sums(lines, pair).filter(size >= minimum).sort(["surprise_cents", "submitted_code"], descending=[True, False])
    dragged = large.group_by(ALTERNATE, maintain_order=True).agg(submitted_codes="submitted_code")
    sums = _medians(lines, _shown(lines, shown.alternate, ALTERNATE), ALTERNATE).drop("submitted_codes")
    ranked = _ranked(sums, "alternate_code").join(dragged, on=ALTERNATE, how="left")
    table = pl.concat([ranked, _withheld(lines, shown.alternate, ALTERNATE)], how="diagonal_relaxed")
    return _table(SHARE_ALTERNATE_RANKING, [table.with_columns(pl.col("submitted_codes").fill_null([]))], lines)


def _fee_schedule(lines: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    """Fees shown, and one row without a fee where any fee is withheld or unknown."""
    fees = _shown(lines, shown.fee, FEE).with_columns(fee=dollars("fee_cents"))
    rest = _withheld(lines, shown.fee, FEE).select(*ALTERNATE, "suppressed").unique()
    return _table(SHARE_FEE_SCHEDULE, [fees, rest], lines)


def _monthly_trend(lines: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    rest = lines.join(shown.code_month, on=CODE_MONTH, how="anti")
    # Every code in every month: a withheld row must not tell that there was anybody at all.
    grid = lines.select(*CODE, "code_family").unique().join(lines.select("month").unique(), how="cross")
    hidden = grid.join(shown.code_month, on=CODE_MONTH, how="anti").with_columns(suppressed=pl.lit(True))
    labelled = _shown(lines, shown.code_month, CODE_MONTH).join(grid, on=CODE_MONTH)
    codes = pl.concat([labelled, hidden], how="diagonal_relaxed").with_columns(level=pl.lit("code"))
    families = _shown(rest, shown.family_month, FAMILY_MONTH).with_columns(level=pl.lit("family"))
    return _table(SHARE_MONTHLY_TREND, [codes, families], lines)
