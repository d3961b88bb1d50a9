"""Control totals and laws between columns and tables: each a column of differences that must all be zero."""

from __future__ import annotations

import polars as pl

from expectations.lake_laws import LAKE_LAWS
from expectations.law import DIFFERENCE, Frames, Law, against_findings, broken, cents, off_by, series, total
from expectations.payer_laws import PAYER_LAWS
from expectations.prediction_laws import PREDICTION_LAWS
from expectations.weekly_laws import WEEKLY_LAWS

CLAIM_PARTS = ("claim_loaded_count", "claim_duplicate_count", "claim_quarantined_count")
CHARGE_PARTS = ("loaded_charge_amount", "duplicate_charge_amount", "quarantined_charge_amount")


def applicable(frames: Frames) -> list[Law]:
    """The laws whose tables are all there."""
    return [law for law in LAWS if all(name in frames for name in law.tables)]


UNDONE = ("reversed", "reversal")


def _undone(frames: Frames) -> pl.Series:
    undone = frames["claim_states"].filter(pl.col("state").is_in(UNDONE))
    return pl.Series(DIFFERENCE, [total(undone, "paid_total_amount"), total(undone, "patient_responsibility_total_amount")], pl.Int64)


LAWS = (
    *LAKE_LAWS,
    Law(
        "code_ranking_total",
        "counted findings and payer_code_ranking add up to the same surprise balance, to the cent",
        ("findings", "payer_code_ranking"),
        against_findings("payer_code_ranking"),
        owner="analyst",
        found=off_by,
        example="findings count 1,250.00, the ranking 1,249.99",
    ),
    Law(
        "alternate_ranking_total",
        "counted findings and payer_alternate_ranking add up to the same surprise balance, to the cent",
        ("findings", "payer_alternate_ranking"),
        against_findings("payer_alternate_ranking"),
        owner="analyst",
        found=off_by,
        example="a pair without an alternate code is left out of the ranking",
    ),
    *PAYER_LAWS,
    Law(
        "counted_lines",
        "a counted line is downgraded, of a primary payer, and priced",
        ("findings",),
        lambda frames: broken(
            frames["findings"].filter("counted"),
            (pl.col("verdict") == "downgraded") & (pl.col("payer_rank") == 1) & pl.col("surprise_balance").is_not_null(),
        ),
        owner="analyst",
        example="a counted line of a secondary payer",
    ),
    Law(
        "not_counted_reason",
        "a line is counted, or says why not",
        ("findings",),
        lambda frames: broken(frames["findings"], pl.col("counted") == pl.col("not_counted_reason").is_null()),
        owner="analyst",
        example="a line that is neither counted nor has a reason",
    ),
    Law(
        "review_has_no_balance",
        "a line for review has no surprise balance yet, only a candidate amount",
        ("findings",),
        lambda frames: broken(frames["findings"].filter(verdict="needs_review"), pl.col("surprise_balance").is_null()),
        owner="analyst",
        example="a line for review with a surprise balance of 80.00",
    ),
    Law(
        "claims_conserved",
        "claims read = loaded + duplicate + quarantined, for every file",
        ("files",),
        lambda frames: series(frames["files"], pl.col("claim_count") - pl.sum_horizontal(CLAIM_PARTS)),
        example="a file of 10 claims: 8 loaded, 1 set aside, 1 nowhere",
    ),
    Law(
        "charges_conserved",
        "charges read = loaded + duplicate + quarantined, for every file",
        ("files",),
        lambda frames: series(frames["files"], cents("charge_amount") - pl.sum_horizontal(cents(name) for name in CHARGE_PARTS)),
        found=off_by,
        example="charges of 100.00 read, 90.00 loaded, nothing set aside",
    ),
    Law(
        "runs_conserved",
        "claims and charges read = loaded + duplicate + quarantined, on every business date",
        ("runs",),
        lambda frames: broken(frames["runs"], pl.col("is_conserved")),
        example="a business date whose files do not add up",
    ),
    Law(
        "reversals_cancel",
        "what claims paid, and what they assigned to patients, is taken back by their reversals to the cent",
        ("claim_states",),
        _undone,
        owner="billing manager",
        severity="warn",
        example="a reversal took back 90.00 of a claim that had paid 100.00: ask the payer about the rest",
        found=off_by,
    ),
    *PREDICTION_LAWS,
    *WEEKLY_LAWS,
)
