"""The validation page of a run: one HTML file that stands alone, the same bytes for the same inputs, so no clock in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from transforms.tables.contract import CONTRACT_VERSION
from transforms.tables.policy import Settings

TEMPLATES = Path(__file__).parent / "templates"
COMPARED = "row_count"  # depends on what was published before, so it is told on the terminal and not on the page
OPEN = "open"
SEVERAL = "It differs by file: altbenefit quarantine list --store DIR"
NAMES = {"lake_payments": "payments in the lake", "lake_files": "files and claims in the lake", "lake_keys": "keys of the lake",
         "lake_parents": "rows of the lake and what they belong to", "drift": "the week against the 13 before"}  # fmt: skip
Frames = Mapping[str, pl.DataFrame]
Rows = list[dict[str, Any]]


def render(report: pl.DataFrame, frames: Frames, evidence: Frames, settings: Settings, as_of: date) -> bytes:
    """The page. report: expectations.gate.CHECKS_SCHEMA; frames: the marts; evidence: lake_totals and drift are used."""
    import jinja2

    shown = report.filter(pl.col("kind") != COMPARED)
    failed = shown.filter(~pl.col("success"))
    page = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    html = page.get_template("validation.html").render(
        as_of=as_of.isoformat(), config_id=settings.config_id[:12], contract_version=CONTRACT_VERSION, check_count=shown.height,
        stopped=_rows(failed.filter(severity="stop")), warned=_rows(failed.filter(severity="warn")), laws=_rows(shown.filter(kind="law")),
        drift=evidence["drift"].to_dicts(), totals=control_totals(frames, evidence["lake_totals"], shown),
        set_aside=set_aside(frames["quarantine"]), tables=_by_table(shown.filter(pl.col("kind") != "law")),
    )  # fmt: skip
    return html.encode()


def control_totals(frames: Frames, lake: pl.DataFrame, report: pl.DataFrame) -> Rows:
    """Sums that must agree: title, the laws that say so, parts as (label, dollars)."""
    files, lake_row = frames["files"], lake.row(0, named=True)
    counted = frames["findings"].filter("counted")
    parts = {
        ("Charges read = loaded + held already + set aside", "charges_conserved"): [
            ("charges read", _sum(files, "charge_amount")), ("loaded", _sum(files, "loaded_charge_amount")),
            ("held already", _sum(files, "duplicate_charge_amount")), ("set aside", _sum(files, "quarantined_charge_amount")),
        ],
        ("Payments = claims paid - provider adjustments + what does not balance", "payment_gaps_stated"): [
            ("payments", lake_row["payment_cents"]), ("claims paid", lake_row["paid_cents"]),
            ("provider adjustments", lake_row["moved_cents"]),
            (f"difference of {lake_row['unbalanced_count']} unbalanced payments", lake_row["unbalanced_cents"]),
        ],
        ("Surprise balance: findings = ranking by code", "code_ranking_total"): [
            ("counted findings", _sum(counted, "surprise_balance")),
            ("payer_code_ranking", _sum(frames["payer_code_ranking"], "surprise_balance")),
        ],
        ("Surprise balance: findings = ranking by alternate code", "alternate_ranking_total"): [
            ("counted findings", _sum(counted, "surprise_balance")),
            ("payer_alternate_ranking", _sum(frames["payer_alternate_ranking"], "surprise_balance")),
        ],
        ("Surprise balance: findings = ranking by office", "location_ranking_total"): [
            ("counted findings", _sum(counted, "surprise_balance")),
            *((name, _sum(rows, "surprise_balance")) for (name,), rows in _by_office(frames["location_ranking"])),
        ],
        ("Claims paid, by state: reversed + reversal = 0", "reversals_cancel"): [
            (row["state"], _sum(frames["claim_states"].filter(state=row["state"]), "paid_total_amount"))
            for row in frames["claim_states"].iter_rows(named=True)
        ],
    }  # fmt: skip
    outcome = dict(report.select("check", "success").iter_rows())
    return [
        {"title": title, "is_ok": outcome.get(law, False), "parts": [(label, _dollars(cents)) for label, cents in sums]}
        for (title, law), sums in parts.items()
    ]


def _by_office(ranking: pl.DataFrame) -> Iterable[tuple[tuple[Any, ...], pl.DataFrame]]:
    return ranking.group_by("location_name", maintain_order=True)


def set_aside(quarantine: pl.DataFrame) -> Rows:
    """What waits in quarantine by reason, dearest first: items, claims, dollars, and what to do."""
    waiting = quarantine.filter(pl.col("status") == OPEN)
    by_reason = waiting.group_by("reason_code").agg(
        pl.col("reason").sort().first(), next_step=_one_step(), item_count=pl.len(), claim_count=pl.col("claim_count").sum(),
        cents=_cents("charge_amount").sum(), unread_count=pl.col("charge_amount").is_null().sum(), oldest=pl.col("since").min(),
    )  # fmt: skip
    rows = by_reason.sort("cents", "reason_code", descending=[True, False]).to_dicts()
    return [row | {"amount": _dollars(row["cents"])} for row in rows]


def _one_step() -> pl.Expr:
    return pl.when(pl.col("next_step").n_unique() == 1).then(pl.col("next_step").first()).otherwise(pl.lit(SEVERAL))


def _by_table(checks: pl.DataFrame) -> Rows:
    return [
        {"name": name, "row_count": rows["row_count"].max(), "failed": rows.filter(~pl.col("success")).height, "checks": _rows(rows)}
        for (name,), rows in checks.group_by("table", maintain_order=True)
    ]


def _rows(checks: pl.DataFrame) -> Rows:
    return [row | {"where": _where(row["table"])} for row in checks.to_dicts()]


def _where(table: str) -> str:
    return ", ".join(NAMES.get(name) or name for name in table.split(" = "))


def _sum(frame: pl.DataFrame, column: str) -> int:
    return frame.select(_cents(column).sum()).item()


def _cents(column: str) -> pl.Expr:
    return pl.col(column).to_physical().cast(pl.Int64).fill_null(0)


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
