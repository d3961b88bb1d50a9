"""Charts as drawing instructions: bars, steps and points in a small coordinate system; the template gives them their look.

Own SVG, because its text stays text, follows the page's colours by day and by night, and a sparkline takes 200 bytes
(docs/decisions/0010). Lengths on paper are floats; the figures beside them are the exact text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from markupsafe import Markup

SPARK_WIDTH, SPARK_HEIGHT, SPARK_STEP = 65, 16, 5
BAR_ROOM, CURVE_WIDTH, CURVE_HEIGHT = 330.0, 400.0, 180.0
CURVE_POINTS = 200

Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class Bar:
    """One bar: where it begins and how long it is, in drawing units, with its label and figure."""

    label: str
    figure: str
    start: float
    length: float
    kind: str


@dataclass(frozen=True)
class Curve:
    """A rising curve as an SVG path, and marks on it as (x, y, words)."""

    path: str
    marks: tuple[tuple[float, float, str], ...]


def sparkline(cents: Sequence[int]) -> Markup:
    """Small bars, the last one marked by the look; told as text beside it, so it is hidden from screen readers."""
    most = max([*cents, 1])
    tall = [round(max(value, 0) * (SPARK_HEIGHT - 1) / most) for value in cents]
    bars = "".join(f"M{at * SPARK_STEP} {SPARK_HEIGHT}v-{height or 1}h4v{height or 1}z" for at, height in enumerate(tall))
    width = len(cents) * SPARK_STEP
    return Markup('<svg class="sp" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true"><path d="{}"/></svg>').format(
        width, SPARK_HEIGHT, width, SPARK_HEIGHT, bars
    )


def bars(rows: Sequence[tuple[str, str, Decimal]]) -> list[Bar]:
    """Horizontal bars from zero: (label, figure, amount)."""
    most = max([amount for _, _, amount in rows], default=Decimal(0)) or Decimal(1)
    return [Bar(label, figure, 0.0, _units(amount / most * 100) * BAR_ROOM / 100, "total") for label, figure, amount in rows]


def waterfall(steps: pl.DataFrame, names: dict[str, str], say: dict[str, str]) -> list[Bar]:
    """Totals from zero, changes from where the last one ended. steps: step, is_total, amount; `say`: figures by step."""
    drawn, level = [], Decimal(0)
    reached = [Decimal(0)]
    for step, is_total, amount in steps.select("step", "is_total", "amount").iter_rows():
        start, end = (Decimal(0), amount) if is_total else (level, level + amount)
        level = end
        reached += [start, end]
        drawn.append((step, is_total, start, end))
    low, high = min(reached), max(reached)
    room = (high - low) or Decimal(1)
    place = [(step, is_total, _units((start - low) / room * 100), _units((end - low) / room * 100)) for step, is_total, start, end in drawn]
    return [
        Bar(names[step], say[step], min(start, end) * BAR_ROOM / 100, abs(end - start) * BAR_ROOM / 100,
            "total" if is_total else "less" if end < start else "more")
        for step, is_total, start, end in place
    ]  # fmt: skip


def coverage(curve: pl.DataFrame, ranks: Sequence[int]) -> Curve:
    """Share of the whole over the number of asks, with a mark at each of the ranks given."""
    if curve.is_empty() or curve["cumulative_share"].null_count():
        return Curve("", ())
    last = max(curve.height, 1)
    every = max(last // CURVE_POINTS, 1)
    points = curve.filter((pl.col("rank") % every == 0) | (pl.col("rank") == last) | pl.col("rank").is_in(list(ranks)))
    shares: dict[int, Decimal] = dict(points.select("rank", "cumulative_share").iter_rows())
    placed = {rank: (rank / last * CURVE_WIDTH, CURVE_HEIGHT - _units(share) * CURVE_HEIGHT / 100) for rank, share in shares.items()}
    path = f"M0 {CURVE_HEIGHT:g}" + "".join(f"L{x:.1f} {y:.1f}" for x, y in placed.values())
    marks = tuple((*placed[rank], f"first {rank}: {shares[rank]} %") for rank in dict.fromkeys(ranks) if rank in placed)
    return Curve(path, marks)


def side_by_side(first: Sequence[Decimal], second: Sequence[Decimal], width: float, height: float) -> tuple[list[Rect], list[Rect]]:
    """Two rows of upright bars, paired, as (x, y, width, height) from the left."""
    most = max([*first, *second, Decimal(1)])
    slot = width / max(len(first), 1)

    def placed(amounts: Sequence[Decimal], offset: float) -> list[Rect]:
        tall = [_units(max(amount, Decimal(0)) / most * 100) * height / 100 for amount in amounts]
        return [(at * slot + slot * offset, height - each, slot * 0.36, each) for at, each in enumerate(tall)]

    return placed(first, 0.1), placed(second, 0.5)


def _units(number: Decimal) -> float:
    return float(number)
