"""What one claim needs to be netted against others: a narrow row a claim, and the numbers by which claims meet.

A reversal, a correction or a second payment may come years after the claim, so netting reaches over all that is on file.
Each claim therefore carries KEYS: claims that share none of them, directly or through others, have nothing to do with each
other. What a night brings in is netted with the claims that it meets, and with no others.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

# RARC and CARC by which a payer says that this claim replaces an earlier one (domain 1.5 correction trail, 1.4).
REPLACEMENT_REMARKS = ("MA67", "N377", "N857", "N880")
REPLACEMENT_REASONS = ("B13",)
RECOVERIES = ("WO", "72")  # PLB reasons: overpayment taken back, authorised return
SPLIT = "MA15"  # a split claim comes in several parts on purpose

KEYS = ["number_key", "named_key", "account_key"]
NETTING_SCHEMA = {
    "claim_id": pl.String, "payment_id": pl.String, "payer_id": pl.String, "payment_date": pl.Date, "claim_segment": pl.Int64,
    "claim_status_code": pl.String, "payer_rank": pl.Int64, "patient_control_number": pl.String,
    "payer_claim_control_number": pl.String, "original_claim_control_number": pl.String, "dates": pl.String,
    "charge_cents": pl.Int64, "paid_cents": pl.Int64, "is_marked": pl.Boolean, "is_split": pl.Boolean, "is_taken_back": pl.Boolean,
}  # fmt: skip
Lookup = Callable[[pl.Series], pl.DataFrame]


def netting_rows(claims: pl.DataFrame, lines: pl.DataFrame, adjustments: pl.DataFrame, provider_adjustments: pl.DataFrame) -> pl.DataFrame:
    """NETTING_SCHEMA, one row per claim. Frames are contract tables; `claims` carry payer_id and payment_date beside.

    dates are the claim's days of service in order, joined by commas; is_marked: a remark or reason of the correction trail
    is on the claim; is_taken_back: its payment takes back money under the claim's number (PLB); no account number is null.
    """
    taken_back = provider_adjustments.filter(pl.col("reason_code").is_in(RECOVERIES)).select(
        "payment_id", payer_claim_control_number="reference", is_taken_back=pl.lit(True)
    )
    # Claims sent on paper come back under account number 0, whoever's they are.
    account = pl.when(pl.col("patient_control_number") != "0").then("patient_control_number")
    return (
        claims.join(_dates(lines), on="claim_id", how="left")
        .join(_marked(claims, lines, adjustments), on="claim_id", how="left")
        .join(taken_back.unique(), on=["payment_id", "payer_claim_control_number"], how="left")
        .with_columns(
            dates=pl.coalesce(pl.col("dates"), pl.col("statement_date").cast(pl.String), pl.lit("")),
            charge_cents=pl.col("charge_amount").to_physical().cast(pl.Int64),
            paid_cents=pl.col("paid_amount").to_physical().cast(pl.Int64),
            patient_control_number=account,
            is_split=pl.col("remark_codes").list.contains(SPLIT).fill_null(False),
        )
        .with_columns(pl.col("is_marked", "is_taken_back").fill_null(False))
        .select(pl.col(name).cast(dtype) for name, dtype in NETTING_SCHEMA.items())
    )


def _dates(lines: pl.DataFrame) -> pl.DataFrame:
    """claim_id and dates: the days of service of its lines, in order, joined by commas."""
    day = pl.col("service_date")
    span = lines.group_by("claim_id").agg(first=day.min(), last=day.max())
    one_day = pl.col("first").eq_missing(pl.col("last"))
    plain = span.filter(one_day).select("claim_id", dates=pl.col("first").cast(pl.String).fill_null(""))
    days = lines.select("claim_id", "service_date").join(span.filter(~one_day), on="claim_id", how="semi").drop_nulls().unique()
    several = days.sort("service_date").group_by("claim_id").agg(dates=day.cast(pl.String).str.join(","))
    return pl.concat([plain, several])


def with_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds KEYS, each null where the claim has no such number: the payer's number, the number it names (the same kind of
    number), and account with dates and charge. Two numbers that fall on one key only make one more claim be looked at.
    """
    number = pl.col("payer_claim_control_number")
    account = pl.concat_str("patient_control_number", "dates", pl.col("charge_cents").abs().cast(pl.String), separator="\x1f")
    named = pl.col("original_claim_control_number")
    return rows.with_columns(
        number_key=pl.when(number.is_not_null()).then(number.hash(1)),
        named_key=pl.when(named.is_not_null()).then(named.hash(1)),
        account_key=pl.when(account.is_not_null()).then(account.hash(2)),
    )


def keys_of(rows: pl.DataFrame) -> pl.Series:
    """Every key of these claims, once."""
    return pl.concat([rows.get_column(name) for name in KEYS]).drop_nulls().unique()


def shared(rows: pl.DataFrame) -> pl.DataFrame:
    """The claims that share a key with another claim of these rows."""
    every = pl.concat([rows.select("claim_id", key=name) for name in KEYS]).drop_nulls().unique()
    several = every.group_by("key").len().filter(pl.col("len") > 1)
    return rows.join(every.join(several, on="key", how="semi"), on="claim_id", how="semi", maintain_order="left")


def met(rows: pl.DataFrame, look_up: Lookup) -> pl.DataFrame:
    """The claims elsewhere that these meet, and those that they meet, until no more come.

    `look_up` gives the claims elsewhere (with KEYS) that hold one of some keys.
    """
    asked = keys_of(rows)
    found = look_up(asked)
    while True:
        more = keys_of(found)
        fresh = more.filter(~more.is_in(asked.implode()))
        if fresh.is_empty():
            return found
        asked = pl.concat([asked, fresh])
        found = pl.concat([found, look_up(fresh)]).unique("claim_id", keep="first", maintain_order=True)


def _marked(claims: pl.DataFrame, lines: pl.DataFrame, adjustments: pl.DataFrame) -> pl.DataFrame:
    """claim_id, is_marked for claims that carry a remark or a reason of the correction trail."""

    def said(frame: pl.DataFrame) -> pl.Series:
        remarks = frame.select("claim_id", "remark_codes").filter(pl.col("remark_codes").list.len() > 0).explode("remark_codes")
        return remarks.filter(pl.col("remark_codes").is_in(REPLACEMENT_REMARKS))["claim_id"]

    by_reason = adjustments.filter(pl.col("reason_code").is_in(REPLACEMENT_REASONS))["claim_id"]
    return pl.concat([said(claims), said(lines), by_reason]).unique().to_frame("claim_id").with_columns(is_marked=True)
