"""A month's share of every mart: tables that can be put one below the other and summed, so that marts need no line again."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.asks import alike_askable, fees_seen, lines_asked_about
from transforms.cob import later_payments
from transforms.drift import finding_days, line_days
from transforms.evidence import history_trips
from transforms.fees import coverage_counts, fee_counts, is_ordinary
from transforms.findings import findings_table
from transforms.line_reasons import LINE_FLAGS, REMARK_FLAGS
from transforms.location_ranking import location_parts
from transforms.month import Detected, Lake, kept_payments, payment_days
from transforms.month_keys import needs
from transforms.payer_views import route_counts
from transforms.predicted import heard_lines, heard_of, prediction_counts
from transforms.ranking import ranking_parts
from transforms.side_views import claim_state_sums, explained_otherwise, not_live, trend_weeks
from transforms.tables.policy import Settings

# Columns of a flagged line that nothing after detection reads.
SPENT = (
    "claim", "row", "situation", *LINE_FLAGS, *REMARK_FLAGS, "remarks", "reasons",
    "class_of_contract", "bundled_cents", "oa_excess_cents",
    "difference_cents", "allowed_ratio_bp", "usual_fee_cents", "billed_code", "billed_rule", "billed_kind", "only_code", "only_rule",
    "only_kind", "matched_code", "matched_rule", "matched_kind",
)  # fmt: skip


def line_parts(lines: pl.DataFrame, billed: pl.DataFrame, settings: Settings) -> dict[str, pl.DataFrame]:
    """Of live lines, as sent and with the codes of the ledger (`billed`): what payers allow, cover and take over, and counts."""
    ordinary = lines.filter(is_ordinary())
    fees = fee_counts(ordinary)
    return {
        "fee_counts": fees,
        "coverage_counts": coverage_counts(ordinary),
        "history_counts": fees if billed is lines else fee_counts(billed.filter(is_ordinary())),
        "history_trips": history_trips(billed, settings.policy),
        "later_payments": later_payments(lines),
        "line_days": line_days(lines),
    }


def claim_parts(claims: pl.DataFrame, patient_sums: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Of claims with their states: sums by state, and those that no longer stand."""
    return {"claim_states": claim_state_sums(claims, patient_sums), "not_live": not_live(claims)}


def payment_parts(lake: Lake, payments: pl.DataFrame, claims: pl.DataFrame, settings: Settings) -> dict[str, pl.DataFrame]:
    """The payments that stand, by day and parties, with the number of their claims, and what came by which route."""
    sent = lake.claims.select("payment_id", "claim_id", "class_of_contract", "statement_date", "paid_amount").collect()
    kept = kept_payments(payments, claims)
    return {"payments": payment_days(kept), "route_counts": route_counts(kept, sent, settings.networks)}


def detected_parts(detected: Detected) -> dict[str, pl.DataFrame]:
    """Of every decided line: those flagged, in cents; those explained otherwise; and how many of each code were heard of."""
    told = detected.told
    flagged = told.filter(pl.col("verdict") != "none").drop(SPENT, strict=False)
    heard = [heard_lines(lines) for lines in (told, detected.plain)]
    return {"flagged": flagged, "explained_otherwise": explained_otherwise(told), "heard_lines": heard_of(pl.concat(heard))}


def priced_parts(priced: pl.DataFrame, heard: pl.DataFrame, settings: Settings, as_of: date) -> dict[str, pl.DataFrame]:
    """Of priced lines: the findings and what the rankings, the asks, the trend and the predictions need of them."""
    counted = priced.filter("counted")
    standing = priced.filter((pl.col("verdict") == "downgraded") & ~pl.col("is_after_prior_payer"))
    months = settings.policy.ranking_window_months
    return {
        "findings": findings_table(priced),
        "fee_needs": needs(priced),
        "finding_days": finding_days(priced),
        "alike_askable": alike_askable(counted),
        "fees_seen": fees_seen(standing),
        "lines_asked_about": lines_asked_about(standing, settings.asks),
        "trend_weeks": trend_weeks(priced),
        "prediction_counts": prediction_counts(heard, priced, as_of, months),
        **ranking_parts(counted),
        **location_parts(counted),
    }
