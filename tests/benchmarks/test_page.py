"""The page of figures says targets, shortfalls, failures and who was busy; the chart is one well-formed file that reads aloud."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import figures, page
from benchmarks.chart import svg
from benchmarks.figures import Figure, Part, figure
from benchmarks.targets import TARGETS, rows

PARTS = (
    Part("ceilings", "2026-07-01", "a machine, 2 cores", "Python 3.11", (0.2, 1.0), (
        figure("ceilings.reader.cpu", "this project", [1.5, 1.4, 1.6], "s"),
        figure("ceilings.reader.speed", "this project", [66.0], "MB/s"),
        figure("ceilings.csv21.cpu", "`pl.read_csv`, 21 text columns", [1.0], "s"),
        figure("ceilings.csv21.cpu_ratio", "`pl.read_csv`, 21 text columns", [0.9, 1.0, 0.95], "x"),
        figure("ceilings.csv21.wall_ratio", "`pl.read_csv`, 21 text columns", [1.8, 1.7, 1.9], "x"),
    )),
    Part("peers", "2026-07-02", "a machine, 2 cores", "Python 3.11", (5.5, 4.0), (
        Figure("peers.plain.cpu_ratio", "plain Python", 4.0, "x", note="lists | dicts"),
        Figure("peers.plain.wall_ratio", "plain Python", 6.0, "x", note="100 MB"),
        Figure("peers.plain.speed", "plain Python", 20.0, "MB/s"),
        Figure("peers.pyx12.cpu_ratio", "pyx12 9.9", None, "", note="ValueError: no"),
    )),
)  # fmt: skip
FIGURES = {one.key: one for part in PARTS for one in part.figures}


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "performance.md"
    path.write_text(f"# By hand\n\n{page.BEGIN}\nold\n{page.END}\n\n## Also by hand\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", path)
    monkeypatch.setattr(page, "CHART", tmp_path / "performance.svg")
    page.write(PARTS)
    once = path.read_text(encoding="utf-8")
    page.write(PARTS)
    assert path.read_text(encoding="utf-8") == once, "written twice, it is the same"
    return once


def test_what_is_written_by_hand_stays(text: str) -> None:
    assert text.startswith("# By hand\n")
    assert text.endswith("## Also by hand\n")
    assert "\nold\n" not in text


def test_a_failure_is_a_row_with_its_reason(text: str) -> None:
    assert "| pyx12 9.9 |  |  |  |  | fails: ValueError: no |" in text
    assert "lists \\| dicts" in text


def test_a_busy_machine_is_told(text: str) -> None:
    assert "Measured 2026-07-01 and 2026-07-02 on a machine, 2 cores; Python 3.11." in text
    assert "load up to 5.5" in text


def test_targets_say_what_was_reached_and_what_was_not() -> None:
    told = {what: (reached, verdict) for what, _, reached, verdict in rows(FIGURES)}
    assert told["100 MB into all tables, over `pl.read_csv` with 21 columns"] == (
        "0.95x by processor, 1.80x by the clock",
        "**not reached** by the clock",
    )
    assert told["a plain Python parser's time, over ours"][1] == "**not reached**"
    assert told["`altbenefit --help`, processor"] == ("not measured", "not known")


def test_every_bound_is_kept_on_its_own_side() -> None:
    for target in TARGETS:
        beyond = target.bound * 1.01
        assert target.is_kept_by(target.bound)
        assert target.is_kept_by(beyond) is not target.is_ceiling


def test_the_chart_is_well_formed_and_says_itself_in_words() -> None:
    root = ET.fromstring(svg("Speed & such", [("ours", 66.0, "own"), ("a <reader>", 0.25, "other"), ("least", 100.0, "least")]))
    name = "{http://www.w3.org/2000/svg}"
    title, words = root.find(f"{name}title"), root.find(f"{name}desc")
    assert title is not None and title.text == "Speed & such"
    assert words is not None and words.text == "least 100; ours 66; a <reader> 0.25."
    assert root.get("role") == "img"
    widths = [float(bar.get("width", "0")) for bar in root.findall(f"{name}rect") if bar.get("class") != "ground"]
    assert widths == sorted(widths, reverse=True) and widths[-1] > 0


def test_figures_come_back_as_they_were_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "KEPT", tmp_path)
    figures.keep("peers", 0.5, PARTS[1].figures)
    (again,) = figures.kept(["sizes", "peers"])
    assert again.figures == PARTS[1].figures
    assert again.load[0] == 0.5
