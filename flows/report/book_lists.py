"""The workbook's lists: which published table goes on which sheet, in which order, and what is printed of it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from flows.mart_tables import MART_TABLES
from flows.report.sheets import FIRST_ROW, MOST_ROWS, Listing
from transforms.findings import UNKNOWN
from transforms.report.base_lines import Marts
from transforms.report.week import Week
from transforms.tables.contract import text
from transforms.tables.views import EXPLAINED_OTHERWISE

LEAKAGE = (
    "line_count", "claim_count", "patient_count", "surprise_balance", "surprise_share", "cumulative_share", "benefit_shortfall",
    "median_alternate_fee", "lowest_alternate_fee", "highest_alternate_fee", "contracted_fee", "is_small", "last_seen",
)  # fmt: skip
LINE = ("payment_date", "service_date", "submitted_code", "paid_code", "evidence_tier")
ROW = "_row"
EXPLAINED = replace(
    EXPLAINED_OTHERWISE,
    columns=(*EXPLAINED_OTHERWISE.columns, text("payer_name", "payer, by payers.yaml, else as it names itself, else its id")),
)
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
        "payer_name", "payment_date", "service_date", "submitted_code", "paid_code", "explanation", "charge_amount", "paid_amount",
        "patient_responsibility_amount", "source_file", "line_segment",
    ),
    "Quarantine": (
        "status", "since", "source_file", "scope", "segment", "segment_tag", "reason", "next_step", "claim_count", "line_count",
        "charge_amount", "difference_amount", "quarantine_id",
    ),
}  # fmt: skip
TITLES = {
    "Ranking": "Payer and procedure, by what it left to patients (a click on the code leads to its lines)",
    "Alternate codes": "The same dollars by the code that was paid",
    "Asks": "What asking for more would bring",
    "Agreed fees": "Fees won, and whether they are paid",
    "Findings": "Every line that was downgraded or is up for review",
    "Review": "Lines that need a person (altbenefit review confirm LINE_ID, or reject)",
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
        "Findings": findings(marts),
        "Review": first_of(waiting, ["candidate_amount", "line_id"], [True, False]),
        "Explained": first_of(named(marts), ["patient_responsibility_amount", "line_id"], [True, False]),
        "Quarantine": first_of(asked_for, ["is_open", "charge_amount", "quarantine_id"], [True, True, False]),
    }
    tables = {name: MART_TABLES[table] for name, table in TABLES.items()} | {"Explained": EXPLAINED}
    links = {"Ranking": lines_behind(rows["Ranking"][0], rows["Findings"][0])}
    return {name: Listing(name, TITLES[name], tables[name], *rows[name], ORDERS[name], FIRST[name], links.get(name, ())) for name in TITLES}


def lines_behind(ranking: pl.DataFrame, lines: pl.DataFrame) -> tuple[str, ...]:
    """For each pair of the ranking the cell on Findings where its lines begin; empty where the limit of rows left them off."""
    if ranking.is_empty():
        return ()
    places = lines.with_row_index("_at").filter("counted").with_columns(pl.col("submitted_code").fill_null(UNKNOWN))
    first = places.group_by("payer_id", "submitted_code").agg(pl.col("_at").min())
    found = ranking.select("payer_id", "submitted_code").join(first, on=["payer_id", "submitted_code"], how="left", maintain_order="left")
    return tuple("" if at is None else f"'Findings'!A{at + FIRST_ROW + 1}" for at in found["_at"])


def named(marts: Marts) -> pl.LazyFrame:
    """explained_otherwise with the payer's name, which the mart leaves out; its id where it sends none."""
    names = marts["payment_totals"].select("payer_id", "payer_name")
    lines = marts["explained_otherwise"].join(names, on="payer_id", how="left", maintain_order="left")
    return lines.with_columns(pl.coalesce("payer_name", "payer_id"))


def asks(fee_asks: pl.LazyFrame) -> pl.LazyFrame:
    """fee_asks with its increase as a number, pct: null, and so last, for parity."""
    return fee_asks.with_columns(pct=pl.col("increase").cast(pl.Int64, strict=False))


def findings(marts: Marts) -> tuple[pl.DataFrame, int]:
    """Findings in their sheet's order: counted lines first, by rank of their payer and code, dearest first."""
    ranks = marts["payer_code_ranking"].select("payer_id", pair_code="submitted_code", pair_rank="rank")
    lines = marts["findings"]
    keys = lines.select("counted", "surprise_balance", "line_id", "payer_id", pair_code=pl.col("submitted_code").fill_null(UNKNOWN))
    placed = keys.with_row_index(ROW).join(ranks, on=["payer_id", "pair_code"], how="left")
    return picked(lines, placed, ["counted", "pair_rank", "surprise_balance", "line_id"], [True, False, True, False])


def first_of(rows: pl.LazyFrame, by: list[str], descending: list[bool]) -> tuple[pl.DataFrame, int]:
    """As many rows as a sheet takes, in this order with nulls last, and how many there are."""
    return picked(rows, rows.select(by).with_row_index(ROW), by, descending)


def picked(rows: pl.LazyFrame, keys: pl.LazyFrame, by: list[str], descending: list[bool]) -> tuple[pl.DataFrame, int]:
    """The same, with the keys to sort by in a frame of their own, with the place of their row.

    Only keys are held of all rows, and rows pass by in batches: a million whole lines would take a gigabyte.
    """
    every = keys.collect().sort(by, descending=descending, nulls_last=True)
    first = every.select(ROW).head(MOST_ROWS).with_row_index("_place")
    held = rows.with_row_index(ROW).filter(pl.col(ROW).is_in(first[ROW].implode())).collect(engine="streaming")
    return held.join(first, on=ROW).sort("_place"), every.height
