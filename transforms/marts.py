"""The marts from a month's stages and from parts of months: settle, detect, price, then fold and rank.

`whole` works everything out at once and in memory; a store works out a month at a time (flows.partials) and folds the same
parts, so that a night costs what arrived. Both give the same marts, which tests/scale shows.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.asks import alternate_fee_schedule, ask_outcomes, fee_asks
from transforms.evidence import usual_fees
from transforms.fees import observed_coverage, observed_fees
from transforms.live import settle_rows
from transforms.location_ranking import location_ranking
from transforms.month import (
    Elsewhere,
    Known,
    Lake,
    claims_to_net,
    dated_payments,
    detect,
    live_lines,
    patient_sums,
    price,
    with_billed_codes,
    with_states,
)
from transforms.parts import claim_parts, detected_parts, line_parts, payment_parts, priced_parts
from transforms.payer_marts import payer_marts
from transforms.predicted import predicted_downgrades
from transforms.ranking import Parts, payer_alternate_ranking, payer_code_ranking
from transforms.same_event import CHANNELS, WHOLLY_ELSEWHERE, event_rows, same_events, wholly_elsewhere
from transforms.side_views import claim_states, payment_totals, runs, silent_payers, weekly_trend
from transforms.tables.files import FILES
from transforms.tables.policy import Settings
from transforms.tables.quarantine import QUARANTINE
from transforms.tables.same_event import SAME_EVENT

# Marts of single rows: each month has its own, and the mart is all of them.
ROW_MARTS = ("findings", "explained_otherwise", "not_live", "same_event")


def found_elsewhere(lake: Lake, settings: Settings, as_of: date) -> Elsewhere:
    """What came by two channels. Without an export or a FHIR file no line is read."""
    files = lake.files.select("file_id", "format").collect()
    if files.filter(pl.col("format").is_in([name for name, rank in CHANNELS.items() if rank])).is_empty():
        return Elsewhere(SAME_EVENT.empty(), pl.DataFrame(schema=WHOLLY_ELSEWHERE))
    rows = event_rows(dated_payments(lake, settings, as_of), lake.claims, lake.service_lines, files).collect()
    lines = same_events(rows)
    return Elsewhere(lines, wholly_elsewhere(lines, lake.service_lines))


def known_of(parts: Parts, settings: Settings) -> Known:
    """What all parts together say of fees, coverage and later payers."""
    least = settings.policy.minimum_observed_lines
    return Known(
        usual_fees=usual_fees(parts["history_counts"], settings.policy),
        observed_fees=observed_fees(parts["fee_counts"], least),
        observed_coverage=observed_coverage(parts["coverage_counts"], least),
        taken_over=parts["later_payments"],
    )


def small_marts(parts: Parts, lake: Lake, settings: Settings, as_of: date) -> dict[str, pl.DataFrame]:
    """Every published mart but ROW_MARTS, from the parts of all months one below the other; `lake` for files and quarantine."""
    policy = settings.policy
    months, small = policy.ranking_window_months, policy.small_cell_count
    files = FILES.conform(lake.files.filter(pl.col("loaded_on") <= pl.lit(as_of)).collect()).sort(FILES.sort)
    payments = parts["payments"]
    return {
        "payer_code_ranking": payer_code_ranking(parts, as_of, months, small),
        "payer_alternate_ranking": payer_alternate_ranking(parts, as_of, months, small),
        "location_ranking": location_ranking(parts, settings.locations, as_of, months, small),
        "fee_asks": fee_asks(parts["alike_askable"], policy.increases_pct),
        "alternate_fee_schedule": alternate_fee_schedule(parts["fees_seen"]),
        "ask_outcomes": ask_outcomes(parts["lines_asked_about"], settings.asks, settings.payers, as_of),
        "weekly_trend": weekly_trend(parts["trend_weeks"]),
        "predicted_downgrades": predicted_downgrades(parts["prediction_counts"], policy, as_of),
        "claim_states": claim_states(parts["claim_states"]),
        "silent_payers": silent_payers(payments, as_of),
        "payment_totals": payment_totals(payments),
        **payer_marts(payments, parts["route_counts"], settings),
        "files": files,
        "runs": runs(files),
        "quarantine": QUARANTINE.conform(lake.quarantine.filter(pl.col("since") <= pl.lit(as_of)).collect()).sort(QUARANTINE.sort),
    }


def build_marts(
    lake: Lake, settings: Settings, as_of: date, decisions: pl.DataFrame, ledger: pl.DataFrame | None = None
) -> dict[str, pl.DataFrame]:
    """Every published mart by table name, worked out at once, conformed to its contract and sorted."""
    parts = whole(lake, settings, as_of, decisions, ledger)
    return {name: parts[name] for name in ROW_MARTS} | small_marts(parts, lake, settings, as_of)


def whole(
    lake: Lake, settings: Settings, as_of: date, decisions: pl.DataFrame, ledger: pl.DataFrame | None = None
) -> dict[str, pl.DataFrame]:
    """The parts of the whole lake as if it were one month.

    `ledger` (contract LEDGER, tokens) is what the practice billed, where the user has it.
    """
    elsewhere = found_elsewhere(lake, settings, as_of)
    payments = dated_payments(lake, settings, as_of)
    rows = claims_to_net(lake, payments)
    states = settle_rows(rows.join(elsewhere.claims, on="claim_id", how="anti"))
    claims = with_states(rows, states, elsewhere.claims)
    lines = live_lines(lake, payments, claims, elsewhere.lines, settings)
    billed = with_billed_codes(lines, ledger)
    parts = claim_parts(claims, patient_sums(lake)) | payment_parts(lake, payments, claims, settings) | line_parts(lines, billed, settings)
    known = known_of(parts, settings)
    parts |= detected_parts(detect(billed, settings, known.usual_fees))
    priced = price(parts["flagged"], known, settings, decisions, as_of)
    return parts | priced_parts(priced, parts["heard_lines"], settings, as_of) | {"same_event": elsewhere.lines}
