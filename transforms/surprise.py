"""What a downgrade left the patient with beyond what she would have owed: R - E, to the cent, with every figure's source.

Symbols of domain 3.1: C charge, S contracted fee of the code billed, A alternate fee allowed, D deductible, K copay,
P paid, R patient responsibility, E expected patient responsibility, p coverage. All in int64 cents; rounding is half up,
once, per line.
"""

from __future__ import annotations

import polars as pl

from transforms.fees import coverage_shown

FULL = 10_000  # 100 % in hundredths of a percent
FROM_PAYMENT = ("alternate_cents", "alternate_coverage_bp", "expected_cents", "shortfall_cents", "above_schedule_cents")


def half_up(amount: pl.Expr, share_bp: pl.Expr) -> pl.Expr:
    """amount x share, in cents, rounded half up; both non-negative."""
    return (amount * share_bp * 2 + FULL) // (FULL * 2)


def price(found: pl.DataFrame) -> pl.DataFrame:
    """Adds the money of findings to flagged and review lines; see contract `findings` for each column.

    Needs schedule_fee_cents, observed_fee_cents (a unit), table_coverage_bp and observed_coverage_bp. Nothing is guessed:
    where the fee or the coverage stays unknown, surprise is the amount the payer tagged (upgrade_difference). A line whose
    claim holds money that no line can be given shows no payment of its own: it is not priced, but for the claim-level amount
    that only it can carry. Where an export has coinsurance and downgrade in one amount, what was allowed is not known, and
    neither is the share it was paid at.
    """
    is_known = ~pl.col("has_claim_level_money")
    allowed = pl.when(pl.col("pr_unnamed_cents") == 0).then("alternate_cents")
    priced = (
        found.with_columns(alternate_cents=allowed)
        .with_columns(*_fee())
        .with_columns(*_coverage())
        .with_columns(expected_cents=_expected())
    )
    outcome = priced.with_columns(tagged_cents=_tagged(), responsibility_cents=_responsibility()).with_columns(*_outcome())
    return outcome.with_columns(pl.when(is_known).then(name).alias(name) for name in FROM_PAYMENT)


def _fee() -> list[pl.Expr]:
    """S and where it comes from: the schedule, else what the payer usually allows, else charge less write-off (domain 3.2)."""
    units = pl.col("units_paid")
    # Charge less write-off is the contracted fee only where the difference was left to the patient (convention a).
    left_to_patient = (pl.col("writeoff_cents") > 0) & (pl.col("pr_stated_cents") + pl.col("pr_service_cents") > 0)
    by_writeoff = pl.when(
        left_to_patient & (pl.col("co_stated_cents") == 0) & (pl.col("network") == "in") & ~pl.col("is_after_prior_payer")
    ).then(pl.col("charge_cents") - pl.col("writeoff_cents"))
    known = pl.col("submitted_code").is_not_null() & (units > 0)
    schedule, observed = pl.col("schedule_fee_cents") * units, pl.col("observed_fee_cents") * units
    fee = pl.when(known).then(pl.coalesce(schedule, observed, by_writeoff))
    source = pl.when(fee.is_null()).then(None).when(schedule.is_not_null()).then(pl.lit("schedule"))
    return [
        pl.min_horizontal(fee, pl.when(fee.is_not_null()).then("charge_cents")).alias("contracted_cents"),
        source.when(observed.is_not_null())
        .then(pl.lit("observed"))
        .otherwise(pl.lit("charge_less_writeoff"))
        .alias("contracted_fee_source"),
        (pl.col("pr_maximum_cents") > 0).alias("is_maximum_reached"),
        ((pl.col("pr_deductible_cents") > 0) & (pl.col("pr_deductible_cents") == pl.col("alternate_cents")).fill_null(False)).alias(
            "is_deductible_censored"
        ),
    ]


def _coverage() -> list[pl.Expr]:
    """p and where it comes from: the plan table, else what remittances show.

    A material pair (M) lies in one class of coverage, so the share paid on this line is this patient's own; where the pair
    changes the class, the payer's other lines of the code billed come first.
    """
    after = pl.col("alternate_cents") - pl.col("pr_deductible_cents") - pl.col("pr_copay_cents")
    own = pl.when(~pl.col("is_maximum_reached")).then(coverage_shown(pl.col("paid_cents"), after))
    table, observed = pl.col("table_coverage_bp"), pl.col("observed_coverage_bp")
    own_first = (pl.col("pair_kind") == "M").fill_null(False) & own.is_not_null()
    share = pl.when(table.is_not_null()).then(table).when(own_first).then(own).otherwise(pl.coalesce(observed, own))
    by_line, by_others = pl.lit("alternate_on_line"), pl.lit("observed")
    source = (
        pl.when(table.is_not_null()).then(pl.lit("coverage_table")).when(own_first).then(by_line)
        .when(observed.is_not_null()).then(by_others).when(own.is_not_null()).then(by_line)
    )  # fmt: skip
    return [share.alias("coverage_bp"), source.alias("coverage_source"), own.alias("alternate_coverage_bp")]


def _benefit() -> pl.Expr:
    """What the plan would have paid for the code billed: (S - D - K) x p, at most what the maximum left."""
    base = pl.max_horizontal(pl.col("contracted_cents") - pl.col("pr_deductible_cents") - pl.col("pr_copay_cents"), pl.lit(0))
    due = half_up(base, pl.col("coverage_bp"))
    benefit = pl.when("is_maximum_reached").then(pl.min_horizontal(due, "paid_cents")).otherwise(due)
    return pl.when(pl.col("contracted_cents").is_not_null() & pl.col("coverage_bp").is_not_null()).then(benefit)


def _expected() -> pl.Expr:
    """E: the contracted fee less the benefit; out of network the charge less the benefit."""
    return pl.when(pl.col("network") == "out").then("charge_cents").otherwise("contracted_cents") - _benefit()


def _tagged() -> pl.Expr:
    """U: patient money that carries the downgrade's own reason; 169, else 96 or B8, else 45 in network (domain 3.2)."""
    stated, other = pl.col("pr_stated_cents"), pl.col("pr_noncovered_cents") + pl.col("pr_service_cents")
    excess = pl.when(pl.col("network") == "in").then("pr_excess_cents").otherwise(0)
    return pl.when(stated > 0).then(stated).when(other > 0).then(other).otherwise(excess)


def _responsibility() -> pl.Expr:
    """R by the payer's balance basis: as the payer states it, or up to the contracted or the usual fee.

    What the payer assigned to the practice or to nobody (CO, PI, OA) is never the patient's, whatever the basis.
    """
    not_patient = pl.col("co_stated_cents") + pl.col("co_service_cents") + pl.col("pi_stated_cents") + pl.col("oa_stated_cents")
    to_contracted = pl.col("contracted_cents") - pl.col("paid_cents") - not_patient
    to_office = pl.col("charge_cents") - pl.col("paid_cents") - not_patient
    basis = pl.col("balance_basis")
    computed = pl.when(basis == "contracted_fee").then(to_contracted).when(basis == "office_fee").then(to_office)
    return pl.when(basis == "stated").then("pr_cents").otherwise(pl.max_horizontal(computed, pl.lit(0)))


def _outcome() -> list[pl.Expr]:
    is_known = ~pl.col("has_claim_level_money")
    by_fee = is_known & pl.col("expected_cents").is_not_null() & pl.col("responsibility_cents").is_not_null()
    is_priceable = is_known | pl.col("has_claim_level_reason")
    surprise = (
        pl.when(~is_priceable)
        .then(None)
        .when(by_fee)
        .then(pl.max_horizontal(pl.col("responsibility_cents") - pl.col("expected_cents"), pl.lit(0)))
        .otherwise(pl.max_horizontal("tagged_cents", pl.lit(0)))
    )
    basis = (
        pl.when(~is_priceable).then(None)
        .when(~by_fee).then(pl.lit("upgrade_difference"))
        .when(pl.col("contracted_fee_source") == "schedule").then(pl.lit("fee_schedule"))
        .otherwise(pl.lit("observed_fee"))
    )  # fmt: skip
    # By the same basis as R, so that R - E = shortfall + what lies above the schedule.
    billable = pl.col("paid_cents") + pl.col("responsibility_cents")
    above = pl.when(pl.col("contracted_cents").is_not_null()).then(
        pl.when(pl.col("network") == "out").then(0).otherwise(pl.max_horizontal(billable - pl.col("contracted_cents"), pl.lit(0)))
    )
    silent = (pl.col("verdict") == "needs_review") & (pl.col("tagged_cents") == 0) & pl.col("is_reduced").fill_null(False)
    absorbed = pl.col("co_stated_cents") + pl.col("co_service_cents")
    swallowed = pl.when(silent & (pl.col("writeoff_cents") > 0)).then(pl.col("contracted_cents") - pl.col("alternate_cents")).otherwise(0)
    return [
        surprise.alias("surprise_cents"),
        basis.alias("surprise_basis"),
        (_benefit() - pl.col("paid_cents")).alias("shortfall_cents"),
        above.alias("above_schedule_cents"),
        (absorbed + pl.max_horizontal(swallowed.fill_null(0), pl.lit(0))).alias("absorbed_cents"),
        (pl.col("pi_stated_cents") + pl.col("oa_stated_cents")).alias("unclear_cents"),
    ]
