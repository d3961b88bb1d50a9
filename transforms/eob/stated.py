"""Reasons that an export states without an amount: CO45, PR-169, or 169 alone, in one cell of the line."""

from __future__ import annotations

import polars as pl

from transforms.tables.layouts import UNNAMED_REASON

SHARES = {"deductible": "1", "coinsurance": "2", "copay": "3"}
# Who bears an amount and why, in the order in which the adjustments of a line stand; the layout says who bears not_covered.
PLACES = ("deductible", "coinsurance", "copay", "rest", "not_covered", "other_insurance", "writeoff")
REST, NOT_COVERED, WRITEOFF = 3, 4, 6
GROUPS = ("PR", "PR", "PR", "PR", "", "OA", "CO")
REASON_OF_PLACE = (*SHARES.values(), UNNAMED_REASON, UNNAMED_REASON, "23", "45")
REASONS = r"(?i)\b(?:(?:PR|CO|PI|OA)[\s-]*)?[ABDPWY]?\d{1,3}\b"


def stated_reasons(parts: pl.DataFrame, groups: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(named, left). named: line, place, reason_code of the patient's or the practice's part that a reason stated names, where one
    alone can. left: line, group_code, reason_code, amount 0 and position of the reasons that no amount stands for.

    `line` is the place of the row in `parts`. What a cell says depends on its text and on which amounts there are, so each
    distinct pair of the two is worked out once.
    """
    bits = [pl.when(pl.col(name) != 0).then(1 << place).otherwise(0) for place, name in enumerate(PLACES) if name in parts.columns]
    cells = ["reasons", "amounts"]
    rows = parts.select("reasons", amounts=pl.sum_horizontal(bits), line=pl.int_range(pl.len(), dtype=pl.Int64)).drop_nulls("reasons")
    kinds = rows.select(cells).unique(maintain_order=True)
    said = _said(kinds)
    alone = said.filter(pl.len().over(*cells, "group_code") == 1).select(
        *cells, "reason_code", place=pl.col("group_code").replace_strict({"PR": REST, "CO": WRITEOFF}, default=None, return_dtype=pl.Int64)
    )
    named = alone.drop_nulls("place").filter(_has(pl.col("place")))
    shown = _shown(kinds, named, groups)
    left = said.join(shown, on=shown.columns, how="anti", nulls_equal=True, maintain_order="left")
    nth = pl.int_range(pl.len(), dtype=pl.Int64).over(cells)
    left = left.with_columns(amount=pl.lit(0, pl.Int64), position=nth + len(PLACES) + 1)
    return (
        rows.join(named, on=cells).select("line", "place", "reason_code"),
        rows.join(left, on=cells, maintain_order="left_right").select("line", "group_code", "reason_code", "amount", "position"),
    )


def _has(place: pl.Expr | int) -> pl.Expr:
    """Whether the amount at a place is not zero."""
    bit = pl.lit(1 << place) if isinstance(place, int) else place.replace_strict({at: 1 << at for at in range(len(PLACES))})
    return (pl.col("amounts") & bit) != 0


def _said(kinds: pl.DataFrame) -> pl.DataFrame:
    """group_code and reason_code of every reason without an amount column of its own, each once; 169 alone goes by the amounts
    there are."""
    each = kinds.with_columns(found=pl.col("reasons").str.extract_all(REASONS)).explode("found").drop_nulls("found").with_columns(
        group_code=pl.col("found").str.extract(r"(?i)^(PR|CO|PI|OA)", 1).str.to_uppercase(),
        reason_code=pl.col("found").str.extract(r"(?i)^(?:PR|CO|PI|OA)?[\s-]*0*([ABDPWY]?\d{1,3})$", 1).str.to_uppercase(),
    )  # fmt: skip
    own = pl.lit(False)
    for name, reason in (*SHARES.items(), ("other_insurance", "23")):
        own = own | ((pl.col("reason_code") == reason) & _has(PLACES.index(name)) & (pl.col("group_code").fill_null("PR") != "CO"))
    is_writeoff = _has(WRITEOFF) & ((pl.col("reason_code") == "45") | ~_has(REST))
    group = pl.when(is_writeoff).then(pl.lit("CO")).when(_has(REST)).then(pl.lit("PR"))
    open_ones = each.filter(~own).select("reasons", "amounts", pl.coalesce("group_code", group), "reason_code")
    return open_ones.unique(maintain_order=True)


def _shown(kinds: pl.DataFrame, named: pl.DataFrame, groups: pl.Series) -> pl.DataFrame:
    """reasons, amounts, group_code, reason_code of the amounts that there are, under the reasons that they have in the end."""
    places = pl.DataFrame({"place": pl.int_range(len(PLACES), eager=True), "group_code": groups, "of_place": REASON_OF_PLACE})
    every = kinds.join(places, how="cross").filter(_has(pl.col("place")))
    shown = every.join(named, on=["reasons", "amounts", "place"], how="left")
    return shown.select("reasons", "amounts", "group_code", pl.coalesce("reason_code", "of_place").alias("reason_code"))
