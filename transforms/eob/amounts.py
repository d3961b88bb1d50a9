"""Amount columns to adjustments, so that every line balances by what the export itself states."""

from __future__ import annotations

import polars as pl

from transforms.eob.sheet import ROW
from transforms.eob.typed import FAULT_CODE, FAULT_FIELD
from transforms.tables.layouts import UNNAMED_REASON, Layout

SHARES = {"deductible": "1", "coinsurance": "2", "copay": "3"}
PLACES = ("deductible", "coinsurance", "copay", "rest", "not_covered", "other_insurance", "writeoff")
REASONS = r"(?i)\b(?:(?:PR|CO|PI|OA)[\s-]*)?[ABDPWY]?\d{1,3}\b"


def with_parts(typed: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Adds rest (what the patient owes beyond deductible, coinsurance and copay), writeoff, other_insurance, not_covered and
    difference = charge - paid - all of these, in cents; and the fault of a row that does not add up.

    Where the export states a patient amount, a not-covered amount is part of it or of the write-off and is left out.
    """

    def amount(name: str) -> pl.Expr:
        return pl.col(name).fill_null(0) if name in typed.columns else pl.lit(0, pl.Int64)

    inside = [name for name in SHARES if name not in layout.excludes]
    shares = pl.sum_horizontal(amount(name) for name in SHARES)
    rest = (
        (pl.col("patient") - pl.sum_horizontal(amount(name) for name in inside)).fill_null(0) if "patient" in typed.columns else pl.lit(0)
    )
    has_patient = pl.col("patient").is_not_null() if "patient" in typed.columns else pl.lit(False)
    parts = typed.with_columns(
        *(amount(name).alias(name) for name in (*SHARES, "writeoff", "other_insurance")),
        rest=rest.cast(pl.Int64),
        not_covered=pl.when(~has_patient & pl.lit(bool(layout.not_covered_group))).then(amount("not_covered")).otherwise(0),
    )
    sums = pl.sum_horizontal("paid", "rest", "writeoff", "other_insurance", "not_covered") + shares
    owed = pl.col("rest") + shares + (pl.col("not_covered") if layout.not_covered_group == "PR" else 0)
    parts = parts.with_columns(difference=pl.col("charge") - sums, owed=owed)
    is_below = (pl.col("rest") * pl.when(pl.col("charge") < 0).then(-1).otherwise(1)) < 0
    if not parts.select((pl.col("difference").fill_null(0) != 0).any() | is_below.any()).item():
        return parts
    return parts.with_columns(
        pl.coalesce(
            FAULT_CODE,
            pl.when(pl.col("difference") != 0).then(pl.lit("row_unbalanced")),
            pl.when(is_below).then(pl.lit("patient_below_share")),
        ).alias(FAULT_CODE),
        pl.coalesce(
            FAULT_FIELD, pl.when(pl.col("difference") != 0).then(pl.lit("charge")), pl.when(is_below).then(pl.lit("patient"))
        ).alias(FAULT_FIELD),
    )


def adjustments_of(parts: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """row, group_code, reason_code, amount (cents), position: what explains charge less paid on each line, in row order.
    position is the place of the column in a fixed order, with gaps where an amount is zero.

    Reasons that the export states without an amount name the patient's or the practice's part where one alone can; the
    others are kept with an amount of zero, so that nothing stated is lost and nothing is invented.
    """
    stated = _stated(parts) if "reasons" in parts.columns and parts.get_column("reasons").null_count() < parts.height else None
    patient, contract = _named(stated, "PR"), _named(stated, "CO")
    rows = [_rows(parts, name, "PR", reason) for name, reason in SHARES.items()]
    rows += [
        _with_reason(_rows(parts, "rest", "PR", UNNAMED_REASON), patient),
        _rows(parts, "not_covered", layout.not_covered_group, UNNAMED_REASON),
        _rows(parts, "other_insurance", "OA", "23"),
        _with_reason(_rows(parts, "writeoff", "CO", "45"), contract),
    ]
    found = pl.concat([frame for frame in rows if frame.height] or [_rows(parts, "rest", "PR", "")])
    if stated is not None:
        known = [ROW, "group_code", "reason_code"]
        left = stated.select(known).unique(maintain_order=True).join(found, on=known, how="anti", nulls_equal=True)
        found = pl.concat(
            [
                found,
                left.with_columns(amount=pl.lit(0, pl.Int64), position=pl.int_range(pl.len(), dtype=pl.Int64).over(ROW) + len(PLACES) + 1),
            ]
        )
    return found.sort(ROW, maintain_order=True)


def _rows(parts: pl.DataFrame, name: str, group: str, reason: str) -> pl.DataFrame:
    """One adjustment for each row whose amount of this name is not zero."""
    kept = parts.select(ROW, name).filter(pl.col(name) != 0)
    place = PLACES.index(name) + 1
    return kept.select(ROW, group_code=pl.lit(group), reason_code=pl.lit(reason), amount=name, position=pl.lit(place, pl.Int64))


def _with_reason(rows: pl.DataFrame, named: pl.DataFrame | None) -> pl.DataFrame:
    if named is None or named.is_empty():
        return rows
    joined = rows.join(named, on=ROW, how="left", maintain_order="left")
    return joined.with_columns(reason_code=pl.coalesce("stated", "reason_code")).drop("stated")


def _stated(parts: pl.DataFrame) -> pl.DataFrame:
    """row, group_code, reason_code of every reason without an amount column of its own; 169 alone goes by the amounts there are."""
    rows = parts.filter(pl.col("reasons").is_not_null()).select(
        ROW, "deductible", "coinsurance", "copay", "rest", "writeoff", "other_insurance", found=pl.col("reasons").str.extract_all(REASONS)
    )
    each = rows.explode("found").drop_nulls("found").with_columns(
        group_code=pl.col("found").str.extract(r"(?i)^(PR|CO|PI|OA)", 1).str.to_uppercase(),
        reason_code=pl.col("found").str.extract(r"(?i)^(?:PR|CO|PI|OA)?[\s-]*0*([ABDPWY]?\d{1,3})$", 1).str.to_uppercase(),
    )  # fmt: skip
    own = pl.lit(False)
    for name, reason in (*SHARES.items(), ("other_insurance", "23")):
        own = own | ((pl.col("reason_code") == reason) & (pl.col(name) != 0) & (pl.col("group_code").fill_null("PR") != "CO"))
    is_writeoff = (pl.col("writeoff") != 0) & ((pl.col("reason_code") == "45") | (pl.col("rest") == 0))
    group = pl.when(is_writeoff).then(pl.lit("CO")).when(pl.col("rest") != 0).then(pl.lit("PR"))
    return each.filter(~own).select(ROW, pl.coalesce("group_code", group), "reason_code")


def _named(stated: pl.DataFrame | None, group: str) -> pl.DataFrame | None:
    """row, stated: the one reason of this group, where there is one alone."""
    if stated is None:
        return None
    mine = stated.filter(pl.col("group_code") == group).unique([ROW, "reason_code"])
    return mine.filter(pl.len().over(ROW) == 1).select(ROW, stated="reason_code")


def per_adjustment(typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(lines, adjustments) of an export with one row a line and adjustment: rows in a run with one claim, line number, code and
    day are one line, whose charge and paid amount are those of its first row.

    fault_row is the row at fault. A line whose charge less its adjustments is not its paid amount is at fault.
    """
    key = [name for name in ("claim_number", "account_number", "line_number", "submitted_code", "service_date") if name in typed.columns]
    grouped = typed.with_columns(run=pl.struct(key).rle_id())
    listed = grouped.filter(pl.col("adjustment_amount").is_not_null())
    total = pl.col("adjustment_amount").sum().alias("adjusted")
    lines = grouped.group_by("run", maintain_order=True).agg(
        pl.exclude("run", FAULT_FIELD, FAULT_CODE).first(), total,
        pl.col(FAULT_FIELD, FAULT_CODE).drop_nulls().first(), fault_row=pl.col(ROW).filter(pl.col(FAULT_CODE).is_not_null()).first(),
    )  # fmt: skip
    difference = pl.col("charge") - pl.col("adjusted") - pl.col("paid")
    wanted = [name for name in ("submitted_code", "charge", "paid", "check_date") if name in lines.columns]
    gap = pl.coalesce(pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in wanted)
    is_off = pl.when(difference != 0)
    lines = lines.with_columns(difference=difference).with_columns(
        pl.coalesce(FAULT_FIELD, gap, is_off.then(pl.lit("charge"))).alias(FAULT_FIELD),
        pl.coalesce(FAULT_CODE, pl.when(gap.is_not_null()).then(pl.lit("missing")), is_off.then(pl.lit("row_unbalanced"))).alias(
            FAULT_CODE
        ),
    )
    first = lines.select("run", pl.col(ROW).alias("line_row"))
    found = listed.join(first, on="run", how="left", maintain_order="left").select(
        pl.col("line_row").alias(ROW),
        group_code=pl.col("adjustment_group").str.to_uppercase() if "adjustment_group" in typed.columns else pl.lit(None, pl.String),
        reason_code=_reason(typed),
        amount="adjustment_amount",
        position=pl.int_range(pl.len(), dtype=pl.Int64).over("run") + 1,
    )
    owed = found.filter(pl.col("group_code") == "PR").group_by(ROW).agg(owed=pl.col("amount").sum())
    return lines.drop("run", "adjusted").join(owed, on=ROW, how="left", maintain_order="left"), found


def _reason(typed: pl.DataFrame) -> pl.Expr:
    """The reason of one adjustment without its group and leading zeros."""
    if "adjustment_reason" not in typed.columns:
        return pl.lit(UNNAMED_REASON)
    code = pl.col("adjustment_reason").str.to_uppercase().str.extract(r"^(?:PR|CO|PI|OA)?[\s-]*0*([A-Z]?\d{1,3})\b", 1)
    return code.fill_null(UNNAMED_REASON)
