"""Stores of drawn findings: quick, of any payer and fee, without an audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from flows import parquet
from flows.mart_tables import MART_TABLES
from flows.packet.evidence import evidence
from flows.packet.letter import letter
from flows.packet.notes import as_text
from flows.packet.pages import as_html
from flows.packet.write import Order, figures_of
from transforms.packet.asking import Wish
from transforms.packet.packet import Packet, Question, packet
from transforms.tables.contract import COUNT, DATE, FLAG, MONEY, PERCENT, TEXT, TEXTS, Column
from transforms.tables.findings import FINDINGS
from transforms.tables.policy import MARKET_FEES
from transforms.tables.rankings import PAYER_ALTERNATE_RANKING

START, END = date(2025, 7, 1), date(2026, 6, 30)
FALLBACK: dict[Any, Any] = {TEXT: "x", COUNT: 1, MONEY: Decimal(0), PERCENT: Decimal(0), DATE: START, FLAG: False, TEXTS: []}


@dataclass(frozen=True)
class Line:
    """A counted line of one unit, paid as the cheaper code in full coverage unless said otherwise."""

    payer: str = "north"
    code: str = "D2392"
    paid: str | None = "D2150"
    patient: str | None = "p"
    claim: str = "c"
    fee: int = 120
    contracted: int | None = 200
    day: date = date(2026, 3, 10)
    coverage: int = 100
    tier: int = 1
    absorbed: int = 0
    name: str | None = None
    units: int = 1
    is_counted: bool = True


def lines(count: int, **same: Any) -> list[Line]:
    """So many lines, each of a patient and a claim of its own."""
    key = "".join(str(same.get(name, "")) for name in ("payer", "code", "paid", "fee", "day", "tier"))
    return [Line(**{"patient": f"p{key}{at}", "claim": f"c{key}{at}", **same}) for at in range(count)]


def findings(rows: Iterable[Line]) -> pl.DataFrame:
    """FINDINGS with every column; what a line does not say is null, or a plain value where it must not be."""
    return pl.DataFrame([_row(at, line) for at, line in enumerate(rows)], schema=FINDINGS.schema)


def _row(at: int, line: Line) -> dict[str, Any]:
    gap = ((line.contracted or line.fee) - line.fee) * line.coverage // 100 * line.units
    fee, whole = Decimal(line.fee * line.units), line.contracted and Decimal(line.contracted * line.units)
    known = {
        "line_id": f"secretline{at}", "claim_id": f"secretclaim-{line.claim}", "source_file": f"secretfile{at}.835",
        "patient_id": None if line.patient is None else f"secretpatient-{line.patient}", "payer_id": line.payer,
        "payer_name": line.name or line.payer.title(), "payment_date": line.day, "service_date": line.day,
        "submitted_code": line.code, "paid_code": line.paid, "verdict": "downgraded", "evidence_tier": line.tier,
        "contracted_fee": whole, "contracted_fee_source": line.contracted and "schedule", "alternate_fee": fee,
        "unit_contracted_fee": line.contracted and Decimal(line.contracted), "coverage_pct": Decimal(line.coverage),
        "alternate_coverage_pct": Decimal(line.coverage), "units": line.units, "surprise_basis": "fee_schedule",
        "surprise_balance": Decimal(0 if line.absorbed else gap), "benefit_shortfall": Decimal(gap),
        "provider_absorbed_amount": Decimal(line.absorbed), "above_schedule_amount": Decimal(0), "network": "in",
        "counted": line.is_counted, "not_counted_reason": None if line.is_counted else "outside_window",
    }  # fmt: skip
    return {column.name: known.get(column.name, _otherwise(column)) for column in FINDINGS.columns}


def _otherwise(column: Column) -> Any:
    if column.null is not None:
        return None
    return column.allowed[0] if column.allowed else FALLBACK[column.dtype]


def ranking(table: pl.DataFrame) -> pl.DataFrame:
    """PAYER_ALTERNATE_RANKING of these findings, as far as a packet reads it."""
    groups = (
        table.filter("counted").group_by("payer_id", alternate_code=pl.col("paid_code").fill_null("unknown"))
        .agg(pl.col("surprise_balance").sum(), pl.col("payer_name").first())
        .sort(["surprise_balance", "payer_id", "alternate_code"], descending=[True, False, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1), window_start=pl.lit(START), window_end=pl.lit(END))
    )  # fmt: skip
    lacking = [
        pl.lit(_otherwise(column)).alias(column.name) for column in PAYER_ALTERNATE_RANKING.columns if column.name not in groups.columns
    ]
    return PAYER_ALTERNATE_RANKING.conform(groups.with_columns(lacking))


def store(root: Path, rows: Iterable[Line]) -> Path:
    """A store that has published these findings."""
    table = findings(rows)
    totals = table.select("payer_id").unique()
    payments = MART_TABLES["payment_totals"]
    lacking = [pl.lit(_otherwise(column)).alias(column.name) for column in payments.columns if column.name != "payer_id"]
    marts = {"findings": table, "payer_alternate_ranking": ranking(table), "payment_totals": totals.with_columns(lacking)}
    folder = root / "store/reports/current"
    folder.mkdir(parents=True)
    for name in ("findings", "payer_alternate_ranking", "payment_totals", "ask_outcomes", "predicted_downgrades"):
        parquet.write_table(marts.get(name, MART_TABLES[name].empty()), MART_TABLES[name], folder / f"{name}.parquet")
    return root / "store"


def figures(rows: Iterable[Line], payer: str = "north", minimum: int = 11, market: pl.DataFrame | None = None, **changes: Any) -> Packet:
    """The packet's figures for these lines."""
    table = findings(rows)
    asked = {
        "payer_id": payer,
        "tiers": (1, 2),
        "general": Wish("percent", 15),
        "own": {},
        "increases_pct": (10, 15, 20, 25),
        "minimum": minimum,
    }
    question = Question(**(asked | changes))
    return packet(table, ranking(table), MARKET_FEES.empty() if market is None else market, question)


def order(given: Path, out: Path, payer: str = "north", **changes: Any) -> Order:
    """The order of a packet as the command would give it without options."""
    usual = {"config": None, "tiers": (1, 2), "general": Wish("percent", 15), "own": {}, "is_named": False, "has_comparators": True,
             "paper": "letter", "letter_date": None}  # fmt: skip
    return Order(store=given, payer_id=payer, out=out, **(usual | changes))


def pages_made(given: Order) -> dict[str, str]:
    """letter and evidence as HTML and the notes, without the slower formats."""
    made, facts, found = figures_of(given)
    documents = (letter(made, facts), evidence(made, facts))
    html = {document.name: as_html(document, given.paper).decode() for document in documents}
    return html | {"notes": as_text(found, facts, documents)}
