"""What the front desk may warn of before a visit: the predictions as CSV, and as substitutions for Open Dental.

The second file has the shape of Open Dental's substitution links, by which an insurance plan is told to estimate a procedure as
another: ProcCode, SubstitutionCode and SubstOnlyIf (Always, Molar, SecondMolar, Never, Posterior). Source: its manual, "Procedure
Estimate Downgrades", and its API's SubstitutionLinks. The condition is Always: an 835 names no tooth.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows import parquet
from flows.published import mart
from flows.share import as_csv
from transforms.tables.predicted import PREDICTED_DOWNGRADES

PREDICTIONS, SUBSTITUTIONS = "predicted_downgrades.csv", "open_dental_substitutions.csv"
EVERY_TOOTH = "Always"


def prediction_files(predicted: pl.DataFrame) -> dict[str, bytes]:
    """Both files by name, from the mart (PREDICTED_DOWNGRADES)."""
    return {PREDICTIONS: as_csv(predicted).encode(), SUBSTITUTIONS: as_csv(substitutions(predicted)).encode()}


def substitutions(predicted: pl.DataFrame) -> pl.DataFrame:
    """One row per payer and code that is likely enough to plan on: what to enter for that payer's plans, and why."""
    return predicted.filter("is_substitution").select(
        "payer_id",
        "payer_name",
        pl.col("submitted_code").alias("ProcCode"),
        pl.col("paid_code").alias("SubstitutionCode"),
        pl.lit(EVERY_TOOTH).alias("SubstOnlyIf"),
        "downgraded_line_count",
        "eligible_line_count",
        "probability_pct",
    )


def predictions(store: Path, payers: tuple[str, ...], codes: tuple[str, ...]) -> pl.DataFrame:
    """The published predictions of these payers and codes, or of all; likeliest first. Raises BadUsage for an unknown payer."""
    from flows.packet.payer import require_payer

    found = mart(store, "predicted_downgrades")
    for payer_id in payers:
        require_payer(store, payer_id)
    if payers:
        found = found.filter(pl.col("payer_id").is_in(payers))
    if codes:
        found = found.filter(pl.col("submitted_code").is_in([code.upper() for code in codes]))
    return found.sort("probability_pct", "payer_id", "submitted_code", descending=[True, False, False])


def predictions_of(publication: Path) -> pl.DataFrame:
    """The predictions of one publication's folder; empty where it is older than they are."""
    path = publication / f"{PREDICTED_DOWNGRADES.name}.parquet"
    return parquet.scan([path] if path.exists() else [], PREDICTED_DOWNGRADES).collect()


def write_predictions(predicted: pl.DataFrame, folder: Path) -> list[Path]:
    """Write both files into the folder, replacing earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, data in prediction_files(predicted).items():
        (folder / name).write_bytes(data)
        written.append(folder / name)
    return written
