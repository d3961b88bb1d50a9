"""One month of payments, from lake rows to priced findings: settle, detect, price.

Each stage is a function of the month's own rows and of a few small tables about the rest of the lake: the states of its
claims (netting reaches over months), what payers usually allow and cover, and what later payers took over. So a month whose
rows and tables are the same has the same outcome, and a night works out only the others (docs/decisions/0006).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.adjudicated import adjudicated_lines, cents
from transforms.claim_level import is_unplaced, place_claim_level
from transforms.cob import numbered, with_net
from transforms.downgrades import decide, explain, has_cause
from transforms.evidence import with_fee_match, with_history, with_ledger, with_office_fee_clue, with_schedule, with_situation
from transforms.findings import apply_decisions, with_counting
from transforms.line_reasons import PATIENT
from transforms.live import alone
from transforms.netting import REPLACEMENT_REASONS, netting_rows, with_keys
from transforms.payers import with_parties
from transforms.same_event import OTHER_CHANNEL, plain_payers
from transforms.situations import with_known, with_number
from transforms.surprise import price as price_lines
from transforms.tables.policy import Settings
from transforms.vendors import with_network

OF_ONE_PAYMENT = {
    "payment_id", "file_id", "source_file", "trace_number", "payment_method", "payment_amount", "payment_date_source", "is_balanced",
    "difference_amount", "version", "payment_segment", "claim_count",
}  # fmt: skip


@dataclass(frozen=True)
class Lake:
    """The canonical tables as lazy frames, each with its contract's columns: all that is on file, or a part of it."""

    files: pl.LazyFrame
    payments: pl.LazyFrame
    claims: pl.LazyFrame
    service_lines: pl.LazyFrame
    adjustments: pl.LazyFrame
    provider_adjustments: pl.LazyFrame
    quarantine: pl.LazyFrame


@dataclass(frozen=True)
class Elsewhere:
    """What of this part of the lake came by a better channel too: lines (SAME_EVENT), and claims all of whose lines did
    (claim_id, counterpart_claim_id)."""

    lines: pl.DataFrame
    claims: pl.DataFrame


@dataclass(frozen=True)
class Known:
    """What a month must know of the rest of the lake.

    usual_fees, observed_fees and observed_coverage by payer and code (evidence, fees); taken_over of cob.later_payments.
    """

    usual_fees: pl.DataFrame
    observed_fees: pl.DataFrame
    observed_coverage: pl.DataFrame
    taken_over: pl.DataFrame


@dataclass(frozen=True)
class Detected:
    """The live lines that are flagged or whose patient balance is explained, with all that was found; and all others."""

    told: pl.DataFrame
    plain: pl.DataFrame


def dated_payments(lake: Lake, settings: Settings, as_of: date) -> pl.DataFrame:
    """Payments dated up to the business date, with their payers, vendors and offices (payers.with_parties)."""
    dated = plain_payers(lake.payments.filter(pl.col("payment_date") <= pl.lit(as_of)).collect())
    return with_parties(dated, settings)


def claims_to_net(lake: Lake, payments: pl.DataFrame) -> pl.DataFrame:
    """netting.netting_rows with KEYS for the claims of these payments."""
    header = payments.select("payment_id", "payer_id", "payment_date")
    claims = lake.claims.join(header.lazy(), on="payment_id", how="inner").collect()
    lines = lake.service_lines.select("claim_id", "service_date", "remark_codes").collect()
    reasons = lake.adjustments.select("claim_id", "reason_code").filter(pl.col("reason_code").is_in(REPLACEMENT_REASONS)).collect()
    return with_keys(netting_rows(claims, lines, reasons, lake.provider_adjustments.collect()))


def with_states(rows: pl.DataFrame, states: pl.DataFrame, elsewhere: pl.DataFrame) -> pl.DataFrame:
    """Claims to net with state, counterpart_claim_id and is_reissue.

    `states` (of live.settle_rows) may leave out claims that stand alone; `elsewhere` are claims of a better channel.
    """
    other = elsewhere.with_columns(state=pl.lit(OTHER_CHANNEL), is_reissue=pl.lit(False))
    known = pl.concat([states.join(elsewhere, on="claim_id", how="anti"), other.select(states.columns)])
    return rows.join(known, on="claim_id", how="left", maintain_order="left").with_columns(
        pl.col("state").fill_null(alone()), pl.col("is_reissue").fill_null(False)
    )


def live_lines(lake: Lake, payments: pl.DataFrame, claims: pl.DataFrame, elsewhere: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Adjudicated lines of the claims that stand, in cents, with is_reissue and place (cob); `elsewhere` are lines left out."""
    standing = claims.filter(pl.col("state") == "live").select("claim_id", "is_reissue").lazy()
    mine, adjustments = lake.service_lines, lake.adjustments
    if elsewhere.height:
        out = elsewhere.lazy().select("line_id")
        mine, adjustments = (frame.join(out, on="line_id", how="anti") for frame in (mine, adjustments))
    return numbered(adjudicated_lines(payments, lake.claims.join(standing, on="claim_id", how="inner"), mine, adjustments, settings.policy))


def patient_sums(lake: Lake) -> pl.DataFrame:
    """claim_id, patient_cents: what each claim assigns to the patient, for the control of signed sums."""
    mine = lake.adjustments.filter(pl.col("group_code") == PATIENT)
    return mine.group_by("claim_id").agg(patient_cents=cents("amount").sum()).collect()


def kept_payments(payments: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Payments with claim_count, less those all of whose claims came by a better channel: such a check is no second payment."""
    counts = claims.group_by("payment_id").agg(claim_count=pl.len().cast(pl.Int64), is_elsewhere=(pl.col("state") == OTHER_CHANNEL).all())
    known = payments.join(counts, on="payment_id", how="left", maintain_order="left").with_columns(pl.col("claim_count").fill_null(0))
    return known.filter(~pl.col("is_elsewhere").fill_null(False)).drop("is_elsewhere")


def payment_days(payments: pl.DataFrame) -> pl.DataFrame:
    """Payments of one day that name payer and payee alike as one row: payment_count, unbalanced_count, and claim_count,
    payment_amount and difference_amount summed; payment_id is that of the first. Additive."""
    alike = [name for name in payments.columns if name not in OF_ONE_PAYMENT]
    return payments.group_by(alike).agg(
        pl.col("payment_id").min(),
        pl.col("claim_count", "payment_amount", "difference_amount").sum(),
        payment_count=pl.len().cast(pl.Int64),
        unbalanced_count=(~pl.col("is_balanced")).sum().cast(pl.Int64),
    )


def detect(lines: pl.DataFrame, settings: Settings, usual_fees: pl.DataFrame) -> Detected:
    """Every live line with its verdict; those that are told of with evidence and, where there is no downgrade, what explains
    a patient balance."""
    rules, fees = settings.rules, settings.fees
    evidence, situations = with_situation(lines.with_row_index("row"), rules, fees, settings.coverage)
    evidence = with_fee_match(evidence, situations, rules, fees)
    evidence = with_office_fee_clue(evidence, situations, rules, fees)
    decided = decide(with_history(evidence, usual_fees), settings.policy)
    # A claim paid again with nothing that says which payment stands is for a person, whatever the line says.
    doubtful = pl.col("is_reissue") & (pl.col("verdict") == "downgraded")
    decided = decided.with_columns(verdict=pl.when(doubtful).then(pl.lit("needs_review")).otherwise("verdict"))
    whole = decided.filter(is_unplaced())["claim"].implode()
    is_told = (pl.col("verdict") != "none") | has_cause() | pl.col("claim").is_in(whole)
    is_told = is_told.fill_null(False)
    told = place_claim_level(explain(decided.filter(is_told), settings.policy))
    return Detected(with_network(told, settings.networks, "fee_date"), decided.filter(~is_told))


def with_billed_codes(lines: pl.DataFrame, ledger: pl.DataFrame | None) -> pl.DataFrame:
    """The lines with the codes that the practice's own ledger (LEDGER, tokens) says were billed, where the user has one."""
    return lines if ledger is None else with_ledger(lines, ledger)


def price(flagged: pl.DataFrame, known: Known, settings: Settings, decisions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Flagged and review lines with their money in cents, and whether each counts."""
    standing = apply_decisions(flagged, decisions).filter(pl.col("verdict") != "none")
    # The code billed may have been inferred since, so its fee and coverage are looked up again.
    tabled = "schedule_fee_cents", "paid_code_fee_cents", "table_coverage_bp"
    standing, situations = with_number(standing.drop(tabled), settings.fees, settings.coverage)
    standing = with_known(standing, with_schedule(situations, settings.fees, settings.coverage)).drop("situation")
    key, code = ["payer_id", "submitted_code"], {"procedure_code": "submitted_code"}
    fees = known.observed_fees.rename(code).select(*key, "observed_fee_cents")
    shares = known.observed_coverage.rename(code).select(*key, "observed_coverage_bp")
    priced = price_lines(standing.join(fees, on=key, how="left").join(shares, on=key, how="left"))
    policy = settings.policy
    return with_counting(
        with_net(priced, known.taken_over), as_of, policy.ranking_window_months, exclude_unbalanced=policy.exclude_unbalanced_payments
    )
