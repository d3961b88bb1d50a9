"""Packets and predictions of an audited practice: what they say is what was published, and time proves the predictions."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from expectations.laws import LAWS
from flows.packet.write import write_packet
from flows.practice import write_practice
from flows.predictions import prediction_files
from flows.report.run import ReportOrder, write_report
from tests.flows.helpers import mart, run
from tests.packet.drawn import order
from transforms.asks import askable, fee_asks
from transforms.packet.lines import counted_lines
from transforms.practice import canaries, make_practice

pytestmark = pytest.mark.slow
CLAIMS, SEED = 2500, 7
SPLIT, END = date(2026, 3, 31), date(2026, 6, 30)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("practice")
    write_practice(folder, CLAIMS, SEED)
    return folder


@pytest.fixture(scope="module")
def learned(practice: Path) -> pl.DataFrame:
    """Predictions of the end of March, from nine months."""
    run(practice, as_of=SPLIT)
    return mart(practice, "predicted_downgrades")


@pytest.fixture(scope="module")
def came(practice: Path, learned: pl.DataFrame) -> pl.DataFrame:
    """What the three months since then were like."""
    own = practice / "quarter"
    for path in (practice / "config").rglob("*.*"):
        copy = own / path.relative_to(practice / "config")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (own / "audit.yaml").write_text("ranking_window_months: 3\n")
    run(practice, as_of=END, config=own)
    return mart(practice, "predicted_downgrades")


@pytest.fixture(scope="module")
def published(practice: Path, came: pl.DataFrame) -> Path:
    """The practice with its whole year published."""
    run(practice, as_of=END)
    return practice


def test_predictions_hold_on_months_not_seen(learned: pl.DataFrame, came: pl.DataFrame) -> None:
    """As many downgrades came as were predicted, within a tenth, and in each fifth of the chance within what chance allows.

    Certainty is never claimed: by the logarithmic score, which punishes it, the published chance does better than the bare share.
    """
    keys = ["payer_id", "submitted_code"]
    later = came.select(*keys, n="eligible_line_count", k="downgraded_line_count")
    both = learned.filter(pl.col("eligible_line_count") > 0).join(later, on=keys).filter(pl.col("n") > 0)
    both = both.with_columns(p=pl.col("probability_pct").cast(pl.Float64) / 100, bare=pl.col("downgraded_share").cast(pl.Float64) / 100)
    total, expected = both.select(pl.col("k").sum(), (pl.col("p") * pl.col("n")).sum()).row(0)
    assert both["n"].sum() > 250
    assert abs(expected - total) <= 0.1 * total
    assert both["p"].is_between(0.001, 0.999).all()
    assert log_score(both, "p") > log_score(both, "bare")
    bands = both.with_columns(band=(pl.col("p") * 5).floor()).group_by("band").agg(
        pl.col("n").sum(), pl.col("k").sum(), mean=(pl.col("p") * pl.col("n")).sum() / pl.col("n").sum()
    )  # fmt: skip
    for band in bands.filter(pl.col("n") >= 30).iter_rows(named=True):
        deviation = (band["mean"] * (1 - band["mean"]) / band["n"]) ** 0.5
        assert abs(band["k"] / band["n"] - band["mean"]) <= 3 * deviation + 0.02, band


def log_score(both: pl.DataFrame, chance: str) -> float:
    """Mean logarithm of the chance given to what came; certainty counts as one in a thousand."""
    p = pl.col(chance).clip(0.001, 0.999)
    return both.select((pl.col("k") * p.log() + (pl.col("n") - pl.col("k")) * (1 - p).log()).sum() / pl.col("n").sum()).item()


def test_what_open_dental_is_told_comes_true(learned: pl.DataFrame, came: pl.DataFrame) -> None:
    """Of lines that a suggested substitution would have estimated as downgraded, at least four of five were."""
    keys = ["payer_id", "submitted_code"]
    told = learned.filter("is_substitution").join(came.select(*keys, n="eligible_line_count", k="downgraded_line_count"), on=keys)
    assert told.height >= 10
    assert told["k"].sum() * 5 >= told["n"].sum() * 4


def test_predictions_rest_on_the_findings(published: Path) -> None:
    frames = {name: mart(published, name) for name in ("findings", "predicted_downgrades")}
    laws = [law for law in LAWS if law.name.startswith("predictions_")]
    assert len(laws) == 2
    assert [law.name for law in laws if law.differences(frames).abs().sum()] == []
    fewer = frames | {"findings": frames["findings"].filter(pl.col("submitted_code") != "D2392")}
    assert any(law.differences(fewer).abs().sum() for law in laws)


def test_the_weekly_folder_holds_them_too(published: Path, tmp_path: Path) -> None:
    write_report(ReportOrder(published / "store", out=tmp_path / "week"))
    files = prediction_files(mart(published, "predicted_downgrades"))
    assert {name: (tmp_path / "week" / name).read_bytes() for name in files} == files


def test_asks_worked_out_from_findings_are_those_published(published: Path) -> None:
    again = fee_asks(askable(counted_lines(mart(published, "findings"))), (10, 15, 20, 25))
    assert again.equals(mart(published, "fee_asks"))


def test_the_packet_of_the_largest_payer(published: Path, tmp_path: Path) -> None:
    """Its totals are those of the ranking, to the cent, and nobody planted in the practice is found in any of its bytes."""
    ranking = mart(published, "payer_code_ranking")
    payer = ranking.group_by("payer_id").agg(pl.col("patient_count").sum()).sort("patient_count")["payer_id"][-1]
    made = write_packet(order(published / "store", tmp_path / "p", payer=payer))
    own = ranking.filter(pl.col("payer_id") == payer)
    assert made.figures.totals is not None
    assert Decimal(made.figures.totals["surprise_cents"]) / 100 == own["surprise_balance"].sum()
    assert made.figures.totals["line_count"] == own["line_count"].sum()
    shown = made.figures.pairs.drop_nulls("submitted_code").group_by("submitted_code").agg(pl.col("line_count").sum())
    assert set(shown.rows()) <= set(own.select("submitted_code", "line_count").rows())
    said = readable(tmp_path / "p")
    findings = mart(published, "findings").filter(pl.col("payer_id") == payer)
    words = [
        *canaries(make_practice(CLAIMS, SEED, 12, END)),
        *findings["patient_id"].drop_nulls(),
        *findings["line_id"],
        *findings["claim_id"],
    ]
    days = [day.isoformat() for day in findings["service_date"].drop_nulls().unique()]
    assert [word for word in (*words, *findings["source_file"], *days) if word.lower() in said] == []
    assert "d2392" in said


def readable(folder: Path) -> str:
    """Every byte of the packet as text, archives and PDFs opened too, in lower case."""
    parts = []
    for path in folder.rglob("*"):
        parts.append(path.name)
        if path.is_file():
            parts.append(path.read_bytes().decode("latin-1"))
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:
                parts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        if path.suffix == ".pdf" and shutil.which("pdftotext"):
            parts.append(subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout)
    return "\n".join(parts).lower()
