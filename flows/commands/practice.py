"""`altbenefit synth`, `evaluate` and `demo`: the synthetic practice."""

from __future__ import annotations

import json
from pathlib import Path

import click

DEMO_CLAIMS, DEMO_SEED, DEMO_ROWS = 3000, 7, 10


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for inbox/, config/ and truth/.")
@click.option("--claims", default=5000, show_default=True, type=click.IntRange(1), help="Claims to make.")
@click.option("--seed", default=1, show_default=True, type=int, help="The same seed gives the same bytes.")
@click.option("--months", default=12, show_default=True, type=click.IntRange(3), help="Months of history.")
def synth(out: Path, claims: int, seed: int, months: int) -> int:
    """A synthetic practice of several payers, with truth labels. Nobody in it exists."""
    from flows.practice import write_practice

    count = write_practice(out, claims, seed, months)
    click.echo(f"{out}: {count} remittance files, configuration and truth. Next: altbenefit evaluate {out}")
    return 0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(folder: Path, as_json: bool) -> int:
    """Precision and recall against truth labels, per verdict and evidence tier, dollars, and the ranking's order."""
    from flows.practice import evaluate_practice
    from flows.tell import plain_rows, print_rows

    found = evaluate_practice(folder)
    frames = {name: getattr(found, name) for name in ("verdicts", "tiers", "amounts")}
    if as_json:
        facts = {name: plain_rows(frame) for name, frame in frames.items()}
        facts |= {"wrong_lines": found.wrong.height, "is_ranking_equal": found.is_ranking_equal, "surprise_error": found.surprise_error}
        click.echo(json.dumps(facts))
        return 0
    for name, frame in frames.items():
        click.echo(f"\n{name}")
        print_rows(frame, as_json=False)
    click.echo(f"\nlines that differ: {found.wrong.height}; ranking in the true order: {'yes' if found.is_ranking_equal else 'no'}")
    return 0


@click.command()
@click.option("--out", default="demo", show_default=True, type=click.Path(path_type=Path), help="Folder for everything.")
@click.option("--no-prefect", is_flag=True, help="Run without Prefect; the result is the same.")
def demo(out: Path, no_prefect: bool) -> int:
    """A synthetic practice, audited and reported: everything in one folder, in a minute."""
    from flows.commands import report
    from flows.commands.audit import run, words
    from flows.practice import PRACTICE, before_last_week, order_for, write_practice
    from flows.published import mart
    from flows.report.run import PAGE, ReportOrder
    from flows.tell import print_rows

    store = out / "store"
    files = write_practice(out / PRACTICE, DEMO_CLAIMS, DEMO_SEED)
    click.echo(f"A synthetic practice: {files} remittance files in {out / PRACTICE / 'inbox'}")
    order = order_for(out, store)
    if not store.exists():
        # Two nights, so that the report has a week to compare with.
        with before_last_week(order) as earlier:
            click.echo(words(run(earlier, no_prefect=True, quiet=True), dry_run=False).splitlines()[0])
    click.echo(words(run(order, no_prefect, quiet=True), dry_run=False))
    ranking = mart(store, "payer_code_ranking")
    click.echo("\nWhom to ask first:")
    columns = ("rank", "payer_name", "submitted_code", "paid_code", "claim_count", "surprise_balance", "cumulative_share")
    print_rows(ranking.head(DEMO_ROWS).select(columns), as_json=False)
    reported = report.run(ReportOrder(store, order.config), no_prefect)
    click.echo(f"\nThe weekly report:      {Path(reported.folder) / PAGE}")
    click.echo(f"The whole ranking:      {store / 'reports/current/payer_code_ranking.parquet'}")
    click.echo(f"Every finding:          {store / 'reports/current/findings.parquet'}")
    click.echo(f"How right it is:        altbenefit evaluate {out}")
    return 0
