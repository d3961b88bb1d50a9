"""Amount columns to adjustments, so that every line balances by what the export itself states."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.eob.cells import coded
from transforms.eob.sheet import ROW
from transforms.eob.stated import GROUPS, NOT_COVERED, PLACES, REASON_OF_PLACE, REST, SHARES, WRITEOFF, stated_reasons
from transforms.eob.typed import FAULT_CODE, FAULT_FIELD
from transforms.tables.layouts import UNNAMED_REASON, Layout


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
        *(amount(name).alias(name) for name in (*SHARES, "writeoff", "other_insurance") if name in typed.columns),
        rest=rest.cast(pl.Int64),
        not_covered=pl.when(~has_patient & pl.lit(bool(layout.not_covered_group))).then(amount("not_covered")).otherwise(0),
    )
    sums = pl.sum_horizontal("paid", "rest", "not_covered", amount("writeoff"), amount("other_insurance")) + shares
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
    groups = pl.Series([*GROUPS[:NOT_COVERED], layout.not_covered_group, *GROUPS[NOT_COVERED + 1 :]])
    reasons, left = pl.Series(REASON_OF_PLACE), None
    held = [place for place, name in enumerate(PLACES) if name in parts.columns and (parts.get_column(name) != 0).any()]
    amounts, codes = np.empty((parts.height, len(held)), np.int64), np.empty((parts.height, len(held)), np.uint32)
    for column, place in enumerate(held):
        amounts[:, column], codes[:, column] = parts.get_column(PLACES[place]).to_numpy(), place
    if "reasons" in parts.columns and parts.get_column("reasons").null_count() < parts.height:
        named, left = stated_reasons(parts, groups)
        distinct, which = coded(named.get_column("reason_code"))
        for place in {REST, WRITEOFF} & set(held):
            mine = (named.get_column("place") == place).to_numpy()
            codes[named.get_column("line").to_numpy()[mine], held.index(place)] = which.to_numpy()[mine] + len(reasons)
        reasons = pl.concat([reasons, distinct])
    at = np.flatnonzero(amounts)
    line, column = np.divmod(at, max(len(held), 1))
    place = np.array(held, np.uint32)[column]
    found = pl.DataFrame({
        "line": line, "group_code": groups.gather(place), "reason_code": reasons.gather(codes.ravel()[at]), "amount": amounts.ravel()[at],
        "position": place.astype(np.int64) + 1,
    })  # fmt: skip
    if left is not None and left.height:
        found = pl.concat([found, left]).sort("line", maintain_order=True)
    return found.select(parts.get_column(ROW).gather(found.get_column("line")), pl.exclude("line"))


def per_adjustment(typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(lines, adjustments) of an export with one row a line and adjustment: rows in a run with one claim, line number, code, day,
    charge and paid amount (blank: as above) are one line. A reversal and what follows it are two; and where a run does not add up,
    each time that a reason comes again begins another line, for a claim may hold two equal ones.

    fault_row is the row at fault. A line whose charge less its adjustments is not its paid amount is at fault.
    """
    key = [name for name in ("claim_number", "account_number", "line_number", "submitted_code", "service_date") if name in typed.columns]
    amounts = [pl.col(name).forward_fill() for name in ("charge", "paid")]
    grouped = _equal_lines_apart(typed.with_columns(run=pl.struct(*key, "is_reversal", *amounts).rle_id()))
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


def _equal_lines_apart(grouped: pl.DataFrame) -> pl.DataFrame:
    """The rows with the runs that do not add up parted where a reason comes again."""
    reason = [name for name in ("adjustment_group", "adjustment_reason") if name in grouped.columns]
    adjusted = pl.col("adjustment_amount").sum().over("run")
    is_off = (pl.col("charge").first().over("run") - pl.col("paid").first().over("run") != adjusted).fill_null(False)
    again = pl.when(is_off).then(pl.int_range(pl.len()).over("run", *reason)).otherwise(0)
    return grouped.with_columns(run=pl.struct("run", again=again).rle_id())


def _reason(typed: pl.DataFrame) -> pl.Expr:
    """The reason of one adjustment without its group and leading zeros."""
    if "adjustment_reason" not in typed.columns:
        return pl.lit(UNNAMED_REASON)
    code = pl.col("adjustment_reason").str.to_uppercase().str.extract(r"^(?:PR|CO|PI|OA)?[\s-]*0*([A-Z]?\d{1,3})\b", 1)
    return code.fill_null(UNNAMED_REASON)
