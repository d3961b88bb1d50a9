"""The weekly report as a Prefect flow of its own: parameters are paths and a week, artifacts hold counts, codes and dollars."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.audit_flow import as_task
from flows.errors import without_words
from flows.report.run import PAGE, ReportOrder, ReportSummary, write_report


def report_under_prefect(order: ReportOrder) -> ReportSummary:
    """Write the report as a flow of this process."""

    @flow(name="altbenefit-report", log_prints=False, persist_result=False, validate_parameters=False)
    def altbenefit_report(store: str, config: str | None, week: str | None, out: str | None) -> ReportSummary:
        given = ReportOrder(Path(store), Path(config) if config else None, week, Path(out) if out else None)
        with without_words("report"):
            summary = write_report(given, step=as_task)
        tell_prefect(summary)
        return summary

    texts = [str(path) if path else None for path in (order.config, order.out)]
    return altbenefit_report(str(order.store), texts[0], order.week, texts[1])


def due_under_prefect(write: Callable[[Callable[..., Any]], list[ReportSummary]]) -> list[ReportSummary]:
    """Write every report that is due as one flow of this process; `write` takes the step to run things by."""

    @flow(name="altbenefit-reports-due", log_prints=False, persist_result=False, validate_parameters=False)
    def altbenefit_reports_due() -> list[ReportSummary]:
        with without_words("report"):
            written = write(as_task)
        for summary in written:
            tell_prefect(summary)
        return written

    return altbenefit_reports_due()


def tell_prefect(summary: ReportSummary) -> None:
    """Headline, link and the first asks, for Prefect's page of the run."""
    page = (Path(summary.folder) / PAGE).resolve()
    create_link_artifact(key="altbenefit-report-page", link=page.as_uri(), link_text=f"Report of {summary.week}")
    create_markdown_artifact(key="altbenefit-report", markdown=markdown(summary), description="What the weekly report says first")
    create_table_artifact(key="altbenefit-asks-first", table=summary.top, description="Payer and code pairs to ask about first")


def markdown(summary: ReportSummary) -> str:
    """The summary for people."""
    rows = {
        "headline": summary.headline,
        "this week": f"${Decimal(summary.week_surprise_balance):,}",
        "for a person": f"{summary.review_lines} lines",
        "set aside": f"{summary.set_aside} items",
        "folder": summary.folder,
    }
    return "\n".join([f"# Report of {summary.week}", "", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])
