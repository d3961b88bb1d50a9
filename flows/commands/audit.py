"""`altbenefit audit`: the nightly job."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path

import click

PREFECT_QUIETLY = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_FLOWS_DEFAULT_RETRIES": "0",
}


@click.command()
@click.option("--inbox", required=True, type=click.Path(path_type=Path), help="Folder that new exports arrive in; never changed.")
@click.option("--store", required=True, type=click.Path(path_type=Path), help="Folder for the lake, the reports and the quarantine.")
@click.option("--config", type=click.Path(path_type=Path), help="Folder whose files lie over the shipped configuration.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Business date of the run; default today.")
@click.option("--strict", is_flag=True, help="Set aside what has warnings, and payments that do not balance.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change.")
@click.option("--reprocess", multiple=True, type=click.Path(path_type=Path), help="Take this file anew although it is known; repeatable.")
@click.option("--no-prefect", is_flag=True, help="Run without Prefect; the result is the same.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else there.")
def audit(
    inbox: Path, store: Path, config: Path | None, as_of: datetime | None, strict: bool, dry_run: bool,
    reprocess: tuple[Path, ...], no_prefect: bool, as_json: bool,
) -> int:  # fmt: skip
    """Take in new exports, validate, flag, price, rank and publish.

    Ends with 0 done, 3 done but something was set aside, 4 nothing new arrived, 5 not published because a check failed,
    75 another run holds the store.
    """
    from flows.night import Order, Watch, rehearse
    from flows.night import audit as run_audit

    order = Order(inbox, store, as_of.date() if as_of else date.today(), config, strict, reprocess)
    watch = Watch(line=lambda text: click.echo(text, err=True), progress=_progress)
    if dry_run:
        summary = rehearse(order, watch)
    elif no_prefect:
        summary = run_audit(order, watch=watch)
    else:
        for name, value in PREFECT_QUIETLY.items():
            os.environ.setdefault(name, value)
        from flows.audit_flow import run_under_prefect

        summary = run_under_prefect(order, watch)
    click.echo(json.dumps(summary.to_dict()) if as_json else _words(summary, dry_run))
    return summary.exit_code


def _progress(done: int, total: int) -> None:
    """A line that replaces itself on a terminal; under a scheduler the lines of the files are enough."""
    if sys.stderr.isatty():
        click.echo(f"\r{done * 100 // max(total, 1):3d} % of {total / 1e6:.1f} MB", err=True, nl=done >= total)


def _words(summary, dry_run: bool) -> str:
    files = ", ".join(f"{count} {status}" for status, count in summary.files.items()) or "nothing new"
    claims = ", ".join(f"{count} {word}" for word, count in summary.claims.items())
    done = "Published" if not dry_run else "Dry run: nothing was written. It would publish"
    lines = [
        f"{summary.as_of}: {files}; claims: {claims}; {summary.set_aside} items set aside",
        f"Patients were left with ${summary.surprise_balance} on {summary.counted_lines} lines nobody warned them of.",
        f"{summary.review_lines} lines need a person: altbenefit review list",
        f"{done}: {summary.published}" + ("" if summary.is_new_publication else " (unchanged)"),
    ]
    return "\n".join(lines)
