"""What a higher alternate fee would bring, what the payers' alternate fees are today, and whether agreed fees are paid."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.adjudicated import cents
from transforms.fees import median_of_counts
from transforms.findings import dollars, unit_contracted_cents
from transforms.ranking import share
from transforms.surprise import half_up
from transforms.tables.fees_marts import ALTERNATE_FEE_SCHEDULE, ASK_OUTCOMES, FEE_ASKS

PARITY = "parity"
ALERT_DAYS = 30
PAIR = ["payer_id", "alternate_code"]
ASKED_OF = [
    *PAIR, "borne_by", "unit_cents", "unit_contracted_cents", "units_paid", "alternate_cents", "contracted_cents", "surprise_cents",
    "alternate_coverage_bp", "coverage_bp", "pr_deductible_cents", "pr_copay_cents", "is_maximum_reached",
]  # fmt: skip


def fee_asks(lines: pl.DataFrame, increases_pct: tuple[int, ...]) -> pl.DataFrame:
    """Contract FEE_ASKS from counted lines in cents, askable or alike_askable; parts one below the other fold to the whole.

    Every line is paid anew at the asked fee, at most its own contracted fee; a line where the maximum bound, or that is
    already allowed more, stays as it is. Where the patient bears the difference (conventions a, b, d) the plan pays p more
    and the patient p less; where the practice does (CO-169), the practice gains and the patient pays (1 - p) more coinsurance.
    Source: domain 3.4.
    """
    steps = ladder(lines, increases_pct).partition_by("increase")  # one rung at a time, for there may be many lines
    return pl.concat([FEE_ASKS.empty(), *(ask_results(lines, rung) for rung in steps)]).sort(FEE_ASKS.sort)


def ladder(lines: pl.DataFrame, increases_pct: tuple[int, ...]) -> pl.DataFrame:
    """Per payer, alternate code, borne_by and increase: current_cents (median now), cap_cents (the least contracted fee) and
    asked_cents, which is never above the cap. `lines` are askable."""
    by = [*PAIR, "borne_by"]
    current = median_of_counts(lines.lazy().rename({"line_count": "value_count"}), by, "unit_cents")
    current = current.select(*by, current_cents="median").collect()
    caps = lines.group_by(by).agg(cap_cents=pl.col("unit_contracted_cents").min())
    pairs = current.join(caps, on=by, how="inner")
    raised = [increased(pl.col("current_cents"), pl.lit(pct)).alias(str(pct)) for pct in increases_pct]
    steps = (
        pairs.with_columns(*raised, pl.col("cap_cents").alias(PARITY))
        .unpivot([*(str(pct) for pct in increases_pct), PARITY], index=[*by, "current_cents", "cap_cents"],
                 variable_name="increase", value_name="asked_cents")
        .with_columns(asked_cents=pl.min_horizontal("asked_cents", "cap_cents"))
    )  # fmt: skip
    return steps


def increased(fee_cents: pl.Expr, pct: pl.Expr) -> pl.Expr:
    """A fee so many whole percent higher, rounded half up to the cent."""
    return half_up(fee_cents, 10_000 + pct.cast(pl.Int64) * 100)


def ask_results(lines: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Contract FEE_ASKS: what each asked fee (`steps`, as `ladder` makes them) would have brought on the askable lines."""
    paid_anew = _paid_anew(lines.join(steps, on=[*PAIR, "borne_by"], how="inner"))
    amounts = ("surprise_cents", "surprise_after_cents", "saving_cents", "plan_cents", "gain_cents")
    total = paid_anew.group_by(*PAIR, "borne_by", "increase", "current_cents", "asked_cents").agg(
        pl.col("payer_name").drop_nulls().min(),
        *((pl.col(name) * pl.col("line_count")).sum() for name in amounts),
        lines=pl.col("line_count").sum(),
    )
    named = {
        "current_fee": "current_cents", "asked_fee": "asked_cents", "surprise_balance_before": "surprise_cents",
        "surprise_balance_after": "surprise_after_cents", "patient_saving": "saving_cents", "plan_cost": "plan_cents",
        "practice_gain": "gain_cents",
    }  # fmt: skip
    worth = pl.when(pl.col("borne_by") == "patient").then("saving_cents").otherwise("gain_cents")
    ordered = total.with_columns(worth=worth).sort(["increase", "borne_by", "worth", *PAIR], descending=[False, False, True, False, False])
    table = ordered.with_columns(
        *(dollars(source).alias(name) for name, source in named.items()),
        rank=pl.int_range(1, pl.len() + 1).over("increase", "borne_by"),
    )
    return FEE_ASKS.conform(table).sort(FEE_ASKS.sort)


def askable(counted: pl.DataFrame) -> pl.DataFrame:
    """Counted lines with an alternate code, an alternate fee and a contracted fee, in unit cents; line_count is 1."""
    known = counted.filter(
        pl.col("paid_code").is_not_null() & pl.col("contracted_cents").is_not_null()
        & (pl.col("alternate_cents") > 0) & (pl.col("units_paid") > 0)
    ).with_columns(alternate_code="paid_code")  # fmt: skip
    absorbed = pl.col("co_stated_cents") + pl.col("co_service_cents") > 0
    return known.with_columns(
        borne_by=pl.when(absorbed).then(pl.lit("provider")).otherwise(pl.lit("patient")),
        unit_cents=pl.col("alternate_cents") // pl.col("units_paid"),
        unit_contracted_cents=unit_contracted_cents(),
        line_count=pl.lit(1, pl.Int64),
    )


def alike_askable(counted: pl.DataFrame) -> pl.DataFrame:
    """The askable lines with those alike in every amount as one row and their number as line_count; additive."""
    return askable(counted).group_by(ASKED_OF).agg(pl.col("payer_name").drop_nulls().min(), pl.col("line_count").sum())


def _paid_anew(lines: pl.DataFrame) -> pl.DataFrame:
    """The money of each line at the asked fee; the plan's share is what it showed on the line, else that of the code billed."""
    gains = ~pl.col("is_maximum_reached") & (pl.col("alternate_cents") > 0)
    asked = pl.min_horizontal(pl.col("asked_cents") * pl.col("units_paid"), "contracted_cents")
    more = pl.when(gains).then(pl.max_horizontal(asked - pl.col("alternate_cents"), 0)).otherwise(0)
    p = pl.coalesce("alternate_coverage_bp", "coverage_bp").fill_null(0)
    base = pl.max_horizontal(pl.col("alternate_cents") - pl.col("pr_deductible_cents") - pl.col("pr_copay_cents"), 0)
    # Rounding is per line: the new payment less the old, not the share of the difference.
    plan = half_up(base + pl.col("more_cents"), p) - half_up(base, p)
    by_patient = pl.col("borne_by") == "patient"
    responsibility = pl.col("surprise_cents") - pl.col("plan_cents")
    return lines.with_columns(more_cents=more).with_columns(plan_cents=plan).with_columns(
        surprise_after_cents=pl.when(by_patient).then(pl.max_horizontal(responsibility, 0)).otherwise("surprise_cents"),
        saving_cents=pl.when(by_patient)
        .then(pl.min_horizontal("plan_cents", "surprise_cents"))
        .otherwise(pl.col("plan_cents") - pl.col("more_cents")),
        gain_cents=pl.when(by_patient).then(0).otherwise("more_cents"),
    )  # fmt: skip


def fees_seen(downgraded: pl.DataFrame) -> pl.DataFrame:
    """Per payer, alternate code and unit_cents: payer_name, lines, first_seen, last_seen, last_served (day of service).

    Of live, primary, downgraded lines in cents, of all time; additive.
    """
    lines = downgraded.filter(
        pl.col("paid_code").is_not_null() & (pl.col("alternate_cents") > 0) & (pl.col("units_paid") > 0) & ~pl.col("is_maximum_reached")
    ).with_columns(alternate_code="paid_code", unit_cents=pl.col("alternate_cents") // pl.col("units_paid"))
    return lines.group_by(*PAIR, "unit_cents").agg(
        pl.col("payer_name").drop_nulls().min(),
        lines=pl.len().cast(pl.Int64),
        first_seen=pl.col("payment_date").min(),
        last_seen=pl.col("payment_date").max(),
        last_served=pl.col("fee_date").max(),
    )


def alternate_fee_schedule(seen: pl.DataFrame) -> pl.DataFrame:
    """Contract ALTERNATE_FEE_SCHEDULE from fees_seen; parts one below the other are summed here."""
    fees = seen.group_by(*PAIR, "unit_cents").agg(
        pl.col("payer_name").drop_nulls().min(), pl.col("lines").sum(), pl.col("first_seen").min(), pl.col("last_seen", "last_served").max()
    )
    first, last = pl.col("first_seen").dt, pl.col("last_seen").dt
    months = (last.year() - first.year()).cast(pl.Int64) * 12 + last.month() - first.month() - (last.day() < first.day()).cast(pl.Int64)
    newest = pl.struct("last_seen", "last_served", "unit_cents").rank("ordinal", descending=True).over(PAIR) == 1
    table = fees.with_columns(months_unchanged=months, is_current=newest).join(_elsewhere(fees), on=PAIR, how="left")
    return ALTERNATE_FEE_SCHEDULE.conform(
        table.with_columns(
            pl.col("other_payers_line_count", "other_payers_count").fill_null(0),
            fee=dollars("unit_cents"),
            other_payers_median_fee=dollars("other_median"),
        )
    ).sort(ALTERNATE_FEE_SCHEDULE.sort)


def _elsewhere(fees: pl.DataFrame) -> pl.DataFrame:
    """Per payer and alternate code: the median of the same code at the practice's other payers, with its counts."""
    counted = fees.select(*PAIR, "unit_cents", value_count="lines")
    others = counted.select(PAIR).unique().join(counted.rename({"payer_id": "other_payer_id"}), on="alternate_code", how="inner")
    others = others.filter(pl.col("other_payer_id") != pl.col("payer_id"))
    counts = others.group_by(PAIR).agg(
        other_payers_line_count=pl.col("value_count").sum(), other_payers_count=pl.col("other_payer_id").n_unique()
    )
    medians = median_of_counts(others.lazy(), PAIR, "unit_cents").select(*PAIR, other_median="median").collect()
    return counts.join(medians, on=PAIR, how="left")


def lines_asked_about(downgraded: pl.DataFrame, asks: pl.DataFrame) -> pl.DataFrame:
    """Live, primary, downgraded lines of payers and codes with an agreed fee, alike ones as one row with their line_count
    and their last payment_date; additive."""
    agreed = asks.drop_nulls("agreed_fee").select("payer_id", alternate_code="procedure_code").unique()
    lines = downgraded.filter((pl.col("units_paid") > 0) & pl.col("alternate_cents").is_not_null()).with_columns(alternate_code="paid_code")
    alike = [*PAIR, "fee_date", "alternate_cents", "units_paid", "coverage_bp", "alternate_coverage_bp", "is_maximum_reached"]
    return (
        lines.join(agreed, on=PAIR, how="semi")
        .group_by(alike)
        .agg(line_count=pl.len().cast(pl.Int64), payment_date=pl.col("payment_date").max())
    )


def ask_outcomes(lines: pl.DataFrame, asks: pl.DataFrame, payers: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Contract ASK_OUTCOMES: agreed fees against the lines served since they took effect (lines_asked_about)."""
    agreed = asks.drop_nulls("agreed_fee").select(
        "payer_id", "effective_from", "agreed_fee", alternate_code="procedure_code", agreed_cents=cents("agreed_fee")
    )
    until = pl.col("effective_from").shift(-1).over(PAIR)
    spans = agreed.sort(*PAIR, "effective_from").with_columns(until=until)
    since = spans.join(lines, on=PAIR, how="inner").filter(
        (pl.col("fee_date") >= pl.col("effective_from")) & (pl.col("until").is_null() | (pl.col("fee_date") < pl.col("until")))
    )
    missing = pl.max_horizontal(pl.col("agreed_cents") * pl.col("units_paid") - pl.col("alternate_cents"), 0)
    p = pl.coalesce("alternate_coverage_bp", "coverage_bp").fill_null(0)
    key = [*PAIR, "effective_from"]
    outcome = since.with_columns(missing=missing).group_by(key).agg(
        eligible_line_count=pl.col("line_count").sum(),
        paid_at_agreed_count=pl.col("line_count").filter(pl.col("missing") == 0).sum(),
        lost_cents=(pl.when("is_maximum_reached").then(0).otherwise(half_up(pl.col("missing"), p)) * pl.col("line_count")).sum(),
        is_late=(pl.col("payment_date") >= pl.col("effective_from").dt.offset_by(f"{ALERT_DAYS}d")).any(),
    )  # fmt: skip
    names = payers.select("payer_id", payer_name="name")
    table = (
        spans.filter(pl.col("effective_from") <= pl.lit(as_of))
        .join(outcome, on=key, how="left")
        .join(names, on="payer_id", how="left")
        .with_columns(pl.col("eligible_line_count", "paid_at_agreed_count", "lost_cents").fill_null(0))
    )
    eligible, paid = pl.col("eligible_line_count"), pl.col("paid_at_agreed_count")
    return ASK_OUTCOMES.conform(
        table.with_columns(
            paid_at_agreed_share=share(paid.cast(pl.Int64), eligible.cast(pl.Int64)),
            lost_since_amount=dollars("lost_cents"),
            is_alert=(eligible > 0) & (paid == 0) & pl.col("is_late").fill_null(False),
        )
    ).sort(ASK_OUTCOMES.sort)
