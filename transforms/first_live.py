"""Which of the lines that came together still stand, as far as what came with them tells."""

from __future__ import annotations

import polars as pl

from transforms.live import alone, settle_claims
from transforms.tables.remittances import Remittances
from transforms.tables.service_lines import SERVICE_LINES

NUMBERS = ("payer_claim_control_number", "original_claim_control_number")


def with_live(new: Remittances, payments: pl.DataFrame) -> pl.DataFrame:
    """Contract SERVICE_LINES: the lines read, with is_live. `payments` hold payer_id and payment_date of their payments.

    Only claims that may meet are settled, a few of the many; all others are what they are alone.
    """
    may_meet = meeting(new.claims)
    met = new.claims.filter(may_meet)
    states = [new.claims.filter(~may_meet).select("claim_id", state=alone()), _settled(new, met, payments)]
    gone = pl.concat(states).filter(pl.col("state") != "live").get_column("claim_id")
    return SERVICE_LINES.conform(new.service_lines.with_columns(is_live=~pl.col("claim_id").is_in(gone.implode())))


def meeting(claims: pl.DataFrame) -> pl.Series:
    """Whether a claim shares a payer's number, or account and charge, with another of these claims.

    Wider than netting.KEYS and cheaper: whatever shares one of those keys is among these. Claims that share nothing are live,
    or what their own status says.
    """
    numbers = pl.concat([claims.get_column(name) for name in NUMBERS]).drop_nulls()
    several = numbers.filter(numbers.is_duplicated()).unique().implode()
    account = pl.struct("patient_control_number", pl.col("charge_amount").abs())
    by_number = pl.any_horizontal(pl.col(name).is_in(several) for name in NUMBERS)
    by_account = account.is_duplicated() & pl.col("patient_control_number").is_not_null()
    return claims.select(by_number.fill_null(False) | by_account).to_series()


def _settled(new: Remittances, claims: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """claim_id and state of claims that may meet each other."""
    if claims.is_empty():
        return pl.DataFrame(schema={"claim_id": pl.String, "state": pl.String})
    ids = claims.select("claim_id")
    dated = claims.join(payments.select("payment_id", "payer_id", "payment_date"), on="payment_id", how="left")
    lines, adjustments = (rows.join(ids, on="claim_id", how="semi") for rows in (new.service_lines, new.adjustments))
    return settle_claims(dated, lines, adjustments, new.provider_adjustments).select("claim_id", "state")
