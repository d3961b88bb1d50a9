"""The ranking office by office: payer_code_ranking, split by who was paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.findings import UNKNOWN
from transforms.ranking import LEAKAGE_PARTS, code_family, leakage_parts, ranked_leakage
from transforms.tables.rankings import LOCATION_RANKING

LOCATION = ["location_id", "payer_id", "submitted_code"]
UNKNOWN_NAME = "unknown location"


def location_parts(counted: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the ranking needs of counted lines in cents, by table name; parts of the lake one below the other fold to the whole.

    location_totals, _values, _patients: see ranking.leakage_parts; location_pairs: the key, paid_code and pair_line_count. A line
    whose payee is no office on file has location_id `unknown`, so that no dollar is lost.
    """
    lines = counted.with_columns(pl.col("submitted_code", "location_id").fill_null(UNKNOWN))
    pairs = lines.drop_nulls("paid_code").group_by(*LOCATION, "paid_code").agg(pair_line_count=pl.len().cast(pl.Int64))
    return {f"location_{name}": part for name, part in leakage_parts(lines, LOCATION).items()} | {"location_pairs": pairs}


def location_ranking(parts: Mapping[str, pl.DataFrame], locations: pl.DataFrame, as_of: date, months: int, small: int) -> pl.DataFrame:
    """Contract LOCATION_RANKING from location_parts and the offices on file."""
    common = (
        parts["location_pairs"].group_by(*LOCATION, "paid_code").agg(pl.col("pair_line_count").sum())
        .sort(["pair_line_count", "paid_code"], descending=[True, False])
        .group_by(LOCATION, maintain_order=True).agg(pl.col("paid_code").first())
    )  # fmt: skip
    names = locations.select("location_id", location_name="name").unique("location_id", keep="first", maintain_order=True)
    ranked = ranked_leakage({name: parts[f"location_{name}"] for name in LEAKAGE_PARTS}, LOCATION, as_of, months, small)
    table = ranked.join(common, on=LOCATION, how="left").join(names, on="location_id", how="left").sort("rank")
    named = table.with_columns(
        location_name=pl.col("location_name").fill_null(UNKNOWN_NAME),
        code_family=code_family("submitted_code"),
        location_rank=pl.int_range(1, pl.len() + 1).over("location_id"),
    )
    return LOCATION_RANKING.conform(named).sort(LOCATION_RANKING.sort)
