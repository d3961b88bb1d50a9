"""Writes what was measured into docs/performance.md, between its two markers, and draws docs/performance.svg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchmarks import targets
from benchmarks.chart import in_words, svg
from benchmarks.figures import ROOT, Figure, Part
from benchmarks.peers import against
from benchmarks.peers.environments import remarks
from benchmarks.targets import number

PAGE, CHART = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.svg"
BEGIN, END = "<!-- figures: written by `make bench`, not by hand -->", "<!-- end of figures -->"
TITLE = "Megabytes of 835 in a second of processor"
HEADS = {
    "sizes": "Size",
    "end_to_end": "From file to Parquet",
    "exports": "Exports",
    "night": "Nights, and the marts of 50 M lines",
    "weekly": "The weekly report",
    "startup": "Start-up",
}
LEAST = ("csv21", "csv12", "lines", "count")


def write(parts: Sequence[Part]) -> None:
    """Page and chart, from all parts there are."""
    figures = {one.key: one for part in parts for one in part.figures}
    bars = chart_bars(figures)
    if bars:
        CHART.write_text(svg(TITLE, bars), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    figures_text = "\n".join(body(parts, figures, bars))
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures_text}\n{END}{after}", encoding="utf-8")


def body(parts: Sequence[Part], figures: Mapping[str, Figure], bars: Sequence[tuple[str, float, str]]) -> Iterator[str]:
    """The generated part of the page."""
    yield from where(parts)
    yield "## Targets\n"
    yield from table(("target", "bound", "reached", ""), targets.rows(figures))
    if bars:
        yield f"![{TITLE}: {in_words(bars)}]({CHART.name})\n"
    named = {part.name: part for part in parts}
    if "peers" in named:
        yield "## Beside other readers\n"
        yield (
            "Both read the same files, in turn, each in a process of its own; a ratio is the other's seconds over this project's, the "
            "median of all rounds and the least and most of them. Nothing but the reading is timed: no imports, no disk beyond the "
            "page cache; but this project's compiled loops are loaded by its first reading, and with 100 MB that counts. Each reader is "
            "asked for claims, service lines and their adjustments, the way its own documentation does it. A reader that is slow gets few "
            "megabytes, and this project the same few, several times.\n"
        )
        yield from table(
            ("reader", "given", "MB a CPU second", "its CPU over ours", "its wall clock over ours", "what it hands over"), peers(figures)
        )
        yield from notes(figures)
    if "ceilings" in named:
        yield "## Beside the least that a reader can cost\n"
        yield from table(("100 MB", "CPU", "wall clock", "MB a CPU second", "our CPU over it", "our wall clock over it"), least(figures))
    for name, head in HEADS.items():
        if name in named:
            yield f"## {head}, measured\n"
            yield from table(("what", "median", "least to most", ""), plain(named[name].figures))


def where(parts: Iterable[Part]) -> Iterator[str]:
    """Machine, versions and days; the load says how far to trust the wall clock."""
    places = {(part.machine, part.versions): None for part in parts}
    for machine, versions in places:
        own = [part for part in parts if (part.machine, part.versions) == (machine, versions)]
        days = sorted({part.day for part in own})
        yield f"Measured {' and '.join(dict.fromkeys((days[0], days[-1])))} on {machine}; {versions}."
    loads = [load for part in parts for load in part.load]
    busy = max(loads, default=0)
    if busy > 3:
        yield (
            f"The machine was doing other things as well (load up to {busy:g} on two cores), so processor seconds and their ratios count; "
            "the wall clock of a quiet machine is shorter."
        )
    yield ""


def peers(figures: Mapping[str, Figure]) -> Iterator[tuple[str, ...]]:
    """Fastest first, failures last."""
    names = [key.split(".")[1] for key in figures if key.startswith("peers.") and key.endswith(".cpu_ratio")]
    for name in sorted(names, key=lambda name: figures[f"peers.{name}.cpu_ratio"].value or 1e9):
        cpu = figures[f"peers.{name}.cpu_ratio"]
        if cpu.value is None:
            yield cpu.what, "", "", "", "", f"fails: {cpu.note}"
            continue
        wall, speed = figures[f"peers.{name}.wall_ratio"], figures[f"peers.{name}.speed"]
        yield cpu.what, wall.note, number(speed.value or 0, "").strip(), spread(cpu), spread(wall), cpu.note


def notes(figures: Mapping[str, Figure]) -> Iterator[str]:
    """What the others cannot read, and what was done about it."""
    for peer in against.PEERS:
        words = remarks(peer.module)
        if words and f"peers.{peer.module}.cpu_ratio" in figures:
            yield f"- *{peer.name}*: {words}"
    yield ""


def least(figures: Mapping[str, Figure]) -> Iterator[tuple[str, ...]]:
    """This project first."""
    for name in ("reader", *LEAST):
        one = {kind: figures.get(f"ceilings.{name}.{kind}") for kind in ("cpu", "wall", "speed", "cpu_ratio", "wall_ratio")}
        if one["cpu"]:
            yield one["cpu"].what, *(spread(found) if found else "" for found in one.values())


def plain(figures: Iterable[Figure]) -> Iterator[tuple[str, ...]]:
    for one in figures:
        several = one.rounds > 1 and one.low is not None and one.high is not None
        spread_words = f"{number(one.low or 0, one.unit)} to {number(one.high or 0, one.unit)}" if several else ""
        yield one.what, number(one.value, one.unit) if one.value is not None else "not taken", spread_words, one.note


def spread(one: Figure) -> str:
    """Median, least and most."""
    if one.value is None:
        return ""
    unit = one.unit if one.unit in ("x", "s") else ""
    if one.rounds == 1 or one.low is None or one.high is None:
        return number(one.value, unit).strip()
    return f"{number(one.value, unit).strip()} ({number(one.low, '').strip()} to {number(one.high, '').strip()})"


def chart_bars(figures: Mapping[str, Figure]) -> list[tuple[str, float, str]]:
    """Name, megabytes a second of processor, and kind."""
    found = [(figures[key].what, figures[key].value, "other") for key in figures if key.startswith("peers.") and key.endswith(".speed")]
    found += [(name, figures[key].value, kind) for key, (name, kind) in OWN.items() if key in figures]
    return [(name, value, kind) for name, value, kind in found if value]


OWN = {
    "ceilings.reader.speed": ("altbenefit", "own"),
    "ceilings.csv21.speed": ("read_csv, 21 columns", "least"),
    "ceilings.csv12.speed": ("read_csv, 12 columns", "least"),
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    yield ""
