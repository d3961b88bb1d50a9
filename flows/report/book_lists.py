"""The workbook's lists: which published table goes on which sheet, in which order, and what is printed of it."""

from __future__ import annotations

import polars as pl

from flows.mart_tables import MART_TABLES
from flows.report.sheets import MOST_ROWS, Listing
from transforms.findings import UNKNOWN
from transforms.report.base_lines import Marts
from transforms.report.week import Week

LEAKAGE = (
    "line_count", "claim_count", "patient_count", "surprise_balance", "surprise_share", "cumulative_share", "benefit_shortfall",
    "median_alternate_fee", "lowest_alternate_fee", "highest_alternate_fee", "contracted_fee", "is_small", "last_seen",
)  # fmt: skip
LINE = ("payment_date", "service_date", "submitted_code", "paid_code", "evidence_tier")
FIRST = {
    "Ranking": ("rank", "payer_name", "submitted_code", "paid_code", *LEAKAGE),
    "Alternate codes": ("rank", "payer_name", "alternate_code", "submitted_codes", *LEAKAGE),
    "Asks": (
        "rank", "payer_name", "alternate_code", "increase", "borne_by", "current_fee", "asked_fee", "patient_saving", "plan_cost",
        "practice_gain", "surprise_balance_before", "surprise_balance_after", "lines",
    ),
    "Agreed fees": (
        "payer_name", "alternate_code", "effective_from", "agreed_fee", "eligible_line_count", "paid_at_agreed_count",
        "paid_at_agreed_share", "lost_since_amount", "is_alert",
    ),
    "Findings": (
        "payer_name", *LINE, "charge_amount", "paid_amount", "alternate_fee", "contracted_fee", "coverage_pct",
        "expected_patient_responsibility_amount", "patient_responsibility_amount", "surprise_balance", "counted", "not_counted_reason",
        "patient_id", "source_file", "line_segment",
    ),
    "Review": (
        "payer_name", *LINE, "signals", "charge_amount", "paid_amount", "patient_responsibility_amount", "candidate_amount", "line_id",
        "source_file", "line_segment",
    ),
    "Explained": (
        "payer_id", "payment_date", "service_date", "submitted_code", "paid_code", "explanation", "charge_amount", "paid_amount",
        "patient_responsibility_amount", "source_file", "line_segment",
    ),
    "Quarantine": (
        "status", "since", "source_file", "scope", "segment", "segment_tag", "reason", "next_step", "claim_count", "line_count",
        "charge_amount", "difference_amount", "quarantine_id",
    ),
}  # fmt: skip
TITLES = {
    "Ranking": "Payer and procedure, by what it left to patients",
    "Alternate codes": "The same dollars by the code that was paid",
    "Asks": "What asking for more would bring",
    "Agreed fees": "Fees won, and whether they are paid",
    "Findings": "Every line that was downgraded or is up for review",
    "Review": "Lines that need a person",
    "Explained": "Balances that something other than a downgrade explains; not counted",
    "Quarantine": "What could not be used, why, and what to do",
}
TABLES = {
    "Ranking": "payer_code_ranking", "Alternate codes": "payer_alternate_ranking", "Asks": "fee_asks", "Agreed fees": "ask_outcomes",
    "Findings": "findings", "Review": "findings", "Explained": "explained_otherwise", "Quarantine": "quarantine",
}  # fmt: skip
ORDERS = {
    "Ranking": "most dollars first",
    "Alternate codes": "most dollars first",
    "Asks": "smallest increase first, then by what it saves",
    "Agreed fees": "alarms first",
    "Findings": "counted lines first, by rank of payer and procedure, dearest first",
    "Review": "dearest first",
    "Explained": "dearest first",
    "Quarantine": "open items first, dearest first",
}


def lists(week: Week) -> dict[str, Listing]:
    """One listing per sheet, by the sheet's name, each as many rows as a sheet takes."""
    marts = week.marts
    waiting = marts["findings"].filter(pl.col("verdict") == "needs_review")
    asked_for = marts["quarantine"].with_columns(is_open=pl.col("status") == "open")
    rows = {
        "Ranking": first_of(marts["payer_code_ranking"], ["rank"], [False]),
        "Alternate codes": first_of(marts["payer_alternate_ranking"], ["rank"], [False]),
        "Asks": first_of(asks(marts["fee_asks"]), ["pct", "borne_by", "rank"], [False, False, False]),
        "Agreed fees": (week.wins, week.wins.height),
        "Findings": first_of(ranked(marts), ["counted", "pair_rank", "surprise_balance", "line_id"], [True, False, True, False]),
        "Review": first_of(waiting, ["candidate_amount", "line_id"], [True, False]),
        "Explained": first_of(marts["explained_otherwise"], ["patient_responsibility_amount", "line_id"], [True, False]),
        "Quarantine": first_of(asked_for, ["is_open", "charge_amount", "quarantine_id"], [True, True, False]),
    }
    return {name: Listing(name, TITLES[name], MART_TABLES[TABLES[name]], *rows[name], ORDERS[name], FIRST[name]) for name in TITLES}


def asks(fee_asks: pl.LazyFrame) -> pl.LazyFrame:
    """fee_asks with its increase as a number, pct: null, and so last, for parity."""
    return fee_asks.with_columns(pct=pl.col("increase").cast(pl.Int64, strict=False))


def ranked(marts: Marts) -> pl.LazyFrame:
    """findings with the rank of their payer and code as pair_rank; null where the pair has no counted line."""
    ranks = marts["payer_code_ranking"].select("payer_id", pair_code="submitted_code", pair_rank="rank")
    lines = marts["findings"].with_columns(pair_code=pl.col("submitted_code").fill_null(UNKNOWN))
    return lines.join(ranks, on=["payer_id", "pair_code"], how="left", maintain_order="left")


def first_of(rows: pl.LazyFrame, by: list[str], descending: list[bool]) -> tuple[pl.DataFrame, int]:
    """As many rows as a sheet takes, in this order with nulls last, and how many there are.

    Only the keys of all rows are sorted: a million whole lines would take a gigabyte.
    """
    placed = rows.with_row_index("_row")
    keys = placed.select("_row", *by).collect().sort(by, descending=descending, nulls_last=True)
    first = keys.select("_row").head(MOST_ROWS).with_row_index("_place")
    return placed.join(first.lazy(), on="_row", how="inner").collect().sort("_place"), keys.height
