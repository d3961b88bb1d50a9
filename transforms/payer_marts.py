"""Every mart about who adjudicates, who pays and who was paid."""

from __future__ import annotations

import polars as pl

from transforms.locations import payees
from transforms.payer_suggestions import payer_suggestions
from transforms.payer_views import alias_drift, payer_alias_weeks, payer_routes
from transforms.tables.policy import Settings
from transforms.unmapped import unmapped_payers


def payer_marts(payments: pl.DataFrame, routes: pl.DataFrame, settings: Settings) -> dict[str, pl.DataFrame]:
    """By table name. payments: of payers.with_parties, with claim_count; routes: payer_views.route_counts, in one or more parts."""
    policy = settings.policy
    unmapped = unmapped_payers(payments)
    weeks = payer_alias_weeks(payments)
    return {
        "unmapped_payers": unmapped,
        "payer_suggestions": payer_suggestions(
            payments, settings.payers, unmapped, settings.payer_decisions, policy.alias_suggestion_score
        ),
        "payer_alias_weeks": weeks,
        "alias_drift": alias_drift(weeks, policy.alias_drift_points, policy.alias_drift_minimum_claims),
        "payer_routes": payer_routes(routes),
        "payees": payees(payments),
    }
