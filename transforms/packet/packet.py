"""The whole of a packet as figures: everything its pages say is read from here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from transforms.packet import asking, comparators, evidence
from transforms.packet.asking import Wish
from transforms.packet.cells import ASK, is_enough, shown_cells
from transforms.packet.lines import packet_lines


@dataclass(frozen=True)
class Question:
    """What the packet is to say: to whom, on which evidence tiers, asking for what, hiding cells below `minimum`."""

    payer_id: str
    tiers: Collection[int]
    general: Wish
    own: dict[str, Wish]
    increases_pct: tuple[int, ...]
    minimum: int


@dataclass(frozen=True)
class Packet:
    """Amounts in cents where a column says so, else DECIMAL dollars. `totals` is None where they would speak of few.

    totals, pairs, ages: see `evidence`. asks, rungs, limits, ranks: see `asking`. others, pooled, market: see `comparators`.
    """

    totals: dict[str, int] | None
    pairs: pl.DataFrame
    ages: pl.DataFrame
    asks: pl.DataFrame
    rungs: pl.DataFrame
    limits: pl.DataFrame
    others: pl.DataFrame
    pooled: pl.DataFrame
    higher: pl.DataFrame
    market: pl.DataFrame
    ranks: pl.DataFrame
    lines: pl.DataFrame  # this payer's, for what the practice alone is told
    left_out_count: int


def spoken_of(lines: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """The lines of the packet: those that no ask can be reckoned for are left out where they are too few to be shown.

    They would else be what the total less the asks leaves, and cost the packet an ask.
    """
    reckoned, rest = lines.filter("is_askable"), lines.filter(~pl.col("is_askable"))
    return reckoned if reckoned.height and rest.height and not rest.select(is_enough(minimum)).item() else lines


def packet(findings: pl.DataFrame, ranking: pl.DataFrame, market_fees: pl.DataFrame, question: Question) -> Packet:
    """The packet from the published findings (FINDINGS) and ranking (PAYER_ALTERNATE_RANKING)."""
    own = packet_lines(findings.filter(pl.col("payer_id") == question.payer_id), question.tiers)
    lines = spoken_of(own, question.minimum)
    shown = shown_cells(lines, question.minimum)
    codes = shown.asks.get_column("alternate_code").unique().sort()
    reckoned = lines.filter("is_askable").join(shown.asks, on=ASK, how="semi")
    starts, alike = asking.start(reckoned, question.minimum), asking.alike(reckoned)
    asks = asking.chosen_asks(alike, starts, question.general, question.own)
    elsewhere = comparators.elsewhere(findings, question.payer_id, question.tiers, codes)
    compared = comparators.others(elsewhere, question.payer_id, question.minimum)
    pooled = comparators.pooled(elsewhere, compared)
    return Packet(
        totals=evidence.totals(lines) if shown.is_total else None,
        pairs=evidence.pairs(lines, shown.pairs),
        ages=evidence.fee_ages(findings, question.payer_id, question.minimum),
        asks=asks,
        rungs=asking.rungs(alike, starts, question.increases_pct),
        limits=asking.limits(starts, question.general, question.own),
        others=compared,
        pooled=pooled,
        higher=comparators.higher(pooled, asks),
        market=comparators.market(market_fees, codes),
        ranks=asking.rank_after(ranking, question.payer_id, asks),
        lines=lines,
        left_out_count=own.height - lines.height,
    )
