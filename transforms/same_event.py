"""Lines that came by two channels count once: the 835 before a CSV or XLSX export, that before FHIR.

Two lines are one event where payer, patient (or account, or claim number), day of service, procedure billed, charge and
paid amount agree (domain 2.7). Equal lines are paired one to one, so two equal fillings in each channel stay two.
"""

from __future__ import annotations

import polars as pl

from transforms.tables.layouts import EXPORT_PAYER_PREFIX
from transforms.tables.same_event import SAME_EVENT

CHANNELS = {"835": 0, "csv": 1, "xlsx": 1, "fhir": 2}
PERSONS = ("patient_control_number", "payer_claim_control_number", "patient_id")
OTHER_CHANNEL = "other_channel"


def plain_payers(payments: pl.DataFrame) -> pl.DataFrame:
    """Payments whose payers of exports have the slug that an 835 of theirs would have."""
    return payments.with_columns(pl.col("payer_id").str.strip_prefix(EXPORT_PAYER_PREFIX))


def same_events(payments: pl.DataFrame, claims: pl.DataFrame, lines: pl.LazyFrame, files: pl.DataFrame) -> pl.DataFrame:
    """SAME_EVENT rows. `claims` carry payer_id and payment_date; `files` file_id and format; `lines` is the lake's table.

    Whatever came first, the better channel stands. Without an export there is nothing to compare, and no line is read.
    """
    channel = files.select("file_id", channel=pl.col("format").replace_strict(CHANNELS, default=0, return_dtype=pl.Int64))
    known = claims.join(channel, on="file_id", how="left").with_columns(pl.col("channel").fill_null(0))
    if known.filter(pl.col("channel") > 0).is_empty():
        return SAME_EVENT.empty()
    rows = _lines(known, lines)
    found, left = [SAME_EVENT.empty()], rows
    for rank in (1, 2):
        for person in PERSONS:
            for code in ("submitted_code", "paid_code"):
                # A channel that shows the payer's code alone is compared by that code.
                is_mine = pl.col("submitted_code_source") == "SVC01" if code == "paid_code" else pl.col("submitted_code_source") != "SVC01"
                pairs = _pairs(left.filter((pl.col("channel") == rank) & is_mine), left.filter(pl.col("channel") < rank), person, code)
                found.append(pairs)
                gone = pl.concat([pairs.select("line_id"), pairs.select(line_id="counterpart_line_id")])
                left = left.join(gone, on="line_id", how="anti")
    return SAME_EVENT.conform(pl.concat(found)).sort(SAME_EVENT.sort)


def _lines(claims: pl.DataFrame, lines: pl.LazyFrame) -> pl.DataFrame:
    """Lines of the other channels, and those of the 835 that agree with one of them in day and amounts."""
    event = ["day", "charge_amount", "paid_amount"]
    held = claims.lazy().select("claim_id", "channel", "payer_id", "payment_date", "statement_date", *PERSONS)
    every = lines.join(held, on="claim_id", how="inner").select(
        "line_id", "claim_id", "source_file", "submitted_code", "submitted_code_source", "paid_code", "charge_amount", "paid_amount",
        "channel", "payer_id", "payment_date", *PERSONS, day=pl.coalesce("service_date", "statement_date"),
    )  # fmt: skip
    others = every.filter(pl.col("channel") > 0).collect()
    first = every.filter(pl.col("channel") == 0).join(others.lazy().select(event).unique(), on=event, how="semi").collect()
    codes = [pl.col(name).str.strip_chars().str.to_uppercase() for name in ("submitted_code", "paid_code")]
    return pl.concat([first, others]).with_columns(codes).sort("payment_date", "line_id")


def _pairs(mine: pl.DataFrame, better: pl.DataFrame, person: str, code: str) -> pl.DataFrame:
    """SAME_EVENT rows: the first of mine with the first of the better ones, the second with the second."""
    key = ["payer_id", person, "day", "code", "charge_amount", "paid_amount"]

    def counted(rows: pl.DataFrame) -> pl.DataFrame:
        known = rows.with_columns(code=pl.col(code)).drop_nulls(key)
        return known.with_columns(turn=pl.int_range(pl.len()).over(key))

    names = ("line_id", "claim_id", "source_file")
    theirs = counted(better).select(*key, "turn", *(pl.col(name).alias(f"counterpart_{name}") for name in names))
    return SAME_EVENT.conform(counted(mine).join(theirs, on=[*key, "turn"], how="inner"))


def wholly_elsewhere(events: pl.DataFrame, lines: pl.LazyFrame) -> pl.DataFrame:
    """claim_id, counterpart_claim_id of claims all of whose lines are in a better channel."""
    counts = events.group_by("claim_id").agg(found=pl.len(), counterpart_claim_id=pl.col("counterpart_claim_id").sort().first())
    every = lines.join(counts.lazy().select("claim_id"), on="claim_id", how="semi").group_by("claim_id").agg(line_count=pl.len()).collect()
    whole = counts.join(every, on="claim_id").filter(pl.col("found") == pl.col("line_count"))
    return whole.select("claim_id", "counterpart_claim_id").sort("claim_id")
