"""A handful of findings, each written out: payer, code, day, cents; and publications of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from config.report import load_report
from flows.mart_tables import MART_TABLES
from tests.report.drawn_week import AS_OF, NAMES, dollars, filled, findings_of, marts_of
from transforms.report.week import Publication, Week, build_week

MONDAY = date(2026, 6, 22)  # of the week before AS_OF's
LAST_MONDAY = date(2026, 6, 15)
POLICY = load_report()


def line(name: str, day: date, cents: int, payer: str = "north", code: str = "D2392", file: str = "a.835", **others: object) -> dict:
    """One counted finding, unless `others` says otherwise."""
    given = {"line_id": name, "claim_id": f"claim-{name}", "patient_id": f"patient-{name}", "source_file": file, "line_segment": 11,
             "payer_id": payer, "payer_name": payer.title(), "submitted_code": code, "paid_code": "D2150", "payment_date": day,
             "service_date": day, "cents": cents, "verdict": "downgraded", "counted": True, "not_counted_reason": None, "evidence_tier": 1,
             "signals": ["code_swap"], "surprise_basis": "fee_schedule", "contracted_fee_source": "schedule"}  # fmt: skip
    return given | others


def findings(*rows: dict) -> pl.DataFrame:
    """Contract FINDINGS of these lines."""
    shape = {
        "cents": pl.Int64,
        "counted": pl.Boolean,
        "not_counted_reason": pl.String,
        "submitted_code": pl.String,
        "service_date": pl.Date,
    }
    frame = pl.DataFrame(list(rows), schema_overrides=shape) if rows else findings_of(0, 1, NAMES).with_columns(cents=pl.lit(0))
    money = frame.with_columns(
        surprise_balance=dollars("cents"),
        benefit_shortfall=dollars("cents"),
        charge_amount=dollars("cents"),
        alternate_fee=dollars("cents"),
    )
    return filled(MART_TABLES["findings"], money)


def publication(*rows: dict, as_of: date = AS_OF, files: tuple[str, ...] | None = None, **others: pl.DataFrame) -> Publication:
    """What would be published with these lines; `files`: those known by then, default those of the lines."""
    every = findings(*rows)
    known = files if files is not None else tuple(every["source_file"].unique().sort())
    held = filled(
        MART_TABLES["files"],
        pl.DataFrame({"source_file": list(known), "file_id": list(known)}, schema={"source_file": pl.String, "file_id": pl.String}),
    )
    marts = marts_of(every) | {"files": held} | others
    return Publication({name: MART_TABLES[name].conform(frame).lazy() for name, frame in marts.items()}, as_of, "reports/history/drawn")


def week(now: Publication, before: Publication | None = None, first_day: date = MONDAY, **policy: int) -> Week:
    return build_week(now, before, first_day, replace(POLICY, **policy))
