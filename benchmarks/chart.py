"""The chart of docs/performance.md: megabytes in a second of processor, one bar a reader, on a logarithmic scale.

One file of SVG without script or font of its own. It brings its own ground, light or dark as the reader's system has it, and says
the same in words in its title and description.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 760, 216, 84, 58, 30, 18
STYLE = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
    .quiet { fill: #57606a; font-size: 12px } .head { font-size: 15px; font-weight: 600 }
    .ground { fill: #ffffff } .grid { stroke: #d0d7de } .own { fill: #0b6bcb } .other { fill: #8c959f } .least { fill: #c8a24a }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .quiet { fill: #9aa4ae } .ground { fill: #161b22 } .grid { stroke: #3a424c }
      .own { fill: #58a6ff } .other { fill: #6e7681 } .least { fill: #b98f2e }
    }
"""


def svg(title: str, bars: Sequence[tuple[str, float, str]]) -> str:
    """Bars of (name, megabytes a second, class: own, other or least), fastest first."""
    bars = sorted(bars, key=lambda bar: -bar[1])
    low, high = math.floor(math.log10(min(bar[1] for bar in bars))), math.ceil(math.log10(max(bar[1] for bar in bars)))
    height = TOP + ROW * len(bars) + 56
    scale = (WIDTH - LEFT - RIGHT) / (high - low)

    def across(value: float) -> float:
        return LEFT + (math.log10(value) - low) * scale

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" aria-labelledby="title words">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="words">{escape(in_words(bars))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>',
        f'<text class="head" x="16" y="28">{escape(title)}</text>',
        *_grid([10**power for power in range(low, high + 1)], across, height),
    ]
    for place, (name, value, kind) in enumerate(bars):
        top = TOP + ROW * place
        out += [
            f'<text x="{LEFT - 10}" y="{top + 14}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{across(value) - LEFT:.1f}" height="{BAR}" rx="2"/>',
            f'<text x="{across(value) + 7:.1f}" y="{top + 14}">{short(value)}</text>',
        ]
    foot = "blue: this project · grey: other readers · yellow: no reader, the least any can cost · logarithmic scale"
    return "\n".join([*out, f'<text class="quiet" x="16" y="{height - 12}">{foot}</text>', "</svg>", ""])


def _grid(powers: Sequence[float], across, height: int) -> list[str]:
    bottom = height - 50
    lines = [f'<line class="grid" x1="{across(at):.1f}" x2="{across(at):.1f}" y1="{TOP - 8}" y2="{bottom}"/>' for at in powers]
    return [*lines, *(f'<text class="quiet" x="{across(at):.1f}" y="{bottom + 14}" text-anchor="middle">{at:g}</text>' for at in powers)]


def short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def in_words(bars: Sequence[tuple[str, float, str]]) -> str:
    """The chart for who cannot see it."""
    return "; ".join(f"{name} {short(value)}" for name, value, _ in sorted(bars, key=lambda bar: -bar[1])) + "."
