"""CPU of reading a CSV export against `pl.read_csv` on the same file: `python -m benchmarks.read_export [lines]`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from config.load import load_settings
from transforms.eob import read, sheet_of
from transforms.tables.layouts import ExportRules

ROUNDS = 7
HEADER = (
    "Claim Number,Payer,Payer ID,Check/EFT No.,Check Date,Patient,Subscriber ID,Date of Service,Tooth,Submitted Procedure,"
    "Alternate Procedure,Submitted,Approved,Deductible,Coinsurance,Network Savings,Patient Pays,Plan Pays,Reason Codes,Remarks"
)


def export(lines: int) -> bytes:
    """A portal export of synthetic lines, two a claim, every tenth of them downgraded."""
    rng = np.random.default_rng(7)
    allowed = rng.integers(4_000, 90_000, lines)
    frame = pl.DataFrame({"n": np.arange(lines) // 2, "allowed": allowed, "excess": rng.integers(1_000, 30_000, lines)}).with_columns(
        is_down=pl.Series(rng.random(lines) < 0.1), coins=pl.col("allowed") // 5, day=pl.Series(rng.integers(0, 365, lines))
    )
    money = {
        "charge": pl.col("allowed") + pl.col("excess"),
        "approved": pl.col("allowed"),
        "coins": pl.col("coins"),
        "savings": pl.when("is_down").then(0).otherwise("excess"),
        "patient": pl.col("coins") + pl.when("is_down").then("excess").otherwise(0),
        "paid": pl.col("allowed") - pl.col("coins"),
    }
    frame = frame.with_columns(**money)
    dollars = {name: (pl.col(name).cast(pl.Decimal(12, 2)) / 100).cast(pl.String) for name in money}
    day = (pl.date(2025, 1, 1) + pl.duration(days="day")).dt.strftime("%m/%d/%Y")
    number = pl.col("n").cast(pl.String)
    down = pl.col("is_down")
    rows = frame.select(
        pl.lit("CL") + number, pl.lit("SAMPLE DENTAL").alias("p"), pl.lit("S1").alias("i"),
        (pl.lit("E") + (pl.col("n") // 500).cast(pl.String)).alias("c"),
        pl.lit("01/15/2026").alias("cd"), (pl.lit("Doe, P") + (pl.col("n") % 9_000).cast(pl.String)).alias("pt"),
        (pl.lit("M") + (pl.col("n") % 9_000).cast(pl.String)).alias("m"), day.alias("d"),
        pl.lit("14").alias("t"), pl.lit("D2392").alias("s"),
        pl.when(down).then(pl.lit("D2150")).alias("a"), dollars["charge"].alias("1"), dollars["approved"].alias("2"), 
        pl.lit("0.00").alias("3"),
        dollars["coins"].alias("4"), dollars["savings"].alias("5"), dollars["patient"].alias("6"), dollars["paid"].alias("7"),
        pl.when(down).then(pl.lit("PR-169")).alias("8"), pl.when(down).then(pl.lit("Alternate benefit applied")).alias("9"),
    )  # fmt: skip
    return (HEADER + "\n" + rows.write_csv(include_header=False)).encode()


def main(lines: int) -> None:
    """CPU seconds of each and their ratios, round by round, since other work slows both alike; printed as one JSON object."""
    settings = load_settings()
    rules = ExportRules(settings.layouts, settings.policy.remark_text_patterns)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes(export(lines))
        plain, ours = [], []
        for _ in range(ROUNDS):
            plain.append(_cpu(lambda: pl.read_csv(path)))
            ours.append(_cpu(lambda: read(sheet_of(path.read_bytes()), rules, "0" * 64, "export.csv")))
        found = read(sheet_of(path.read_bytes()), rules, "0" * 64, "export.csv")
    assert found.faults.is_empty() and found.service_lines.height == lines
    ratios = [round(one / other, 2) for one, other in zip(ours, plain, strict=True)]
    print(json.dumps({"lines": lines, "cpu": median(ours), "csv_cpu": median(plain), "ratio": median(ratios), "ratios": ratios}))


def _cpu(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
