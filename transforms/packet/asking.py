"""What is asked of one payer: a percent, a fee or parity for each alternate code, and what each step up would bring.

`fee_asks` reckons from the median that was paid in the window. A letter must start from what the payer pays today: where a fee
rose meanwhile, the window's lines are first paid anew at today's fee, and only what lies above it is asked for. Where the fee
stood still, both give the same cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from transforms.asks import ASKED_OF, PARITY, ask_results, increased, ladder
from transforms.fees import exact_median
from transforms.packet.cells import ASK, is_enough

CHOSEN = "chosen"
TODAY = "today"
CHANGES = ("patient_saving", "plan_cost", "practice_gain")
Kind = Literal["percent", "fee", "parity"]


@dataclass(frozen=True)
class Wish:
    """One thing asked for: `value` is whole percent, or cents for a fee, and nothing for parity."""

    kind: Kind
    value: int = 0


def present_fees(lines: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """alternate_code, borne_by, current_cents: the median of the latest months that together hold enough patients and claims.

    Of askable lines; where all months together hold too few, the median of all.
    """
    dated = lines.with_columns(month=pl.col("payment_date").dt.strftime("%Y-%m"))
    starts = []
    for group in dated.partition_by(ASK, maintain_order=True):
        months = sorted(group.get_column("month").unique(), reverse=True)
        upto = (group.filter(pl.col("month") >= month) for month in months)
        enough = next((latest for latest in upto if latest.select(is_enough(minimum)).item()), group)
        starts.append(enough)
    latest = pl.concat(starts) if starts else dated
    return exact_median(latest.lazy(), ASK, "unit_cents").select(*ASK, current_cents="median").collect()


def start(lines: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """payer_id, alternate_code, borne_by, current_cents (today), cap_cents (the least contracted fee), of askable lines."""
    caps = ladder(lines, ()).select("payer_id", *ASK, "cap_cents")
    return caps.join(present_fees(lines, minimum), on=ASK, how="inner")


def alike(lines: pl.DataFrame) -> pl.DataFrame:
    """Askable lines with those alike in every amount as one row and their number as line_count: a ladder on them costs little."""
    return lines.group_by(ASKED_OF).agg(pl.col("payer_name").drop_nulls().min(), pl.col("line_count").sum())


def rungs(lines: pl.DataFrame, starts: pl.DataFrame, increases_pct: tuple[int, ...]) -> pl.DataFrame:
    """What every increase, and parity, would have brought on the lines given (`alike`), from `start`; see `_brought`."""
    raised = [starts.with_columns(asked_cents=_fee(Wish("percent", pct)), increase=pl.lit(str(pct))) for pct in increases_pct]
    parity = starts.with_columns(asked_cents=pl.col("cap_cents"), increase=pl.lit(PARITY))
    steps = pl.concat([*raised, parity]).with_columns(asked_cents=pl.min_horizontal("asked_cents", "cap_cents"))
    return _brought(lines, steps)


def chosen_asks(lines: pl.DataFrame, starts: pl.DataFrame, general: Wish, own: dict[str, Wish]) -> pl.DataFrame:
    """The same for what is asked for: `own` by alternate code, `general` for the others.

    A fee above the contracted one is lowered to it, and one that is not above today's is no ask; see `limits`.
    """
    steps = _wished(starts, general, own).with_columns(asked_cents=pl.min_horizontal("asked_cents", "cap_cents"))
    return _brought(lines, steps.filter(pl.col("asked_cents") > pl.col("current_cents")))


def limits(starts: pl.DataFrame, general: Wish, own: dict[str, Wish]) -> pl.DataFrame:
    """Asks that were changed: alternate_code, borne_by, asked_cents as wished, cap_cents, current_cents."""
    changed = (pl.col("asked_cents") > pl.col("cap_cents")) | (pl.min_horizontal("asked_cents", "cap_cents") <= pl.col("current_cents"))
    steps = _wished(starts, general, own).filter(changed)
    return steps.select(*ASK, "asked_cents", "cap_cents", "current_cents").sort(ASK)


def _wished(starts: pl.DataFrame, general: Wish, own: dict[str, Wish]) -> pl.DataFrame:
    """One row per alternate code and borne_by with asked_cents as wished for."""
    asked = _fee(general)
    for code, wish in own.items():
        asked = pl.when(pl.col("alternate_code") == code).then(_fee(wish)).otherwise(asked)
    return starts.with_columns(asked_cents=asked, increase=pl.lit(CHOSEN))


def _fee(wish: Wish) -> pl.Expr:
    if wish.kind == "percent":
        return increased(pl.col("current_cents"), pl.lit(wish.value))
    return pl.col("cap_cents") if wish.kind == "parity" else pl.lit(wish.value, pl.Int64)


def _brought(lines: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Each step against today's fee, most worth first within an increase, parity last.

    Columns: alternate_code, borne_by, increase, current_fee, asked_fee, surprise_balance_before (at today's fee),
    surprise_balance_after, patient_saving, plan_cost, practice_gain, lines; money in dollars.
    """
    key = [*ASK, "increase"]
    today = steps.with_columns(asked_cents="current_cents", increase=pl.lit(TODAY)).unique()
    before = ask_results(lines, today).select(
        *ASK, *(pl.col(name).alias(f"{name}_today") for name in CHANGES), surprise_balance_before="surprise_balance_after"
    )
    after = ask_results(lines, steps).drop("surprise_balance_before", "rank")
    worth = pl.when(pl.col("borne_by") == "patient").then("patient_saving").otherwise("practice_gain")
    table = after.join(before, on=ASK).with_columns(pl.col(name) - pl.col(f"{name}_today") for name in CHANGES)
    ordered = table.sort(pl.col("increase").cast(pl.Int64, strict=False), "borne_by", worth, "alternate_code",
                         descending=[False, False, True, False], nulls_last=True)  # fmt: skip
    return ordered.select(
        *key, "current_fee", "asked_fee", "surprise_balance_before", "surprise_balance_after", *CHANGES, "lines"
    )  # fmt: skip


def rank_after(ranking: pl.DataFrame, payer_id: str, asks: pl.DataFrame) -> pl.DataFrame:
    """alternate_code, rank and rank_after: the place in PAYER_ALTERNATE_RANKING now and had these asks been paid."""
    saved = asks.filter(pl.col("borne_by") == "patient").group_by("alternate_code").agg(pl.col("patient_saving").sum())
    own = ranking.filter(pl.col("payer_id") == payer_id).join(saved, on="alternate_code")
    left = own.select("alternate_code", "rank", left=pl.col("surprise_balance") - pl.col("patient_saving"))
    above = left.join(ranking.select("surprise_balance", place="rank"), how="cross").filter(
        (pl.col("surprise_balance") > pl.col("left")) & (pl.col("place") != pl.col("rank"))
    )
    counts = above.group_by("alternate_code").agg(rank_after=pl.len().cast(pl.Int64) + 1)
    return (
        left.join(counts, on="alternate_code", how="left").select("alternate_code", "rank", pl.col("rank_after").fill_null(1)).sort("rank")
    )
