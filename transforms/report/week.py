"""One ISO week of the leakage report: every frame and figure that page, workbook and e-mail show, from the published marts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.report import asking, bridge, detail, figures, rest, weeks
from transforms.report.base_lines import WEEK, Marts, first_day_of, week_of
from transforms.report.figures import Headline, Trust
from transforms.tables.report import ReportPolicy


@dataclass(frozen=True)
class Publication:
    """A published set: its marts, the business date it was made for, and its name."""

    marts: Marts
    as_of: date
    name: str


@dataclass(frozen=True)
class Week:
    """All that is told of one week. Frames are exact (DECIMAL dollars) and ordered; what each holds is said where it is made.

    `marts` are the published tables themselves, unread until collected: whatever a frame caps is whole in there.
    """

    week: str
    first_day: date
    last_day: date
    as_of: date
    publication: str
    window_start: date
    window_end: date
    compared_with: date | None  # business date of the publication that first held all of last week
    policy: ReportPolicy
    marts: Marts
    headline: Headline
    trust: Trust
    by_basis: pl.DataFrame
    by_balance_basis: pl.DataFrame
    freshness: pl.DataFrame
    weeks: pl.DataFrame
    pairs: pl.DataFrame
    asks_first: pl.DataFrame
    too_few_claims: pl.DataFrame
    coverage_curve: pl.DataFrame
    new_and_worsening: pl.DataFrame
    bridge: pl.DataFrame
    window_bridge: pl.DataFrame
    restated: pl.DataFrame
    wins: pl.DataFrame
    payers: pl.DataFrame
    lines: pl.DataFrame
    week_lines: pl.DataFrame
    locations: pl.DataFrame
    location_pairs: pl.DataFrame
    explained: pl.DataFrame
    explained_lines: pl.DataFrame
    review: pl.DataFrame
    review_totals: pl.DataFrame
    unusable: pl.DataFrame
    set_aside: pl.DataFrame
    not_counted: pl.DataFrame
    unpriced: pl.DataFrame
    unmapped: pl.DataFrame
    silent: pl.DataFrame


def choose_week(marts: Marts, as_of: date, asked: str | None) -> date:
    """The Monday of the week asked for, else of the last one that is over. Raises ValueError for no ISO week."""
    return first_day_of(asked) if asked else weeks.last_week(marts["findings"], marts["explained_otherwise"], as_of)


def window_of(marts: Marts, as_of: date) -> tuple[date, date]:
    """First and last payment date of the ranking window, as the ranking states them; without any ranked pair, twelve months."""
    stated = marts["payer_code_ranking"].select("window_start", "window_end").head(1).collect()
    if stated.height:
        return stated.row(0)
    start = pl.select(pl.lit(as_of).dt.offset_by("1d").dt.offset_by("-12mo")).item()
    return start, as_of


def build_week(now: Publication, before: Publication | None, first_day: date, policy: ReportPolicy) -> Week:
    """The week that begins on `first_day`, from a publication and the one that first held all of the week before it."""
    marts, rows = now.marts, policy.list_row_count
    window_start, window_end = window_of(marts, now.as_of)
    trends = weeks.pair_trends(marts["weekly_trend"], first_day, policy)
    pairs = asking.pairs(marts, trends, policy)
    first = asking.asks_first(pairs, policy.top_count)
    earlier = before.marts if before else None
    return Week(
        week=week_of(first_day), first_day=first_day, last_day=first_day + WEEK - WEEK / 7, as_of=now.as_of, publication=now.name,
        window_start=window_start, window_end=window_end, compared_with=before.as_of if before else None, policy=policy, marts=marts,
        headline=figures.headline(marts, first_day), trust=figures.trust(marts),
        by_basis=figures.by_basis(marts["findings"]), by_balance_basis=figures.by_balance_basis(marts["findings"]),
        freshness=rest.freshness(marts, now.as_of), weeks=weeks.weeks(marts["findings"], first_day, policy.trend_weeks),
        pairs=pairs, asks_first=first, too_few_claims=asking.too_few_claims(pairs, first),
        coverage_curve=asking.coverage_curve(marts["payer_code_ranking"]), new_and_worsening=asking.new_and_worsening(pairs, policy),
        bridge=bridge.bridge(marts, earlier, first_day),
        window_bridge=bridge.window_bridge(marts, earlier, before.as_of if before else None, window_start),
        restated=bridge.restated_lines(marts, earlier, first_day), wins=asking.wins(marts["ask_outcomes"]),
        payers=detail.payers(marts, first_day), lines=detail.lines(marts, policy), week_lines=detail.week_lines(marts, first_day, rows),
        locations=detail.locations(marts["findings"]), location_pairs=detail.location_pairs(marts["findings"]),
        explained=rest.explained(marts, window_start, first_day), explained_lines=rest.explained_lines(marts, window_start, rows),
        review=rest.review(marts["findings"], rows), review_totals=rest.review_totals(marts["findings"]),
        unusable=rest.unusable(marts["quarantine"]), set_aside=rest.set_aside_items(marts["quarantine"], rows),
        not_counted=rest.not_counted(marts["findings"]), unpriced=rest.unpriced(marts["findings"], rows),
        unmapped=marts["unmapped_payers"].sort("payment_amount", "payer_id", descending=[True, False]).collect(),
        silent=marts["silent_payers"].sort("silent_days", "payer_id", descending=[True, False]).collect(),
    )  # fmt: skip
