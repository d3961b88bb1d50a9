"""Payer-code pairs by accumulated surprise balance, and payer-alternate pairs by the same dollars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from transforms.fees import median_of_counts
from transforms.findings import UNKNOWN, dollars, percent_of, window
from transforms.tables.contract import PERCENT
from transforms.tables.rankings import PAYER_ALTERNATE_RANKING, PAYER_CODE_RANKING

Parts = Mapping[str, Any]  # frames; patients may be lazy, for they may be more than fit
CODE, ALTERNATE = ["payer_id", "submitted_code"], ["payer_id", "alternate_code"]
LEAKAGE_PARTS = ("totals", "values", "patients")
SUMMED_CENTS = ("surprise_cents", "shortfall_cents", "absorbed_cents")
PATIENT_ROWS = 1_000_000  # counted at a time
MEDIANS = ("unit_alternate", "unit_fee", "coverage_bp")

# Families by code range: our own labels, broad enough to read at a glance.
CODE_FAMILIES = (
    ("D0100", "D0999", "exams and x-rays"),
    ("D1000", "D1999", "preventive"),
    ("D2140", "D2199", "silver fillings"),
    ("D2330", "D2390", "front white fillings"),
    ("D2391", "D2399", "back white fillings"),
    ("D2400", "D2699", "inlays and onlays"),
    ("D2700", "D2899", "crowns"),
    ("D2900", "D2999", "other restorations"),
    ("D3000", "D3999", "root canals"),
    ("D4000", "D4999", "gums"),
    ("D5000", "D5999", "dentures"),
    ("D6000", "D6199", "implants"),
    ("D6200", "D6999", "bridges"),
    ("D7000", "D7999", "oral surgery"),
    ("D8000", "D8999", "orthodontics"),
    ("D9000", "D9999", "other services"),
)


def code_family(code: str) -> pl.Expr:
    """Our own label for the family a code belongs to."""
    label = pl.lit("other")
    for first, last, name in CODE_FAMILIES:
        label = pl.when(pl.col(code).is_between(pl.lit(first), pl.lit(last))).then(pl.lit(name)).otherwise(label)
    return label


def ranking_parts(counted: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What both rankings need of counted lines in cents, by table name; parts of the lake one below the other fold to the whole.

    code_* and alternate_*: see leakage_parts. code_pairs: payer_id, submitted_code, alternate_code (UNKNOWN where not known),
    pair_line_count, surprise_cents.
    """
    lines = counted.with_columns(pl.col("submitted_code").fill_null(UNKNOWN), alternate_code=pl.col("paid_code").fill_null(UNKNOWN))
    return (
        {f"code_{name}": part for name, part in leakage_parts(lines, CODE).items()}
        | {f"alternate_{name}": part for name, part in leakage_parts(lines, ALTERNATE).items()}
        | {"code_pairs": pairs_of(lines, CODE)}
    )


def payer_code_ranking(parts: Parts, as_of: date, months: int, small: int) -> pl.DataFrame:
    """Contract PAYER_CODE_RANKING from ranking_parts; order: surprise, claims, payer, code."""
    ranked = ranked_leakage({name: parts[f"code_{name}"] for name in LEAKAGE_PARTS}, CODE, as_of, months, small)
    known = most_frequent_alternate(parts["code_pairs"], CODE)
    named = ranked.join(known, on=CODE, how="left").with_columns(code_family=code_family("submitted_code"))
    return PAYER_CODE_RANKING.conform(named).sort(PAYER_CODE_RANKING.sort)


def payer_alternate_ranking(parts: Parts, as_of: date, months: int, small: int) -> pl.DataFrame:
    """Contract PAYER_ALTERNATE_RANKING from ranking_parts, ordered the same way."""
    dragged = (
        parts["code_pairs"].group_by(*ALTERNATE, "submitted_code").agg(pl.col("surprise_cents").sum())
        .sort(["surprise_cents", "submitted_code"], descending=[True, False])
        .group_by(ALTERNATE, maintain_order=True).agg(submitted_codes="submitted_code")
    )  # fmt: skip
    ranked = ranked_leakage({name: parts[f"alternate_{name}"] for name in LEAKAGE_PARTS}, ALTERNATE, as_of, months, small)
    named = ranked.join(dragged, on=ALTERNATE, how="left")
    return PAYER_ALTERNATE_RANKING.conform(named).sort(PAYER_ALTERNATE_RANKING.sort)


def pairs_of(lines: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Counted lines by a key and alternate_code (UNKNOWN where not known): pair_line_count, surprise_cents; additive."""
    return lines.group_by(*by, "alternate_code").agg(pl.col("surprise_cents").sum(), pair_line_count=pl.len().cast(pl.Int64))


def most_frequent_alternate(pairs: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The key and paid_code, the alternate code most lines were paid as (the first of equals); null where none is known."""
    known = pairs.filter(pl.col("alternate_code") != UNKNOWN).group_by(*by, "alternate_code").agg(pl.col("pair_line_count").sum())
    ordered = known.sort(["pair_line_count", "alternate_code"], descending=[True, False])
    return ordered.group_by(by, maintain_order=True).agg(paid_code=pl.col("alternate_code").first())


def leakage_parts(lines: pl.DataFrame, by: list[str]) -> dict[str, pl.DataFrame]:
    """Counted lines by a key as three additive tables: totals; values (measure, value, value_count); patients, each once.

    A claim lies in one payment, so counts of claims add up over months; patients do not, so they are kept by name of token.
    """
    units = pl.max_horizontal(pl.col("units_paid").fill_null(1), 1)
    lines = lines.with_columns(
        unit_alternate=(pl.col("alternate_cents") // units).cast(pl.Int64), unit_fee=(pl.col("contracted_cents") // units).cast(pl.Int64)
    )
    totals = lines.group_by(by).agg(
        pl.col("payer_name").drop_nulls().min(),
        line_count=pl.len().cast(pl.Int64),
        claim_count=pl.col("claim_id").n_unique().cast(pl.Int64),
        stated_line_count=pl.col("evidence_tier").is_in([1, 2]).sum().cast(pl.Int64),
        confirmed_line_count=(pl.col("review_decision") == "confirmed").fill_null(False).sum().cast(pl.Int64),
        lowest_cents=pl.col("unit_alternate").min(),
        highest_cents=pl.col("unit_alternate").max(),
        first_seen=pl.col("payment_date").min(),
        last_seen=pl.col("payment_date").max(),
        **{name: pl.col(name).sum() for name in SUMMED_CENTS},
    )
    measured = [lines.select(*by, measure=pl.lit(name), value=pl.col(name).cast(pl.Int64)) for name in MEDIANS]
    values = pl.concat(measured).drop_nulls("value").group_by(*by, "measure", "value").agg(value_count=pl.len().cast(pl.Int64))
    # Eight bytes tell one patient of a payer and a code from another as well as the token does, in half the room.
    patients = lines.filter(pl.col("patient_id").is_not_null()).select(*by, patient=pl.col("patient_id").hash(3)).unique()
    return {"totals": totals, "values": values, "patients": patients}


def ranked_leakage(parts: Parts, by: list[str], as_of: date, months: int, small: int) -> pl.DataFrame:
    """One row per key with totals, medians, shares and rank; parts of leakage_parts one below the other are summed here."""
    start, end = window(as_of, months)
    counts = (*SUMMED_CENTS, "line_count", "claim_count", "stated_line_count", "confirmed_line_count")
    totals = parts["totals"].group_by(by).agg(
        pl.col("payer_name").drop_nulls().min(), pl.col("lowest_cents", "first_seen").min(), pl.col("highest_cents", "last_seen").max(),
        *(pl.col(name).sum() for name in counts),
    )  # fmt: skip
    medians = median_of_counts(parts["values"].lazy(), [*by, "measure"], "value").collect()
    for name in MEDIANS:
        median = medians.filter(pl.col("measure") == name).select(*by, pl.col("median").alias(f"median_{name}"))
        totals = totals.join(median, on=by, how="left")
    known = totals.join(_patient_counts(parts["patients"].lazy(), by), on=by, how="left").with_columns(pl.col("patient_count").fill_null(0))
    falling = ["surprise_cents", "claim_count"]
    ordered = known.sort([*falling, *by], descending=[True] * len(falling) + [False] * len(by))
    whole = pl.col("surprise_cents").sum()
    return ordered.with_columns(
        rank=pl.int_range(1, pl.len() + 1),
        surprise_balance=dollars("surprise_cents"),
        surprise_share=share(pl.col("surprise_cents"), whole),
        cumulative_share=share(pl.col("surprise_cents").cum_sum(), whole),
        benefit_shortfall=dollars("shortfall_cents"),
        provider_absorbed_amount=dollars("absorbed_cents"),
        median_alternate_fee=dollars("median_unit_alternate"),
        lowest_alternate_fee=dollars("lowest_cents"),
        highest_alternate_fee=dollars("highest_cents"),
        contracted_fee=dollars("median_unit_fee"),
        median_coverage_pct=percent_of("median_coverage_bp"),
        is_small=pl.col("claim_count") < small,
        window_start=start,
        window_end=end,
    )


def _patient_counts(patients: pl.LazyFrame, by: list[str]) -> pl.DataFrame:
    """The key and patient_count, some patients at a time: no patient is in two parts, so counts of parts add up."""
    parts = 1 + patients.select(pl.len()).collect().item() // PATIENT_ROWS
    mine = [patients.filter(pl.col("patient") % parts == part) for part in range(parts)]
    counts = [some.group_by(by).agg(patient_count=pl.col("patient").n_unique()).collect(engine="streaming") for some in mine]
    return pl.concat(counts).group_by(by).agg(pl.col("patient_count").sum().cast(pl.Int64))


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Percentage with two decimals, rounded half up, by whole numbers; null where the whole is zero."""
    hundredths = pl.when(whole > 0).then((part * 20_000 + whole) // (whole * 2))
    return (hundredths.cast(pl.Decimal(38, 2)) / 100).cast(PERCENT)
