"""How long the weekly report takes, and how much memory: `python -m benchmarks.weekly [--lines 1000000]`.

Writes a synthetic publication of that many findings (no audit: the marts themselves are drawn), then runs the report in a
process of its own and prints seconds, peak memory and the sizes of the files.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from flows.mart_tables import MART_TABLES
from flows.publish import publish
from transforms.findings import UNKNOWN, dollars, window
from transforms.ranking import code_family, share
from transforms.tables.contract import Column, Table

AS_OF = date(2026, 6, 30)
CODES = (  # billed, paid as, contracted fee, alternate fee, in dollars
    ("D2392", "D2150", 197, 125),
    ("D2391", "D2140", 152, 94),
    ("D2393", "D2160", 241, 147),
    ("D2394", "D2161", 287, 178),
    ("D2740", "D2791", 1040, 862),
    ("D2750", "D2791", 985, 862),
    ("D2644", "D2161", 845, 199),
    ("D6010", "D5213", 1680, 1090),
)
FILE_LINES, CLAIM_LINES = 60, 2
DEFAULTS = {pl.String: "", pl.Int64: 0, pl.Boolean: False, pl.Date: AS_OF}


def payer_names(count: int) -> list[str]:
    return [f"Synthetic Payer {at:03d}" for at in range(1, count + 1)]


def findings(lines: int, names: list[str], seed: int = 1, days: int = 420, as_of: date = AS_OF) -> pl.DataFrame:
    """Findings of the last `days` days: nine tenths counted, the rest up for review, unpriced, of a second payer, or too old."""
    draw = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(names) + 1) ** 0.7
    base = pl.DataFrame(
        {
            "at": np.arange(lines),
            "payer": draw.choice(len(names), lines, p=weights / weights.sum()),
            "code": draw.integers(0, len(CODES), lines),
            "age": draw.integers(0, days, lines),
            "kind": draw.integers(0, 100, lines),
            "step": draw.integers(0, 3, lines),
            "patient": draw.integers(0, max(lines // 3, 1), lines),
            "npi": draw.integers(0, 4, lines),
        }
    )
    codes = pl.DataFrame(
        [(at, *row) for at, row in enumerate(CODES)], orient="row", schema=["code", "submitted_code", "paid_code", "fee", "alternate"]
    )
    payers = pl.DataFrame(
        {"payer": range(len(names)), "payer_name": names, "payer_id": [f"payer-{at:03d}" for at in range(1, len(names) + 1)]}
    )
    frame = base.join(codes, on="code").join(payers, on="payer").sort("at")
    file = (pl.col("at") // FILE_LINES).cast(pl.String).str.zfill(16)
    segment = (pl.col("at") % FILE_LINES) * 5 + 12
    claim = (pl.col("at") % FILE_LINES) // CLAIM_LINES * CLAIM_LINES * 5 + 10
    return _priced(
        frame.with_columns(
            line_id=file + "-" + segment.cast(pl.String),
            claim_id=file + "-" + claim.cast(pl.String),
            line_segment=segment,
            source_file="week/" + file + ".835",
            patient_id=pl.lit("f") + pl.col("patient").cast(pl.String).str.zfill(19),
            payment_date=pl.lit(as_of) - pl.duration(days=pl.col("age")),
            payee_npi=pl.lit("199000000") + pl.col("npi").cast(pl.String),
        ).with_columns(service_date=pl.col("payment_date") - pl.duration(days=12)),
        as_of,
    )


def _priced(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Money as domain 3.2 has it at 80 % coverage, verdicts, and why a line does not count."""
    start, _ = window(as_of, 12)
    kind = pl.col("kind")
    review, unpriced = kind < 5, (kind >= 5) & (kind < 7)
    reason = (
        pl.when(review)
        .then(pl.lit("needs_review"))
        .when(unpriced)
        .then(pl.lit("unpriced"))
        .when(kind == 7)
        .then(pl.lit("secondary_payer"))
        .when(pl.col("payment_date") < start)
        .then(pl.lit("outside_window"))
    )
    cents = frame.with_columns(
        not_counted_reason=reason, contracted=pl.col("fee") * 100, allowed=(pl.col("alternate") + pl.col("step") * 5) * 100
    )
    cents = cents.with_columns(surprise=(pl.col("contracted") - pl.col("allowed")) * 4 // 5, expected=pl.col("contracted") // 5)
    priced = ~unpriced
    money = cents.with_columns(
        assigned=pl.col("surprise") + pl.col("expected"), charge=pl.col("contracted") + 6000, paid=pl.col("allowed") * 4 // 5
    )
    shown = pl.col("not_counted_reason").is_in(["needs_review", "unpriced"]).fill_null(False)
    return money.with_columns(
        counted=pl.col("not_counted_reason").is_null(),
        verdict=pl.when(review).then(pl.lit("needs_review")).otherwise(pl.lit("downgraded")),
        evidence_tier=pl.when(review).then(3).when(kind % 2 == 0).then(1).otherwise(2).cast(pl.Int64),
        signals=pl.when(review).then(pl.lit(["allowed_equals_alternate_fee"])).otherwise(pl.lit(["code_swap", "PR-169"])),
        payer_rank=pl.when(kind == 7).then(2).otherwise(1),
        charge_amount=dollars("charge"),
        paid_amount=dollars("paid"),
        contracted_fee=pl.when(priced).then(dollars("contracted")),
        contracted_fee_source=pl.when(priced).then(pl.lit("schedule")),
        alternate_fee=dollars("allowed"),
        coverage_pct=pl.lit(80, pl.Decimal(5, 2)),
        patient_responsibility_amount=dollars("assigned"),
        expected_patient_responsibility_amount=pl.when(priced).then(dollars("expected")),
        surprise_balance=pl.when(~shown).then(dollars("surprise")),
        candidate_amount=pl.when(review).then(dollars("surprise")),
        benefit_shortfall=pl.when(~shown).then(dollars("surprise")),
        surprise_basis=pl.when(priced).then(pl.lit("fee_schedule")),
        balance_basis=pl.lit("stated"),
        network=pl.lit("in"),
        units=pl.lit(1),
    )


def ranking(counted: pl.DataFrame, code: str, as_of: date) -> pl.DataFrame:
    """One row per payer and code, in the contract's order."""
    start, end = window(as_of, 12)
    fee = pl.col("alternate_fee").to_physical().cast(pl.Int64)
    sums = counted.group_by("payer_id", code).agg(
        pl.col("payer_name").first(),
        line_count=pl.len().cast(pl.Int64),
        claim_count=pl.col("claim_id").n_unique().cast(pl.Int64),
        patient_count=pl.col("patient_id").n_unique().cast(pl.Int64),
        cents=pl.col("surprise_balance").to_physical().cast(pl.Int64).sum(),
        middle=fee.median().cast(pl.Int64),
        low=fee.min(),
        high=fee.max(),
        contracted=pl.col("contracted_fee").max(),
        first_seen=pl.col("payment_date").min(),
        last_seen=pl.col("payment_date").max(),
        submitted_codes=pl.col("submitted_code").unique().sort(),
        paid_code=pl.col("paid_code").first(),
    )
    ordered = sums.sort(["cents", "claim_count", "payer_id", code], descending=[True, True, False, False])
    return ordered.with_columns(
        rank=pl.int_range(1, pl.len() + 1),
        surprise_balance=dollars("cents"),
        benefit_shortfall=dollars("cents"),
        contracted_fee="contracted",
        surprise_share=share(pl.col("cents"), pl.col("cents").sum()),
        cumulative_share=share(pl.col("cents").cum_sum(), pl.col("cents").sum()),
        median_alternate_fee=dollars("middle"),
        lowest_alternate_fee=dollars("low"),
        highest_alternate_fee=dollars("high"),
        median_coverage_pct=pl.lit(80, pl.Decimal(5, 2)),
        stated_line_count="line_count",
        is_small=pl.col("claim_count") < 5,
        window_start=start,
        window_end=end,
    )


def marts(every: pl.DataFrame, as_of: date = AS_OF) -> dict[str, pl.DataFrame]:
    """A publication around these findings: what is not drawn is empty."""
    counted = every.filter("counted").with_columns(
        pl.col("submitted_code").fill_null(UNKNOWN), alternate_code=pl.col("paid_code").fill_null(UNKNOWN)
    )
    by_code = ranking(counted, "submitted_code", as_of).with_columns(code_family=code_family("submitted_code"))
    by_alternate = ranking(counted, "alternate_code", as_of)
    standing = every.filter(pl.col("not_counted_reason").fill_null("outside_window") == "outside_window")
    trend = standing.group_by(
        "payer_id",
        pl.col("submitted_code").fill_null(UNKNOWN),
        week=pl.col("payment_date").dt.strftime("%G-W%V"),
        week_start=pl.col("payment_date").dt.truncate("1w"),
    ).agg(
        line_count=pl.len().cast(pl.Int64),
        claim_count=pl.col("claim_id").n_unique(),
        surprise_balance=pl.col("surprise_balance").sum(),
        benefit_shortfall=pl.col("benefit_shortfall").sum(),
    )
    asks = by_alternate.filter(pl.col("contracted_fee").is_not_null()).select(
        "payer_id",
        "payer_name",
        "alternate_code",
        borne_by=pl.lit("patient"),
        increase=pl.lit("15"),
        current_fee="median_alternate_fee",
        asked_fee=pl.min_horizontal("contracted_fee", "median_alternate_fee"),
        surprise_balance_before="surprise_balance",
        surprise_balance_after="surprise_balance",
        patient_saving="surprise_balance",
        plan_cost="surprise_balance",
        lines="line_count",
        rank="rank",
    )
    files = every.group_by("source_file").agg(
        line_count=pl.len().cast(pl.Int64),
        claim_count=pl.col("claim_id").n_unique().cast(pl.Int64),
        charge_amount=pl.col("charge_amount").sum(),
    )
    files = files.with_columns(
        file_id="source_file",
        status=pl.lit("loaded"),
        format=pl.lit("835"),
        loaded_on=pl.lit(as_of),
        claim_loaded_count="claim_count",
        loaded_charge_amount="charge_amount",
    )
    payments = every.group_by("payer_id").agg(
        pl.col("payer_name").first(),
        payment_count=pl.col("source_file").n_unique().cast(pl.Int64),
        payment_amount=pl.col("paid_amount").sum(),
        last_payment_date=pl.col("payment_date").max(),
    )
    drawn = {
        "findings": every,
        "payer_code_ranking": by_code,
        "payer_alternate_ranking": by_alternate,
        "weekly_trend": trend,
        "fee_asks": pl.concat([asks, asks.with_columns(increase=pl.lit("parity"), asked_fee="current_fee")]),
        "files": files,
        "payment_totals": payments,
    }
    return {name: whole(table, drawn[name]) if name in drawn else table.empty() for name, table in MART_TABLES.items()}


def whole(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every column of the contract: null where that is allowed, else nothing of its kind."""
    missing = [column for column in table.columns if column.name not in frame.columns]
    return table.conform(frame.with_columns(pl.lit(_least(column), column.dtype).alias(column.name) for column in missing))


def _least(column: Column) -> object:
    if column.null is not None:
        return None
    return [] if column.dtype == pl.List(pl.String) else DEFAULTS.get(type(column.dtype), 0)


def put_publication(store: Path, frames: dict[str, pl.DataFrame], as_of: date = AS_OF, name: str = "drawn") -> Path:
    """Publish the frames as a night would."""
    store.mkdir(parents=True, exist_ok=True)
    return publish(store, as_of, name, {mart: (MART_TABLES[mart], frame) for mart, frame in frames.items()}, {})


CHILD = """
import json, resource, sys, time
from pathlib import Path
began = time.perf_counter()
from flows.report.run import ReportOrder, write_report
done = write_report(ReportOrder(Path(sys.argv[1])))
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))  # ru_maxrss is the parent's
print(json.dumps({"seconds": round(time.perf_counter() - began, 1), "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
                  "peak_mb": peak, "files": done.files, "lines": done.counted_lines}))
"""


def measure(lines: int, payers: int) -> dict:
    """Draw, publish, report; figures of the report alone."""
    with tempfile.TemporaryDirectory(prefix="altbenefit-weekly-") as scratch:
        store = Path(scratch) / "store"
        put_publication(store, marts(findings(lines, payer_names(payers))))
        put_publication(store, marts(findings(max(lines - lines // 50, 1), payer_names(payers))), AS_OF - timedelta(days=8), "before")
        put_publication(store, marts(findings(lines, payer_names(payers))), AS_OF, "drawn")
        done = subprocess.run([sys.executable, "-c", CHILD, str(store)], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--payers", type=int, default=40)
    given = options.parse_args()
    began = time.perf_counter()
    found = measure(given.lines, given.payers)
    print(json.dumps({"findings": given.lines, "payers": given.payers, **found}))
    print(
        f"drawing and all: {time.perf_counter() - began:.0f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
