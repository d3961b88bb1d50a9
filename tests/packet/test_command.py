"""`altbenefit packet` and `predict` as a person runs them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.commands.packet import packet
from flows.errors import BadUsage
from flows.packet import pages
from flows.packet.write import NAMES, write_packet
from tests.flows.helpers import command, tree
from tests.packet.drawn import lines, order, store
from tests.packet.pdf import MAKES_PDF


@pytest.fixture
def without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes half a second and is tested elsewhere."""
    monkeypatch.setattr(pages, "as_pdf", lambda html, document: b"%PDF")


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [*lines(20), *lines(5, payer="small"), *lines(12, payer="free", contracted=120), *lines(12, payer="unsure", tier=3)]
    rows += lines(2, payer="past", is_counted=False)
    return store(tmp_path_factory.mktemp("north"), rows)


def test_it_says_what_it_wrote_and_gives_the_same_bytes_again(north: Path, tmp_path: Path) -> None:
    """In processes whose hashes are seeded differently."""
    done = [
        command(
            "packet", "--store", north, "--payer", "north", "--out", tmp_path / name, "--json", env={**os.environ, "PYTHONHASHSEED": name}
        )
        for name in ("1", "2")
    ]
    facts = json.loads(done[0].stdout)
    assert (done[0].returncode, facts["patient_count"], facts["surprise_amount"]) == (0, 20, "1600.00"), done[0].stderr
    assert facts["has_pdf"] == MAKES_PDF
    assert set(facts["files"]) == {name for name in NAMES if MAKES_PDF or not name.endswith(".pdf")}
    assert facts["asks"][0] | {"asked_fee": "138.00", "patient_saving": "360.00", "plan_cost": "360.00"} == facts["asks"][0]
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


def test_what_is_asked_for_can_be_typed(north: Path, tmp_path: Path, without_pdf: None) -> None:
    out = tmp_path / "p"
    same = ["--store", str(north), "--payer", "north", "--out", str(out)]
    told = CliRunner().invoke(packet, [*same, "--increase", "parity", "--tiers", "1", "--no-comparators", "--date", "2026-07-09"])
    assert told.exit_code == 0, told.output
    assert "ask $200.00: relief $1,600.00, cost to the plan $1,600.00" in told.output
    assert "July 9, 2026" in (out / "send/letter.html").read_text()
    assert CliRunner().invoke(packet, [*same, "--ask", "D2150=131"]).output.count("ask $131.00") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--payer", "nort"], ["no payer of this store has that id", "--payer: north"]),
        (["--payer", "past"], ["no counted line"]),
        (["--payer", "unsure"], ["no counted line of evidence tier 1, 2", "--tiers"]),
        (["--payer", "small"], ["fewer than 11 patients"]),
        (["--payer", "free"], ["left nothing to patients"]),
        (["--payer", "north", "--tiers", "5"], ["--tiers"]),
        (["--payer", "north", "--increase", "lots"], ["cannot be asked for"]),
        (["--payer", "north", "--config", "nowhere"], ["there is no such directory"]),
        (["--payer", "north", "--date", "soon"], ["--date"]),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_five_lines(north: Path, tmp_path: Path, words: list[str], said: list[str]) -> None:
    told = CliRunner().invoke(packet, ["--store", str(north), "--out", str(tmp_path / "p"), *words])
    lines_ = told.exception.lines() if isinstance(told.exception, BadUsage) else told.output.splitlines()
    assert (told.exception.exit_code if isinstance(told.exception, BadUsage) else told.exit_code) == 2
    assert [part for part in said if part not in "\n".join(lines_)] == []
    assert len(lines_) <= 5
    assert not (tmp_path / "p").exists()


def test_a_failure_on_the_console(north: Path, tmp_path: Path) -> None:
    done = command("packet", "--store", north, "--payer", "nort", "--out", tmp_path / "p")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 3)
    assert "--payer: north" in done.stderr


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="nothing is published"):
        write_packet(order(tmp_path / "store", tmp_path / "p"))
    with pytest.raises(BadUsage, match="no payer"):
        write_packet(order(store(tmp_path, []), tmp_path / "p"))


def test_it_writes_over_nothing_but_an_earlier_packet(north: Path, tmp_path: Path, without_pdf: None) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "letter.txt").write_text("keep me")
    for place in (papers, north / "packet", north.parent):
        with pytest.raises(BadUsage):
            write_packet(order(north, place))
    assert (papers / "letter.txt").read_text() == "keep me"
    for _ in range(2):
        write_packet(order(north, tmp_path / "p"))
    assert {path.name for path in tmp_path.iterdir()} == {"papers", "p"}


def test_without_the_drawing_library_the_rest_is_written(north: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint raises OSError on import where libpango is not there."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    def missing(html: bytes, document: object) -> bytes:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pages, "as_pdf", missing)
    made = write_packet(order(north, tmp_path / "p"))
    assert made.pdf_missing is not None and "libpango" in made.pdf_missing
    assert set(made.files) == {name for name in NAMES if not name.endswith(".pdf")}
