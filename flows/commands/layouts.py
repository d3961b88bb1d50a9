"""`altbenefit layouts`: layouts of CSV and XLSX exports."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group()
def layouts() -> None:
    """Layouts of CSV, TSV and XLSX exports."""


@layouts.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the draft here; otherwise it is printed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def infer(file: Path, out: Path | None, as_json: bool) -> int:
    """Draft a layout for FILE by its column names and by whether its amounts add up.

    Shows how sure each column is, and five rows with every digit as 9 and every letter as x. The draft is YAML to correct.
    """
    from config.errors import ConfigError
    from flows.errors import BadUsage
    from flows.layouts import propose, write
    from flows.tell import plain_rows, print_rows

    proposal = propose(file)
    draft = proposal.draft
    if out:
        try:
            write(proposal, out)
        except ConfigError as why:
            raise BadUsage(f"the draft is written and needs correcting: {why.fact}", str(out), why.next_step) from None
    if as_json:
        facts = {"columns": draft.columns, "confidence": draft.confidence, "adds_up_pct": draft.adds_up_pct, "missing": proposal.missing}
        click.echo(json.dumps(facts | {"rows": plain_rows(proposal.rows), "layout": proposal.text}))
        return 0
    for field, name in draft.columns.items():
        click.echo(f"{field:<20} {name:<30} {draft.confidence[field]}")
    click.echo(f"needed and not found: {', '.join(proposal.missing) or 'nothing'}\nnot used: {', '.join(draft.unused) or 'nothing'}\n")
    print_rows(proposal.rows, as_json=False)
    click.echo(f"\nWritten: {out}. Correct it and put it into config/eob_layouts/." if out else f"\n{proposal.text}")
    return 0
