"""`altbenefit audit`: the nightly job."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.errors import Failure, StepFailed

if TYPE_CHECKING:
    from flows.night import Watch
    from flows.order import Order
    from flows.summary import Summary

PREFECT_QUIETLY = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",  # its own 20 seconds are too few on a busy machine
}


@click.command()
@click.option("--inbox", required=True, type=click.Path(path_type=Path), help="Folder that new exports arrive in; never changed.")
@click.option("--store", required=True, type=click.Path(path_type=Path), help="Folder for the lake, the reports and the quarantine.")
@click.option("--config", type=click.Path(path_type=Path), help="Folder whose files lie over the shipped configuration.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Business date of the run; default today.")
@click.option("--strict", is_flag=True, help="Set aside what has warnings, and payments that do not balance.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change.")
@click.option("--reprocess", multiple=True, type=click.Path(path_type=Path), help="Take this file anew although it is known; repeatable.")
@click.argument("more_files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--no-prefect", is_flag=True, help="Run without Prefect; the result is the same.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else there.")
def audit(
    inbox: Path, store: Path, config: Path | None, as_of: datetime | None, strict: bool, dry_run: bool,
    reprocess: tuple[Path, ...], more_files: tuple[Path, ...], no_prefect: bool, as_json: bool,
) -> int:  # fmt: skip
    """Take in new exports, validate, flag, price, rank and publish.

    Ends with 0 done, 3 done but something was set aside, 4 nothing new arrived, 5 not published because a check failed,
    75 another run holds the store. Files after the options belong to --reprocess.
    """
    if more_files and not reprocess:
        raise click.UsageError("Files are given with --reprocess FILE...; the inbox is read as a whole.")
    from flows.order import Order

    business_date = as_of.date() if as_of else date.today()
    order = Order(inbox, store, business_date, config, strict, (*reprocess, *more_files), dry_run)
    summary = run(order, no_prefect)
    click.echo(json.dumps(summary.to_dict()) if as_json else words(summary, dry_run))
    return summary.exit_code


def run(order: Order, no_prefect: bool, quiet: bool = False) -> Summary:
    """The audit, a dry run of it, or the audit as a Prefect flow. Lines for people go to stderr."""
    from flows.lock import hold
    from flows.order import require_inbox

    require_inbox(order.inbox)
    if order.is_dry_run:
        from flows.night import rehearse

        return rehearse(order, _watch(quiet))
    # Held before anything heavy is imported: a second run must hear of it at once.
    with hold(order.store):
        from flows.night import work

        try:
            if no_prefect:
                return work(order, watch=_watch(quiet))
            for name, value in PREFECT_QUIETLY.items():
                os.environ.setdefault(name, value)
            from flows.audit_flow import run_under_prefect

            return run_under_prefect(order, _watch(quiet))
        except Failure as why:
            if isinstance(why, StepFailed):
                _require_whole(order.store)
            raise
        except Exception:
            _require_whole(order.store)
            raise


def _require_whole(store: Path) -> None:
    """An unexpected error is often a file that the disk has spoilt: then that is what to say. Raises StoreDamaged."""
    from flows.publish import require_readable
    from flows.store import read_manifest, require_whole

    require_whole(store, read_manifest(store))
    require_readable(store)


def _watch(quiet: bool) -> Watch:
    from flows.night import Watch

    return Watch() if quiet else Watch(line=lambda text: click.echo(text, err=True), progress=_progress)


def _progress(done: int, total: int) -> None:
    """A line that replaces itself on a terminal; under a scheduler the lines of the files are enough."""
    if sys.stderr.isatty():
        click.echo(f"\r{done * 100 // max(total, 1):3d} % of {total / 1e6:.1f} MB", err=True, nl=done >= total)


def words(summary: Summary, dry_run: bool) -> str:
    """The run in four lines, and one for each warning of the gate."""
    files = ", ".join(f"{count} {status}" for status, count in summary.files.items()) or "nothing new"
    claims = ", ".join(f"{count} {word}" for word, count in summary.claims.items())
    done = "Dry run: nothing was written. It would publish" if dry_run else "Published"
    lines = [
        f"{summary.as_of}: {files}; claims: {claims}; {summary.set_aside} items set aside",
        f"Patients were left with ${Decimal(summary.surprise_balance):,} on {summary.counted_lines:,} lines nobody warned them of.",
        f"{summary.review_lines} lines need a person: altbenefit review list",
        *(f"Warning: {warning}" for warning in summary.warnings),
        f"{done}: {summary.published}" + ("" if summary.is_new_publication else " (unchanged)"),
    ]
    return "\n".join(lines)
