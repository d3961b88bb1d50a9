"""What the practice's other payers allow for the same alternate codes, and what the practice's own survey says."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

import polars as pl

from transforms.adjudicated import cents
from transforms.fees import exact_median
from transforms.packet.cells import is_enough

LEAST_CLAIMS = 10  # fewer say nothing about a payer's fee
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def elsewhere(findings: pl.DataFrame, payer_id: str, tiers: Collection[int], codes: pl.Series) -> pl.DataFrame:
    """Counted lines of FINDINGS of the other payers that were paid as one of the codes: what each allowed for a unit.

    Columns: alternate_code, payer_id, payer_name, claim_id, patient_id, unit_cents.
    """
    return findings.filter(
        pl.col("counted")
        & (pl.col("payer_id") != payer_id)
        & pl.col("evidence_tier").is_in(list(tiers))
        & pl.col("paid_code").is_in(codes.implode())
        & (pl.col("alternate_fee") > 0)
        & (pl.col("units") > 0)
        & ~pl.col("is_maximum_reached")
    ).select(
        "payer_id",
        "payer_name",
        "claim_id",
        "patient_id",
        alternate_code="paid_code",
        unit_cents=cents("alternate_fee") // pl.col("units"),
    )


def others(lines: pl.DataFrame, payer_id: str, minimum: int) -> pl.DataFrame:
    """One row per alternate code and other payer with enough claims and patients, from the lines of `elsewhere`.

    Columns: alternate_code, payer_id, payer_name, mask ("Payer A"), claim_count, median_cents (a unit). Nothing is summed
    across payers, so no remainder can be reckoned.
    """
    by = ["alternate_code", "payer_id"]
    groups = lines.group_by(by).agg(
        pl.col("payer_name").drop_nulls().min(),
        claim_count=pl.col("claim_id").n_unique().cast(pl.Int64),
        is_enough=is_enough(max(minimum, LEAST_CLAIMS)),
    )
    kept = groups.filter("is_enough").drop("is_enough")
    medians = exact_median(lines.lazy(), by, "unit_cents").select(*by, median_cents="median").collect()
    masks = _masks(payer_id, sorted(kept.get_column("payer_id").unique()))
    table = kept.join(medians, on=by).with_columns(mask=pl.col("payer_id").replace_strict(masks, default=None, return_dtype=pl.String))
    return table.sort("alternate_code", "median_cents", "mask", descending=[False, True, False])


def pooled(lines: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """alternate_code, median_cents, claim_count and payer_count over the payers of `others`, from the same lines."""
    inside = lines.join(compared, on=["alternate_code", "payer_id"], how="semi")
    medians = exact_median(inside.lazy(), ["alternate_code"], "unit_cents").select("alternate_code", median_cents="median").collect()
    counts = compared.group_by("alternate_code").agg(pl.col("claim_count").sum(), payer_count=pl.len().cast(pl.Int64))
    return medians.join(counts, on="alternate_code").sort("alternate_code")


def higher(pooled: pl.DataFrame, asks: pl.DataFrame) -> pl.DataFrame:
    """The rows of `pooled` where others allow more than the fee today (current_fee, dollars): what a letter compares with."""
    today = asks.select("alternate_code", "current_fee").unique("alternate_code", keep="first", maintain_order=True)
    return pooled.join(today, on="alternate_code").filter(pl.col("median_cents") > cents("current_fee")).sort("alternate_code")


def market(fees: pl.DataFrame, codes: pl.Series) -> pl.DataFrame:
    """Rows of MARKET_FEES for the codes given, of the latest year of each source, code and area."""
    latest = pl.col("year").max().over("source", "procedure_code", "zip3")
    return fees.filter(pl.col("procedure_code").is_in(codes.implode())).filter(pl.col("year") == latest)


def _masks(recipient: str, payer_ids: list[str]) -> dict[str, str]:
    """A letter for each payer, the same on every page of this packet; the order gives no name, size or fee away."""
    shuffled = sorted(payer_ids, key=lambda payer_id: sha256(f"{recipient}\n{payer_id}".encode()).hexdigest())
    count = len(LETTERS)
    names = [LETTERS[at // count - 1] + LETTERS[at % count] if at >= count else LETTERS[at] for at in range(len(shuffled))]
    return {payer_id: f"Payer {name}" for payer_id, name in zip(shuffled, names, strict=True)}
