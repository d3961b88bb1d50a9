"""Service lines as adjudicated: each with its codes in one form, its adjustments summed by what they mean, and its payer.

Amounts are int64 cents from here on, until a mart is written.
"""

from __future__ import annotations

import polars as pl

from transforms.tables.layouts import UNNAMED_REASON
from transforms.tables.policy import AuditPolicy

PATIENT, CONTRACT, PAYER, OTHER = "PR", "CO", "PI", "OA"
DENTAL_QUALIFIERS = ("AD", "ER", "ZZ", "")  # HC 00170 is a medical anaesthesia code, AD 02150 an old dental one


def cents(column: str) -> pl.Expr:
    """A DECIMAL(12,2) column as whole cents, exactly."""
    return pl.col(column).to_physical().cast(pl.Int64)


def procedure_code(code: str, qualifier: str) -> pl.Expr:
    """A procedure code in its present form: upper case, and D for the leading zero of the five-digit dental codes."""
    plain = pl.col(code).str.strip_chars().str.to_uppercase()
    is_old_dental = pl.col(qualifier).fill_null("").str.to_uppercase().is_in(DENTAL_QUALIFIERS) & plain.str.contains(r"^0\d{4}$")
    return pl.when(is_old_dental).then(pl.lit("D") + plain.str.slice(1)).when(plain != "").then(plain)


def adjudicated_lines(
    payments: pl.LazyFrame, claims: pl.LazyFrame, lines: pl.LazyFrame, adjustments: pl.LazyFrame, policy: AuditPolicy
) -> pl.LazyFrame:
    """One row per service line, and one per claim that has none or whose claim-level reason fits no line.

    `payments` carry payer_id, payer_name, network and balance_basis of the mapped payer. Claim-level adjustments belong to
    a claim's only line, and then CLP04 is what was paid (domain 1.6). is_whole_claim marks rows without a service line;
    has_claim_level_money marks lines whose claim holds adjustments that cannot be allocated and that make the line's own
    payment doubtful. A deductible does not: it is owed whatever the line was paid as.
    Source: SVC, CAS, CLP; sums in cents, positive lowers the payment.
    """
    line_counts = lines.group_by("claim_id").agg(claim_line_count=pl.len(), only_line_id=pl.col("line_id").first())
    claim_rows = claims.join(line_counts, on="claim_id", how="left").with_columns(pl.col("claim_line_count").fill_null(0))
    only_line = claim_rows.filter(pl.col("claim_line_count") == 1).select("claim_id", "only_line_id")
    placed = adjustments.join(only_line, on="claim_id", how="left").with_columns(
        row_id=pl.coalesce("line_id", "only_line_id", "claim_id"), is_claim_level=pl.col("line_id").is_null()
    )
    sums = placed.group_by("row_id").agg(*_sums(policy))
    states_benefit = pl.col("reason_code").is_in(policy.alternate_benefit_reasons)
    per_claim = placed.group_by("claim_id").agg(
        has_prior_payer=((pl.col("group_code") == OTHER) & (pl.col("reason_code") == "23")).any(),
        has_claim_level=pl.col("is_claim_level").any(),
        has_unplaced=(pl.col("is_claim_level") & ~((pl.col("group_code") == PATIENT) & (pl.col("reason_code") == "1"))).any(),
        states_benefit_at_claim_level=(pl.col("is_claim_level") & states_benefit).any(),
    )
    held = claim_rows.join(per_claim, on="claim_id", how="left").with_columns(
        pl.col("has_claim_level", "has_unplaced", "states_benefit_at_claim_level", "has_prior_payer").fill_null(False),
        # A status that names no rank (4) is judged by its money (domain 2.2): the primary's, unless a prior payer is shown.
        pl.col("payer_rank").fill_null(1),
    )
    rows = pl.concat([_line_rows(lines, held), _claim_rows(held)], how="vertical")
    header = payments.select(
        "payment_id",
        "source_file",
        "payer_id",
        "payer_name",
        "network",
        "balance_basis",
        "payee_npi",
        "payment_date",
        "is_balanced",
        "payment_vendor_id",
        "location_id",
        "location_name",
    )
    return (
        rows.join(header, on="payment_id", how="inner")
        .join(sums, left_on="line_id", right_on="row_id", how="left")
        .with_columns(pl.col(name).fill_null(0) for name in SUM_NAMES)
        .with_columns(pl.col("reasons").fill_null([]))
        .with_columns(
            alternate_cents=pl.col("paid_cents") + pl.col("pr_cost_share_cents") + pl.col("pr_maximum_cents"),
            fee_date=pl.coalesce("service_date", "payment_date"),
            is_after_prior_payer=(pl.col("payer_rank") > 1) | pl.col("has_prior_payer"),
        )
    )


def _sums(policy: AuditPolicy) -> list[pl.Expr]:
    """What the adjustments of a line come to, by who bears them and why."""
    group, reason, amount = pl.col("group_code"), pl.col("reason_code"), cents("amount")

    def total(groups: tuple[str, ...], reasons: tuple[str, ...] | None = None) -> pl.Expr:
        wanted = group.is_in(groups) if reasons is None else group.is_in(groups) & reason.is_in(reasons)
        return amount.filter(wanted).sum()

    stated, service, noncovered = policy.alternate_benefit_reasons, policy.alternative_service_reasons, policy.noncovered_reasons
    everyone = (PATIENT, CONTRACT, PAYER, OTHER)
    return [
        total((PATIENT,)).alias("pr_cents"),
        total((CONTRACT,)).alias("co_cents"),
        total((PATIENT,), ("1", "2", "3")).alias("pr_cost_share_cents"),
        total((PATIENT,), ("1",)).alias("pr_deductible_cents"),
        total((PATIENT,), ("3",)).alias("pr_copay_cents"),
        total((PATIENT,), policy.maximum_reasons).alias("pr_maximum_cents"),
        total((PATIENT,), stated).alias("pr_stated_cents"),
        total((PATIENT,), service).alias("pr_service_cents"),
        total((PATIENT,), noncovered).alias("pr_noncovered_cents"),
        total((PATIENT,), ("45",)).alias("pr_excess_cents"),
        total((PATIENT,), (UNNAMED_REASON,)).alias("pr_unnamed_cents"),
        total((CONTRACT, PAYER), ("45",)).alias("writeoff_cents"),  # PI-45 is one payer's way of saying CO-45
        total((CONTRACT,), stated).alias("co_stated_cents"),
        total((CONTRACT,), service).alias("co_service_cents"),
        total((PAYER,), stated).alias("pi_stated_cents"),
        total((OTHER,), stated).alias("oa_stated_cents"),
        total((OTHER,), ("94",)).alias("oa_excess_cents"),
        total(everyone, policy.bundling_reasons).alias("bundled_cents"),
        total((PATIENT,), policy.frequency_reasons).alias("pr_frequency_cents"),
        (group + "-" + reason).unique().sort().alias("reasons"),
    ]


SUM_NAMES = (
    "pr_cents", "co_cents", "pr_cost_share_cents", "pr_deductible_cents", "pr_copay_cents", "pr_maximum_cents", "pr_stated_cents",
    "pr_service_cents", "pr_noncovered_cents", "pr_excess_cents", "pr_unnamed_cents", "writeoff_cents", "co_stated_cents",
    "co_service_cents", "pi_stated_cents", "oa_stated_cents", "oa_excess_cents", "bundled_cents", "pr_frequency_cents",
)  # fmt: skip

CLAIM_COLUMNS = (
    "payment_id", "patient_control_number", "payer_claim_control_number", "claim_status_code", "payer_rank", "patient_id",
    "claim_segment", "class_of_contract", "claim_line_count", "has_claim_level", "has_unplaced", "states_benefit_at_claim_level",
    "has_prior_payer",
)  # fmt: skip


def _line_rows(lines: pl.LazyFrame, claims: pl.LazyFrame) -> pl.LazyFrame:
    """Service lines with their claim; the paid amount of an only line with claim-level adjustments is the claim's."""
    held = claims.select(
        "claim_id", *CLAIM_COLUMNS, claim_remarks="remark_codes", claim_paid_cents=cents("paid_amount"), statement_date="statement_date"
    )
    is_only = (pl.col("claim_line_count") == 1) & pl.col("has_claim_level")
    return lines.join(held, on="claim_id", how="inner").select(
        "line_id", "claim_id", "file_id", "line_segment", *CLAIM_COLUMNS,
        submitted_code=procedure_code("submitted_code", "submitted_qualifier"),
        submitted_code_source="submitted_code_source",
        paid_code=procedure_code("paid_code", "paid_qualifier"),
        charge_cents=cents("charge_amount"),
        paid_cents=pl.when(is_only).then("claim_paid_cents").otherwise(cents("paid_amount")),
        stated_allowed_cents=cents("allowed_amount"),
        units_submitted="units_submitted",
        units_paid="units_paid",
        service_date=pl.coalesce("service_date", "statement_date"),
        line_control_number="line_control_number",
        tooth_code="tooth_code",
        surface_codes="surface_codes",
        remarks=pl.concat_list("remark_codes", "claim_remarks").list.unique(maintain_order=True),
        is_whole_claim=pl.lit(False),
        has_claim_level_money=pl.col("has_unplaced") & (pl.col("claim_line_count") > 1),
    )  # fmt: skip


def _claim_rows(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Claims without a line, and claims with several lines and a claim-level alternate benefit, as rows of their own."""
    alone = (pl.col("claim_line_count") == 0) | ((pl.col("claim_line_count") > 1) & pl.col("states_benefit_at_claim_level"))
    none = pl.lit(None, pl.String)
    return claims.filter(alone).select(
        pl.col("claim_id").alias("line_id"), "claim_id", "file_id", pl.col("claim_segment").alias("line_segment"), *CLAIM_COLUMNS,
        submitted_code=none,
        submitted_code_source=none,
        paid_code=none,
        charge_cents=cents("charge_amount"),
        paid_cents=cents("paid_amount"),
        stated_allowed_cents=pl.lit(None, pl.Int64),
        units_submitted=pl.lit(1, pl.Int64),
        units_paid=pl.lit(1, pl.Int64),
        service_date="statement_date",
        line_control_number=none,
        tooth_code=none,
        surface_codes=none,
        remarks="remark_codes",
        is_whole_claim=pl.lit(True),
        has_claim_level_money=pl.lit(False),
    )  # fmt: skip
