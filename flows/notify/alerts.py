"""What in a publication deserves a word beside the digest: new pairs, agreed fees that are not paid, payers gone silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

PAIR = ["payer_id", "submitted_code"]
AGREED = ["payer_id", "alternate_code", "effective_from"]


@dataclass(frozen=True)
class Alert:
    """One thing to know. kind: new_pair, agreed_fee_unpaid or silent_payer; is_new: the last publication did not have it."""

    kind: str
    text: str
    is_new: bool


def alerts_of(
    now: Mapping[str, pl.DataFrame], before: Mapping[str, pl.DataFrame], new_pair_amount: Decimal, small_count: int = 5
) -> list[Alert]:
    """Every alert of the marts `now`; `before` are those of the last publication, empty where there was none.

    Of pairs with fewer claims than `small_count` no dollars are told: they could be one patient's.
    """
    return [
        *_new_pairs(now["payer_code_ranking"], before.get("payer_code_ranking"), new_pair_amount, small_count),
        *_unpaid_fees(now["ask_outcomes"], before.get("ask_outcomes"), small_count),
        *_silent(now["silent_payers"], before.get("silent_payers")),
    ]


def _new_pairs(now: pl.DataFrame, before: pl.DataFrame | None, amount: Decimal, small: int) -> Iterable[Alert]:
    """Pairs that reached the amount since the last publication; a first publication has no news, it is all new."""
    if before is None:
        return
    large = pl.col("surprise_balance") >= amount
    reached = now.filter(large).join(before.filter(large), on=PAIR, how="anti").sort("rank")
    for row in reached.iter_rows(named=True):
        few = row["claim_count"] < small
        money = f"fewer than {small} claims" if few else f"${row['surprise_balance']:,} on {row['claim_count']} claims"
        yield Alert("new_pair", f"Newly over ${amount:,}: {_name(row)}, {row['submitted_code']} ({money}).", True)


def _unpaid_fees(now: pl.DataFrame, before: pl.DataFrame | None, small: int) -> Iterable[Alert]:
    old = set() if before is None else set(before.filter("is_alert").select(AGREED).iter_rows())
    for row in now.filter("is_alert").iter_rows(named=True):
        lines, lost = row["eligible_line_count"], row["lost_since_amount"]
        money = f"fewer than {small} lines" if lines < small else f"{lines} lines, ${lost:,} lost"
        what = f"{_name(row)}, {row['alternate_code']} since {row['effective_from']} ({money})"
        is_new = tuple(row[name] for name in AGREED) not in old
        yield Alert("agreed_fee_unpaid", f"Agreed fee not paid: {what}. Ask the payer to load it.", is_new)


def _silent(now: pl.DataFrame, before: pl.DataFrame | None) -> Iterable[Alert]:
    old = set((now if before is None else before)["payer_id"])  # at a first publication silence is history, not news
    for row in now.sort("silent_days", descending=True).iter_rows(named=True):
        text = f"Silent payer: {_name(row)}, last payment {row['last_payment_date']}, {row['silent_days']} days ago (longest gap before: "
        yield Alert("silent_payer", f"{text}{row['usual_gap_days']}). Ask for its remittances.", row["payer_id"] not in old)


def _name(row: Mapping[str, object]) -> str:
    return str(row["payer_name"] or row["payer_id"])
