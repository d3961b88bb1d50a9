"""The audit as a chain of pure stages: settle, detect, price, rank. One Prefect task is one line over each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.adjudicated import PATIENT, adjudicated_lines, cents
from transforms.asks import alternate_fee_schedule, ask_outcomes, fee_asks
from transforms.claim_level import place_claim_level
from transforms.cob import net_after_cob
from transforms.downgrades import decide
from transforms.evidence import with_fee_match, with_history, with_ledger, with_office_fee_clue, with_schedule, with_swap
from transforms.fees import observed_coverage, observed_fees
from transforms.findings import apply_decisions, findings_table, with_counting
from transforms.live import settle_claims
from transforms.netting import REPLACEMENT_REASONS
from transforms.payers import map_payers
from transforms.predicted import predicted_downgrades, prediction_counts
from transforms.ranking import payer_alternate_ranking, payer_code_ranking
from transforms.same_event import OTHER_CHANNEL, plain_payers, same_events, wholly_elsewhere
from transforms.side_views import (
    claim_states,
    explained_otherwise,
    not_live,
    payment_totals,
    runs,
    silent_payers,
    unmapped_payers,
    weekly_trend,
)
from transforms.surprise import price as price_lines
from transforms.tables.files import FILES
from transforms.tables.policy import Settings
from transforms.tables.quarantine import QUARANTINE


@dataclass(frozen=True)
class Lake:
    """The canonical tables as lazy frames, each with its contract's columns."""

    files: pl.LazyFrame
    payments: pl.LazyFrame
    claims: pl.LazyFrame
    service_lines: pl.LazyFrame
    adjustments: pl.LazyFrame
    provider_adjustments: pl.LazyFrame
    quarantine: pl.LazyFrame


@dataclass(frozen=True)
class Settled:
    """What stands on the business date: mapped payments, all claims with their state, and live adjudicated lines (cents).

    patient_sums is claim_id, patient_cents: what each claim assigns to the patient, for the control of signed sums.
    events (SAME_EVENT) names lines that came by two channels; payments leaves out checks that did.
    """

    payments: pl.DataFrame
    claims: pl.DataFrame
    lines: pl.DataFrame
    patient_sums: pl.DataFrame
    events: pl.DataFrame


def settle(lake: Lake, settings: Settings, as_of: date) -> Settled:
    """Payments dated up to the business date, their payers mapped, and the claims and lines that still stand."""
    dated = plain_payers(lake.payments.filter(pl.col("payment_date") <= pl.lit(as_of)).collect())
    payments = map_payers(dated, settings.payers, settings.policy.balance_basis)
    header = payments.select("payment_id", "payer_id", "payment_date")
    every = lake.claims.join(header.lazy(), on="payment_id", how="inner").collect()
    events = same_events(payments, every, lake.service_lines, lake.files.select("file_id", "format").collect())
    elsewhere = wholly_elsewhere(events, lake.service_lines)
    claims = every.join(elsewhere, on="claim_id", how="anti")
    dates = lake.service_lines.select("claim_id", "service_date", "remark_codes").collect()
    reasons = lake.adjustments.select("claim_id", "reason_code").filter(pl.col("reason_code").is_in(REPLACEMENT_REASONS)).collect()
    states = settle_claims(claims, dates, reasons, lake.provider_adjustments.collect())
    other = every.join(elsewhere, on="claim_id").with_columns(state=pl.lit(OTHER_CHANNEL), is_reissue=pl.lit(False))
    claims = pl.concat([claims.join(states, on="claim_id", how="left"), other], how="diagonal")
    standing = claims.filter(pl.col("state") == "live").select("claim_id").lazy()
    lines = adjudicated_lines(
        payments.lazy(),
        lake.claims.join(standing, on="claim_id", how="semi"),
        lake.service_lines.join(standing, on="claim_id", how="semi").join(events.lazy(), on="line_id", how="anti"),
        lake.adjustments.join(standing, on="claim_id", how="semi").join(events.lazy(), on="line_id", how="anti"),
        settings.policy,
    )
    reissues = claims.select("claim_id", "is_reissue").lazy()
    patient_sums = (
        lake.adjustments.filter(pl.col("group_code") == PATIENT).group_by("claim_id").agg(patient_cents=cents("amount").sum()).collect()
    )
    # A check all of whose claims came by a better channel is no second payment.
    kept = payments.join(other.join(claims.filter(pl.col("state") != OTHER_CHANNEL), on="payment_id", how="anti"),
                         on="payment_id", how="anti", maintain_order="left")  # fmt: skip
    return Settled(kept, claims, lines.join(reissues, on="claim_id", how="left").collect(), patient_sums, events)


def detect(settled: Settled, settings: Settings, ledger: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every live line with its evidence, verdict and, where there is no downgrade, what explains a patient balance.

    `ledger` (contract LEDGER, tokens) is what the practice billed, where the user has it.
    """
    lines = settled.lines if ledger is None else with_ledger(settled.lines, ledger)
    evidence = with_schedule(lines, settings.fees, settings.coverage)
    evidence = with_swap(evidence, settings.rules)
    evidence = with_fee_match(evidence, settings.rules, settings.fees)
    evidence = with_office_fee_clue(evidence, settings.rules, settings.fees)
    evidence = with_history(evidence, lines.lazy(), settings.policy)
    decided = decide(evidence, settings.policy)
    # A claim paid again with nothing that says which payment stands is for a person, whatever the line says.
    doubtful = pl.col("is_reissue") & (pl.col("verdict") == "downgraded")
    decided = decided.with_columns(verdict=pl.when(doubtful).then(pl.lit("needs_review")).otherwise("verdict"))
    return place_claim_level(decided)


def price(decided: pl.DataFrame, settled: Settled, settings: Settings, decisions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Flagged and review lines with their money in cents, and whether each counts."""
    flagged = apply_decisions(decided, decisions).filter(pl.col("verdict") != "none")
    # The code billed may have been inferred since, so its fee and coverage are looked up again.
    flagged = with_schedule(
        flagged.drop("schedule_fee_cents", "paid_code_fee_cents", "table_coverage_bp"), settings.fees, settings.coverage
    )
    every = settled.lines.lazy()
    code = {"procedure_code": "submitted_code"}
    fees = observed_fees(every, settings.policy.minimum_observed_lines).rename(code).drop("observed_count").collect()
    shares = observed_coverage(every, settings.policy.minimum_observed_lines).rename(code).collect()
    key = ["payer_id", "submitted_code"]
    priced = price_lines(flagged.join(fees, on=key, how="left").join(shares, on=key, how="left"))
    netted = net_after_cob(priced, settled.lines)
    policy = settings.policy
    return with_counting(netted, as_of, policy.ranking_window_months, exclude_unbalanced=policy.exclude_unbalanced_payments)


def rank(
    priced: pl.DataFrame, decided: pl.DataFrame, settled: Settled, lake: Lake, settings: Settings, as_of: date
) -> dict[str, pl.DataFrame]:
    """Every published mart by table name, conformed to its contract and sorted."""
    policy = settings.policy
    counted = priced.filter("counted")
    months, small = policy.ranking_window_months, policy.small_cell_count
    standing = priced.filter((pl.col("verdict") == "downgraded") & ~pl.col("is_after_prior_payer"))
    files = FILES.conform(lake.files.filter(pl.col("loaded_on") <= pl.lit(as_of)).collect()).sort(FILES.sort)
    return {
        "findings": findings_table(priced),
        "payer_code_ranking": payer_code_ranking(counted, as_of, months, small),
        "payer_alternate_ranking": payer_alternate_ranking(counted, as_of, months, small),
        "fee_asks": fee_asks(counted, policy.increases_pct),
        "alternate_fee_schedule": alternate_fee_schedule(standing),
        "ask_outcomes": ask_outcomes(standing, settings.asks, settings.payers, as_of),
        "weekly_trend": weekly_trend(priced),
        "predicted_downgrades": predicted_downgrades(prediction_counts(decided, priced, as_of, months), policy, as_of),
        "explained_otherwise": explained_otherwise(decided),
        "not_live": not_live(settled.claims),
        "same_event": settled.events,
        "claim_states": claim_states(settled.claims, settled.patient_sums),
        "unmapped_payers": unmapped_payers(settled.payments, settled.claims),
        "silent_payers": silent_payers(settled.payments, as_of),
        "payment_totals": payment_totals(settled.payments),
        "files": files,
        "runs": runs(files),
        "quarantine": QUARANTINE.conform(lake.quarantine.collect()).sort(QUARANTINE.sort),
    }


def build_marts(
    lake: Lake, settings: Settings, as_of: date, decisions: pl.DataFrame, ledger: pl.DataFrame | None = None
) -> dict[str, pl.DataFrame]:
    """All stages in one call."""
    settled = settle(lake, settings, as_of)
    decided = detect(settled, settings, ledger)
    priced = price(decided, settled, settings, decisions, as_of)
    return rank(priced, decided, settled, lake, settings, as_of)
