"""Service lines as adjudicated: each with its codes in one form, its adjustments summed by what they mean, and its payer.

Amounts are int64 cents from here on, until a mart is written. Ids are compared once, where tables meet; from there on claims
and rows go by numbers.
"""

from __future__ import annotations

import polars as pl

from transforms.line_reasons import LINE_FLAGS, REMARK_FLAGS, SUM_NAMES, reasons_by_row, remarks_by_row, sums_by_row, with_meaning
from transforms.tables.policy import AuditPolicy

DENTAL_QUALIFIERS = ("AD", "ER", "ZZ", "")  # HC 00170 is a medical anaesthesia code, AD 02150 an old dental one
HEADER = (
    "source_file", "payer_id", "payer_name", "network", "balance_basis", "payee_npi", "payment_date", "is_balanced",
    "payment_vendor_id", "location_id", "location_name",
)  # fmt: skip
CLAIM_COLUMNS = (
    "claim_id", "payment_id", "patient_control_number", "payer_claim_control_number", "claim_status_code", "payer_rank",
    "patient_id", "claim_segment", "class_of_contract", "is_reissue",
)  # fmt: skip
LINE_FACTS = ("has_prior_payer", "states_benefit_at_claim_level", "claim_line_count")
CLAIM_FACTS = ("has_prior_payer", "has_claim_level", "has_unplaced", "states_benefit_at_claim_level")
LINE_COLUMNS = (
    "line_id", "claim_id", "line_segment", "submitted_code", "submitted_code_source", "submitted_qualifier", "paid_code",
    "paid_qualifier", "charge_amount", "paid_amount", "units_submitted", "units_paid", "service_date",
    "line_control_number", "tooth_code", "surface_codes", "remark_codes",
)  # fmt: skip
ADJUSTMENT_COLUMNS = ("claim_id", "line_id", "group_code", "reason_code", "amount")


def cents(column: str) -> pl.Expr:
    """A DECIMAL(12,2) column as whole cents, exactly."""
    return pl.col(column).to_physical().cast(pl.Int64)


def procedure_code(code: str, qualifier: str) -> pl.Expr:
    """A procedure code in its present form: upper case, and D for the leading zero of the five-digit dental codes."""
    plain = pl.col(code).str.strip_chars().str.to_uppercase()
    is_old_dental = pl.col(qualifier).fill_null("").str.to_uppercase().is_in(DENTAL_QUALIFIERS) & plain.str.contains(r"^0\d{4}$")
    return pl.when(is_old_dental).then(pl.lit("D") + plain.str.slice(1)).when(plain != "").then(plain)


def adjudicated_lines(
    payments: pl.DataFrame, claims: pl.LazyFrame, lines: pl.LazyFrame, adjustments: pl.LazyFrame, policy: AuditPolicy
) -> pl.DataFrame:
    """One row per service line, and one per claim that has none or whose claim-level reason fits no line.

    `payments` carry payer_id, payer_name, network and balance_basis of the mapped payer, `claims` is_reissue; lines and
    adjustments of other claims are left out. Claim-level adjustments belong to a claim's only line, and then CLP04 is what was
    paid (domain 1.6). is_whole_claim marks rows without a service line; has_claim_level_money marks lines whose claim holds
    adjustments that cannot be allocated and that make the line's own payment doubtful. A deductible does not: it is owed
    whatever the line was paid as. `claim` is a number for the claim. reasons and remarks (null: none) are those that bear on a
    downgrade. Source: SVC, CAS, CLP; sums in cents, positive lowers the payment.
    """
    held = _claims(claims, payments)
    numbers = held.select("claim_id", "claim").lazy()
    mine = lines.select(LINE_COLUMNS).join(numbers, on="claim_id", how="inner").drop("claim_id").collect().with_row_index("row")
    moved = adjustments.select(ADJUSTMENT_COLUMNS).join(numbers, on="claim_id", how="inner").drop("claim_id").collect()
    held = _with_line_count(held, mine)
    placed = with_meaning(_placed(moved, mine, held), policy)
    held = _with_facts(held, placed)
    rows = pl.concat([_line_rows(mine, held), _claim_rows(held, mine.height)])
    return _with_said(rows, placed, _remarks(rows, mine, held), policy).with_columns(
        alternate_cents=pl.col("paid_cents") + pl.col("pr_cost_share_cents") + pl.col("pr_maximum_cents"),
        fee_date=pl.coalesce("service_date", "payment_date"),
        is_after_prior_payer=(pl.col("payer_rank") > 1) | pl.col("has_prior_payer"),
    )


def _claims(claims: pl.LazyFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """The claims with their payment's columns; `claim` numbers them from 0."""
    amounts = {"claim_charge_cents": cents("charge_amount"), "claim_paid_cents": cents("paid_amount")}
    held = claims.select(*CLAIM_COLUMNS, "statement_date", "remark_codes", **amounts).collect()
    # A status that names no rank (4) is judged by its money (domain 2.2): the primary's, unless a prior payer is shown.
    known = held.with_columns(pl.col("payer_rank").fill_null(1)).join(payments.select("payment_id", *HEADER), on="payment_id", how="inner")
    return known.with_row_index("claim")


def _with_line_count(claims: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The claims with claim_line_count and first_row, the row of a line of theirs."""
    counts = lines.group_by("claim").agg(claim_line_count=pl.len(), first_row=pl.col("row").first())
    return claims.join(counts, on="claim", how="left", maintain_order="left").with_columns(pl.col("claim_line_count").fill_null(0))


def _placed(adjustments: pl.DataFrame, lines: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Adjustments in cents by claim and row: their line's, else the only line's, else the claim's own (_claim_rows)."""
    own = pl.when(pl.col("claim_line_count") == 1).then("first_row").otherwise(pl.col("claim") + lines.height)
    level = pl.col("line_id").is_null()
    of_line = adjustments.filter(~level).join(lines.select("line_id", "row"), on="line_id", how="left")
    of_claim = adjustments.filter(level).join(claims.select("claim", row=own), on="claim", how="left")
    columns = ("claim", "row", "group_code", "reason_code")
    return pl.concat(
        frame.select(*columns, cents=cents("amount"), is_claim_level=pl.lit(is_level))
        for frame, is_level in ((of_line, False), (of_claim, True))
    )


def _with_facts(claims: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """The claims with CLAIM_FACTS: what their adjustments say of the whole claim."""
    level = pl.col("is_claim_level")
    facts = pl.col("is_prior_payer"), level, level & ~pl.col("is_deductible"), level & pl.col("is_benefit")
    told = placed.filter(level | pl.col("is_prior_payer"))
    per_claim = told.group_by("claim").agg(holds.any().alias(name) for name, holds in zip(CLAIM_FACTS, facts, strict=True))
    known = claims.join(per_claim, on="claim", how="left", maintain_order="left")
    return known.with_columns(pl.col(CLAIM_FACTS).fill_null(False))


def _line_rows(lines: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Service lines with their claim; the paid amount of an only line with claim-level adjustments is the claim's."""
    of_claim = claims.drop("claim", "remark_codes", "claim_charge_cents", "first_row")[lines["claim"]]
    is_only = (pl.col("claim_line_count") == 1) & pl.col("has_claim_level")
    return pl.concat([lines, of_claim], how="horizontal").select(
        "row", "claim", "line_id", *CLAIM_COLUMNS, *HEADER, *LINE_FACTS, "line_segment",
        submitted_code=procedure_code("submitted_code", "submitted_qualifier"),
        submitted_code_source="submitted_code_source",
        paid_code=procedure_code("paid_code", "paid_qualifier"),
        charge_cents=cents("charge_amount"),
        paid_cents=pl.when(is_only).then("claim_paid_cents").otherwise(cents("paid_amount")),
        units_submitted="units_submitted",
        units_paid="units_paid",
        service_date=pl.coalesce("service_date", "statement_date"),
        line_control_number="line_control_number",
        tooth_code="tooth_code",
        surface_codes="surface_codes",
        is_whole_claim=pl.lit(False),
        has_claim_level_money=pl.col("has_unplaced") & (pl.col("claim_line_count") > 1),
    )  # fmt: skip


def _claim_rows(claims: pl.DataFrame, first_row: int) -> pl.DataFrame:
    """Claims without a line, and claims with several lines and a claim-level alternate benefit, as rows of their own."""
    alone = (pl.col("claim_line_count") == 0) | ((pl.col("claim_line_count") > 1) & pl.col("states_benefit_at_claim_level"))
    none = pl.lit(None, pl.String)
    return claims.filter(alone).select(
        pl.col("claim").add(first_row).cast(pl.UInt32).alias("row"), "claim", pl.col("claim_id").alias("line_id"),
        *CLAIM_COLUMNS, *HEADER, *LINE_FACTS, pl.col("claim_segment").alias("line_segment"),
        submitted_code=none,
        submitted_code_source=none,
        paid_code=none,
        charge_cents="claim_charge_cents",
        paid_cents="claim_paid_cents",
        units_submitted=pl.lit(1, pl.Int64),
        units_paid=pl.lit(1, pl.Int64),
        service_date="statement_date",
        line_control_number=none,
        tooth_code=none,
        surface_codes=none,
        is_whole_claim=pl.lit(True),
        has_claim_level_money=pl.lit(False),
    )  # fmt: skip


def _remarks(rows: pl.DataFrame, lines: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """row and code of every remark on a row: its line's and its claim's."""
    is_said = pl.col("remark_codes").list.len() > 0
    of_line = lines.filter(is_said).select("row", code="remark_codes").explode("code")
    of_claim = claims.filter(is_said).select("claim", code="remark_codes").explode("code")
    return pl.concat([of_line, rows.select("row", "claim").join(of_claim, on="claim", how="inner").select("row", "code")])


def _with_said(rows: pl.DataFrame, placed: pl.DataFrame, remarks: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """The rows with SUM_NAMES, reasons, remarks and what these say, false or zero where nothing is said."""
    found = rows
    for said in (sums_by_row(placed), reasons_by_row(placed), remarks_by_row(remarks, policy)):
        found = found.join(said, on="row", how="left", maintain_order="left")
    flags = (*LINE_FLAGS, *REMARK_FLAGS)
    return found.with_columns(pl.col(SUM_NAMES).fill_null(0), pl.col(flags).fill_null(False)).drop("row")
