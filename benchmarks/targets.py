"""What the project set out to reach, beside what it does: the page says both, and which of them are short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.figures import Figure


@dataclass(frozen=True)
class Target:
    """A bound on some figures; the target is reached where every one of them keeps to it."""

    what: str
    keys: tuple[str, ...]
    bound: float
    unit: str
    is_ceiling: bool = True

    def is_kept_by(self, value: float) -> bool:
        return value <= self.bound if self.is_ceiling else value >= self.bound


TARGETS = (
    Target(
        "100 MB into all tables, over `pl.read_csv` with 21 columns", ("ceilings.csv21.cpu_ratio", "ceilings.csv21.wall_ratio"), 1.0, "x"
    ),
    Target("the same, over `pl.read_csv` with 12 columns", ("ceilings.csv12.cpu_ratio", "ceilings.csv12.wall_ratio"), 1.5, "x"),
    Target(
        "edi-835-parser's time for 100 MB, over ours", ("peers.edi_835_parser.cpu_ratio", "peers.edi_835_parser.wall_ratio"), 35, "x", False
    ),
    Target("a plain Python parser's time, over ours", ("peers.plain.cpu_ratio", "peers.plain.wall_ratio"), 10, "x", False),
    Target("read, validated, detected and written, over reading alone", ("end_to_end.cpu_ratio", "end_to_end.wall_ratio"), 1.6, "x"),
    Target("peak memory, 1 GB read", ("sizes.peak_1000",), 512, "MB"),
    Target("peak memory at 5 GB, over that at 1 GB", ("sizes.peak_growth",), 1.10, "x"),
    Target("throughput of 2,000 files of 46 KB, of one file's", ("sizes.many_cpu", "sizes.many_wall"), 85, "%", False),
    Target("seconds a megabyte at 1 GB, over those at 100 MB", ("sizes.growth",), 1.15, "x"),
    Target("ranking and marts of 50 M lines", ("fold.wall",), 5, "s"),
    Target("the same, peak memory", ("fold.peak",), 512, "MB"),
    Target("`altbenefit --help`, processor", ("startup.help",), 0.4, "s"),
)


def rows(figures: Mapping[str, Figure]) -> list[tuple[str, str, str, str]]:
    """Target, bound, what was reached, and whether that will do."""
    return [(target.what, _bound(target), _reached(target, figures), _verdict(target, figures)) for target in TARGETS]


def _bound(target: Target) -> str:
    return f"{'≤' if target.is_ceiling else '≥'} {number(target.bound, target.unit)}"


def _reached(target: Target, figures: Mapping[str, Figure]) -> str:
    found = [figures[key] for key in target.keys if key in figures]
    if not found:
        return "not measured"
    told = [number(one.value, one.unit) if one.value is not None else one.note for one in found]
    return f"{told[0]} by processor, {told[1]} by the clock" if len(target.keys) == 2 and len(told) == 2 else ", ".join(told)


def _verdict(target: Target, figures: Mapping[str, Figure]) -> str:
    values = [figures[key].value if key in figures else None for key in target.keys]
    if None in values:
        return "not known"
    kept = [target.is_kept_by(value) for value in values if value is not None]
    if all(kept):
        return "reached"
    return f"**not reached** {'by the clock' if kept[0] else 'by processor'}" if any(kept) else "**not reached**"


def number(value: float, unit: str) -> str:
    """As a person writes it: three digits at the most, and the unit."""
    digits = f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{digits}{unit}" if unit == "x" else f"{digits} {unit}"
