"""What adjustments and remarks say of a line: cents by who bears them and why, and the codes that bear on a downgrade.

A lake holds few distinct pairs of group and reason, so each pair is judged once and each adjustment takes what its pair means.
"""

from __future__ import annotations

import polars as pl

from transforms.tables.layouts import ALTERNATE_BENEFIT_TEXT, UNNAMED_REASON
from transforms.tables.policy import AuditPolicy

PATIENT, CONTRACT, PAYER, OTHER = "PR", "CO", "PI", "OA"
EVERYONE = (PATIENT, CONTRACT, PAYER, OTHER)
CANNOT_BILL = "N842"  # the payer says the patient may not be billed, whatever PR says
PAIR = ["group_code", "reason_code"]

SUM_NAMES = (
    "pr_cents", "co_cents", "pr_cost_share_cents", "pr_deductible_cents", "pr_copay_cents", "pr_maximum_cents", "pr_stated_cents",
    "pr_service_cents", "pr_noncovered_cents", "pr_excess_cents", "pr_unnamed_cents", "writeoff_cents", "co_stated_cents",
    "co_service_cents", "pi_stated_cents", "oa_stated_cents", "oa_excess_cents", "bundled_cents", "pr_frequency_cents",
)  # fmt: skip
# What a pair of group and reason says beside its amount.
LINE_FLAGS = ("has_stated_reason", "has_service_reason")
REMARK_FLAGS = ("has_stating_remark", "has_correction_remark", "is_unbillable", "has_frequency_remark")


def with_meaning(adjustments: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """Adjustments with a flag for each of SUM_NAMES and LINE_FLAGS,
    is_prior_payer, is_deductible, is_benefit; text names a pair that bears on a downgrade, null for others."""
    pairs = adjustments.select(PAIR).unique()
    judged = pairs.with_columns(holds.fill_null(False).alias(name) for name, holds in _flags(policy).items())
    bearing = [*policy.alternate_benefit_reasons, *policy.alternative_service_reasons, *policy.noncovered_reasons]
    is_telling = pl.col("reason_code").is_in(bearing) & pl.col("group_code").is_in(EVERYONE)
    judged = judged.with_columns(text=pl.when(is_telling).then(pl.col("group_code") + "-" + pl.col("reason_code")))
    return adjustments.join(judged, on=PAIR, how="left", nulls_equal=True).drop(PAIR)


def _flags(policy: AuditPolicy) -> dict[str, pl.Expr]:
    """Which sums an adjustment of a pair belongs to, and what else the pair says."""

    def of(groups: tuple[str, ...], reasons: tuple[str, ...] | None = None) -> pl.Expr:
        mine = pl.col("group_code").is_in(groups)
        return mine if reasons is None else mine & pl.col("reason_code").is_in(reasons)

    stated, service, noncovered = policy.alternate_benefit_reasons, policy.alternative_service_reasons, policy.noncovered_reasons
    return {
        "pr_cents": of((PATIENT,)),
        "co_cents": of((CONTRACT,)),
        "pr_cost_share_cents": of((PATIENT,), ("1", "2", "3")),
        "pr_deductible_cents": of((PATIENT,), ("1",)),
        "pr_copay_cents": of((PATIENT,), ("3",)),
        "pr_maximum_cents": of((PATIENT,), policy.maximum_reasons),
        "pr_stated_cents": of((PATIENT,), stated),
        "pr_service_cents": of((PATIENT,), service),
        "pr_noncovered_cents": of((PATIENT,), noncovered),
        "pr_excess_cents": of((PATIENT,), ("45",)),
        "pr_unnamed_cents": of((PATIENT,), (UNNAMED_REASON,)),
        "writeoff_cents": of((CONTRACT, PAYER), ("45",)),  # PI-45 is one payer's way of saying CO-45
        "co_stated_cents": of((CONTRACT,), stated),
        "co_service_cents": of((CONTRACT,), service),
        "pi_stated_cents": of((PAYER,), stated),
        "oa_stated_cents": of((OTHER,), stated),
        "oa_excess_cents": of((OTHER,), ("94",)),
        "bundled_cents": of(EVERYONE, policy.bundling_reasons),
        "pr_frequency_cents": of((PATIENT,), policy.frequency_reasons),
        "is_prior_payer": of((OTHER,), ("23",)),
        "is_deductible": of((PATIENT,), ("1",)),
        "is_benefit": pl.col("reason_code").is_in(stated),
        "has_stated_reason": of((PATIENT, CONTRACT, PAYER), stated),
        "has_service_reason": of(EVERYONE, service),
    }  # fmt: skip


def stating_remarks(policy: AuditPolicy) -> list[str]:
    """Remark codes that state an alternate benefit, and the mark of an export's remark text that does."""
    return [*policy.alternate_benefit_remarks, ALTERNATE_BENEFIT_TEXT]


def sums_by_row(judged: pl.DataFrame) -> pl.DataFrame:
    """row and SUM_NAMES in cents; positive lowers the payment. `judged` is of with_meaning, with row and cents."""
    return judged.group_by("row").agg(pl.when(name).then("cents").otherwise(0).sum().alias(name) for name in SUM_NAMES)


def reasons_by_row(judged: pl.DataFrame) -> pl.DataFrame:
    """row, LINE_FLAGS and reasons: the GROUP-REASON pairs that bear on a downgrade, each once and in order."""
    told = judged.filter(pl.col("text").is_not_null()).select("row", "text", *LINE_FLAGS).unique(["row", "text"]).sort("row", "text")
    return told.group_by("row").agg(*(pl.col(name).any() for name in LINE_FLAGS), reasons=pl.col("text"))


def remarks_by_row(remarks: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """row, REMARK_FLAGS and remarks: the codes that bear on a downgrade, each once and in order.

    `remarks` is row and code, one row a remark of the line or of its claim.
    """
    meant = {
        "has_stating_remark": stating_remarks(policy),
        "has_correction_remark": [*policy.coding_correction_remarks],
        "is_unbillable": [CANNOT_BILL],
        "has_frequency_remark": [*policy.frequency_remarks],
    }
    telling = [*stating_remarks(policy), *policy.supporting_remarks, *policy.coding_correction_remarks, CANNOT_BILL]
    code = pl.col("code")
    told = remarks.filter(code.is_in([*telling, *policy.frequency_remarks])).unique().sort("row", "code")
    return told.group_by("row").agg(
        *(code.is_in(codes).any().alias(name) for name, codes in meant.items()), remarks=code.filter(code.is_in(telling))
    )
