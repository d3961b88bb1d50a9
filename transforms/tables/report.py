"""What the weekly report is asked to show: thresholds, columns with their headings, and terms; made by `config.report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ReportColumn:
    """One column of one table of the report: which, under what heading, and what it means in one line."""

    column: str
    head: str
    meaning: str


@dataclass(frozen=True)
class Term:
    """A word of the report and its meaning."""

    term: str
    meaning: str


@dataclass(frozen=True)
class ReportPolicy:
    """report.yaml: how much the page shows, when a trend is one, what to suggest, and the tables column by column."""

    top_count: int
    trend_weeks: int
    recent_weeks: int
    worsening_pct: int
    worsening_line_count: int
    suggested_increase_pct: int
    list_row_count: int
    page_list_count: int
    page_payer_count: int
    page_pair_count: int
    page_line_count: int
    page_pair_line_count: int
    tables: Mapping[str, tuple[ReportColumn, ...]]
    terms: tuple[Term, ...]
    method: tuple[Term, ...]
