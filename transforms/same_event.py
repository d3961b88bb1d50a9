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
EVENT = ["payer_id", "day", "charge_amount", "paid_amount"]
WHOLLY_ELSEWHERE = {"claim_id": pl.String, "counterpart_claim_id": pl.String}
HASH_FACTOR = 0x9E3779B97F4A7C15  # odd, so that no part of a key is lost


def plain_payers(payments: pl.DataFrame) -> pl.DataFrame:
    """Payments whose payers of exports have the slug that an 835 of theirs would have."""
    return payments.with_columns(pl.col("payer_id").str.strip_prefix(EXPORT_PAYER_PREFIX))


def event_rows(payments: pl.DataFrame, claims: pl.LazyFrame, lines: pl.LazyFrame, files: pl.DataFrame) -> pl.LazyFrame:
    """Every line that could be one event with another, with its channel and event_key, a hash of payer, day and amounts.

    `payments` have their payers by payers.yaml; `files` are file_id and format; claims and lines are the lake's tables. Lines
    with other event_keys never are one event, so groups of one key can be compared by themselves.
    """
    channel = files.lazy().select("file_id", channel=pl.col("format").replace_strict(CHANNELS, default=0, return_dtype=pl.Int64))
    paid = payments.lazy().select("payment_id", "payer_id", "payment_date")
    held = claims.join(paid, on="payment_id", how="inner").join(channel, on="file_id", how="left").select(
        "claim_id", "payer_id", "payment_date", "statement_date", *PERSONS, pl.col("channel").fill_null(0)
    )  # fmt: skip
    every = lines.join(held, on="claim_id", how="inner").select(
        "line_id", "claim_id", "source_file", "submitted_code", "submitted_code_source", "paid_code", "charge_amount", "paid_amount",
        "channel", "payer_id", "payment_date", *PERSONS, day=pl.coalesce("service_date", "statement_date"),
    )  # fmt: skip
    return every.drop_nulls(EVENT).with_columns(event_key=_event_key())


def _event_key() -> pl.Expr:
    together = pl.lit(0, pl.UInt64)
    for place, name in enumerate(EVENT):
        together = (together * HASH_FACTOR) ^ pl.col(name).hash(place)
    return together


def same_events(rows: pl.DataFrame) -> pl.DataFrame:
    """SAME_EVENT rows among event_rows, which may leave out whole event_keys. Whatever came first, the better channel stands."""
    codes = [pl.col(name).str.strip_chars().str.to_uppercase() for name in ("submitted_code", "paid_code")]
    found, left = [SAME_EVENT.empty()], rows.with_columns(codes).sort("payment_date", "line_id")
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
