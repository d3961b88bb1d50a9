"""`altbenefit report`: the weekly leakage report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store

if TYPE_CHECKING:
    from flows.remote.view import View
    from flows.report.run import ReportOrder, ReportSummary


def bring_last_week(made: View, given: dict[str, Any]) -> None:
    """For a store on object storage: the earlier publications that the report compares with."""
    from flows.remote import weeks

    weeks.bring_last_week(made, given)


@click.command()
@click.option("--store", required=True, type=PLACE, envvar="ALTBENEFIT_STORE", help="The store; what it has published is read.")
@click.option(
    "--config", type=click.Path(path_type=Path), envvar="ALTBENEFIT_CONFIG", help="Folder whose files lie over the shipped configuration."
)
@click.option("--week", help="ISO week such as 2026-W26; default the last week that is over and that anything was paid in.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to; default STORE/weekly/WEEK.")
@click.option("--due", is_flag=True, help="Unattended: every week that is over and has no report yet, each mailed once.")
@click.option("--no-prefect", is_flag=True, help="Run without Prefect; the result is the same.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@on_store("weekly/", is_giving=True, more=bring_last_week)
def report(store: Path, config: Path | None, week: str | None, out: Path | None, due: bool, no_prefect: bool, as_json: bool) -> int:
    """The weekly leakage report: a page, a workbook and an e-mail, from what is published."""
    if due and (week or out):
        raise click.UsageError("--due chooses the weeks and the folders itself.")
    if due:
        return _write_due(store, config, no_prefect, as_json)
    from flows.report.run import ReportOrder

    summary = run(ReportOrder(store, config, week, out), no_prefect)
    click.echo(json.dumps(summary.to_dict()) if as_json else words(summary))
    return 0


def _write_due(store: Path, config: Path | None, no_prefect: bool, as_json: bool) -> int:
    """What the schedule does on Mondays."""
    from flows.logs import log_to
    from flows.weekly import run_due

    written = run_due(store, config, no_prefect, log_to(None, f"report-{os.getpid()}"), lambda text: click.echo(text, err=True))
    if as_json:
        click.echo(json.dumps([summary.to_dict() for summary in written]))
    else:
        click.echo("\n".join(map(words, written)) or "Every week that is over has its report.")
    return 0


def run(order: ReportOrder, no_prefect: bool) -> ReportSummary:
    """The report, as a Prefect flow unless asked not to."""
    if no_prefect:
        from flows.report.run import write_report

        return write_report(order)
    from flows.commands.audit import PREFECT_QUIETLY
    from flows.report import sources

    sources.current(order.store)  # nothing published is told at once, not after Prefect has started
    for name, value in PREFECT_QUIETLY.items():
        os.environ.setdefault(name, value)
    from flows.report_flow import report_under_prefect

    return report_under_prefect(order)


def words(summary: ReportSummary) -> str:
    """The report in a few lines, and where it is."""
    folder = Path(summary.folder)
    return "\n".join([
        f"{summary.week}: {summary.headline}",
        f"{summary.review_lines} lines need a person, {summary.set_aside} items are set aside.",
        *(f"  {folder / name}  ({size / 1000:,.0f} kB)" for name, size in summary.files.items()),
        f"Open {folder / 'report.html'} in a browser.",
    ])  # fmt: skip
