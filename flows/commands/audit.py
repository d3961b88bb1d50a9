"""`altbenefit audit`: the nightly job."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.errors import Failure, StepFailed, no_panic
from flows.remote.address import PLACE, Place

if TYPE_CHECKING:
    from flows.logs import Record
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
PATH = click.Path(path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option(
    "--inbox",
    required=True,
    type=PLACE,
    envvar="ALTBENEFIT_INBOX",
    help="Folder or s3://bucket/prefix that new exports arrive in; never changed.",
)
@click.option(
    "--store", required=True, type=PLACE, envvar="ALTBENEFIT_STORE", help="Folder or s3://bucket/prefix for the lake and the reports."
)
@click.option("--config", type=PATH, envvar="ALTBENEFIT_CONFIG", help="Folder whose files lie over the shipped configuration.")
@click.option("--as-of", type=DAY, help="Business date of the run; default today, on the clock of audit.yaml's time_zone.")
@click.option("--from", "first", type=DAY, help="Backfill: publish into history as of each period's end since this date.")
@click.option("--to", "last", type=DAY, help="Backfill: up to this date, which readers then see; default today.")
@click.option("--every", type=click.Choice(["day", "week", "month"]), default="month", show_default=True, help="Backfill: the period.")
@click.option("--strict", is_flag=True, help="Set aside what has warnings, and payments that do not balance.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change.")
@click.option("--reprocess", multiple=True, type=PLACE, help="Take this file anew although it is known; repeatable.")
@click.argument("more_files", nargs=-1, type=PLACE)
@click.option("--limit", type=click.IntRange(1), help="Take in this many new files at most; the rest waits for the next run.")
@click.option("--dask", metavar="tcp://HOST:PORT", envvar="ALTBENEFIT_DASK", help="Let the workers of this Dask cluster do the heavy part.")
@click.option("--no-prefect", is_flag=True, help="Run without Prefect; the result is the same.")
@click.option("--no-notify", is_flag=True, help="Tell nobody: no mail, no webhook, no ping.")
@click.option("--log-json", metavar="FILE", help="Add JSON lines to this file, one a file read; - is stderr. Also ALTBENEFIT_LOG.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else there.")
def audit(
    inbox: Place, store: Place, config: Path | None, as_of: datetime | None, first: datetime | None, last: datetime | None, every: str,
    strict: bool, dry_run: bool, reprocess: tuple[Place, ...], more_files: tuple[Place, ...], limit: int | None, dask: str | None,
    no_prefect: bool, no_notify: bool, log_json: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Take in new exports, validate, flag, price, rank and publish.

    Ends with 0 done, 3 done but something was set aside, 4 nothing new arrived, 5 not published because a check failed,
    75 another run holds the store. Files after the options belong to --reprocess.
    """
    if more_files and not reprocess:
        raise click.UsageError("Files are given with --reprocess FILE...; the inbox is read as a whole.")
    if (as_of and (first or last)) or (last and not first):
        raise click.UsageError("Give --as-of for one date, or --from and --to for a backfill.")
    from flows.logs import log_to, silent
    from flows.order import Order
    from flows.remote.places import at_hand

    chosen = last or as_of
    business_date = chosen.date() if chosen else _today(config)
    earlier = _earlier(first.date(), business_date, every) if first else ()
    record = silent if dry_run else log_to(log_json, uuid.uuid4().hex[:12])
    with at_hand(inbox, store, is_giving=not dry_run) as places:
        files = places.named((*reprocess, *more_files))
        order = Order(
            places.inbox, places.store, business_date, config, strict, files, is_dry_run=dry_run, earlier=earlier, limit=limit, dask=dask
        )
        summary = _run_and_tell(order, lambda: places.within(lambda: run(order, no_prefect, record=record)), record, dry_run or no_notify)
    click.echo(json.dumps(summary.to_dict()) if as_json else words(summary, dry_run))
    return summary.exit_code


def _run_and_tell(order: Order, act: Callable[[], Summary], record: Record, is_silent: bool) -> Summary:
    """What `act` returns; whoever should know hears of it."""
    if is_silent:
        return act()
    from flows.unattended import unattended

    return unattended(order, act, record, lambda text: click.echo(text, err=True))


def _today(config: Path | None) -> date:
    from flows.clock import day_of_run

    return day_of_run(config)


def _earlier(first: date, last: date, every: str) -> tuple[date, ...]:
    from flows.backfill import dates_of

    return dates_of(first, last, every)


def run(order: Order, no_prefect: bool, quiet: bool = False, record: Record | None = None) -> Summary:
    """The audit, a dry run of it, or the audit as a Prefect flow. Lines for people go to stderr."""
    from flows.lock import hold
    from flows.order import require_inbox

    require_inbox(order.inbox)
    if order.dask and not order.is_dry_run:  # whose shadow of the store lies on this machine
        from flows.fan_out.connect import require_usable

        require_usable(order.dask, with_prefect=not no_prefect)
    if order.is_dry_run:
        from flows.night import rehearse

        return rehearse(order, watch_of(quiet, record))
    # Held before anything heavy is imported: a second run must hear of it at once.
    with hold(order.store):
        try:
            if no_prefect:
                with no_panic():
                    return _plainly(order, watch_of(quiet, record), record)
            for name, value in PREFECT_QUIETLY.items():
                os.environ.setdefault(name, value)
            from flows.audit_flow import run_under_prefect

            return run_under_prefect(order, watch_of(quiet, record), record)
        except Failure as why:
            if isinstance(why, StepFailed):
                _require_whole(order.store)
            raise
        except Exception:
            _require_whole(order.store)
            raise


def _plainly(order: Order, watch: Watch, record: Record | None) -> Summary:
    """The audit without Prefect, with the hands that the order names."""
    from flows.night import work
    from flows.patience import on_share

    if not order.dask:
        return on_share(lambda: work(order, watch=watch), record)
    from flows.fan_out.connect import by_client

    with by_client(order.dask, order.store) as hands:
        return on_share(lambda: work(order, watch=watch, hands=hands), record)


def _require_whole(store: Path) -> None:
    """An unexpected error is often a file that the disk has spoilt: then that is what to say. Raises StoreDamaged."""
    from flows.publish import require_readable
    from flows.store import read_manifest, require_whole

    require_whole(store, read_manifest(store))
    require_readable(store)


def watch_of(quiet: bool, record: Record | None = None) -> Watch:
    """Lines for people on stderr, unless quiet, and the same for machines."""
    from flows.logs import silent
    from flows.night import Watch
    from flows.progress import progress

    if quiet:
        return Watch(record=record or silent)
    return Watch(line=lambda text: click.echo(text, err=True), progress=progress(), record=record or silent)


def words(summary: Summary, dry_run: bool) -> str:
    """The run in four lines, and one for each warning of the gate."""
    files = ", ".join(f"{count} {status}" for status, count in summary.files.items()) or "nothing new"
    claims = ", ".join(f"{count} {word}" for word, count in summary.claims.items())
    done = "Dry run: nothing was written. It would publish" if dry_run else "Published"
    lines = [
        f"{summary.as_of}: {files}; claims: {claims}; {summary.set_aside} items set aside",
        f"Patients were left with ${Decimal(summary.surprise_balance):,} on {summary.counted_lines:,} lines nobody warned them of.",
        f"{summary.review_lines} lines need a person: altbenefit review list",
        *([f"{summary.waiting} new files wait for the next run (--limit)"] if summary.waiting else []),
        *(f"Warning: {warning}" for warning in summary.warnings),
        f"{done}: {summary.published}" + ("" if summary.is_new_publication else " (unchanged)"),
    ]
    return "\n".join(lines)
