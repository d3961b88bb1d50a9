"""`altbenefit report`: all files or none, the same bytes again, and every figure that of what is published."""

import json
import os
import re
import shutil
import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from flows.errors import BadUsage
from flows.practice import ENDS_ON
from flows.report import run as reports
from flows.report import swap
from flows.report.run import ReportOrder, write_report
from tests.flows.helpers import CLAIMS, MONTHS, SEED, command, mart, run, tree
from transforms.practice import canaries, make_practice

FILES = ["email.html", "email.txt", "open_dental_substitutions.csv", "predicted_downgrades.csv", "report.html", "report.xlsx"]


def weekly(audited: Path) -> Path:
    """The folder of the one week that was reported."""
    [folder] = (audited / "store/weekly").iterdir()
    return folder


def test_one_command_writes_its_files_and_says_where(audited):
    before = tree(audited)
    done = command("report", "--store", audited / "store", "--config", audited / "config", "--no-prefect")
    assert done.returncode == 0, done.stderr
    folder = weekly(audited)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert str(folder / "report.html") in done.stdout and "Patients were left with $" in done.stdout
    after = tree(audited)
    inside = folder.relative_to(audited).as_posix()
    assert {name for name in after if name not in before} == {"store/weekly", inside, *(f"{inside}/{name}" for name in FILES)}
    assert {name: after[name] for name in before} == before, "nothing else in the store is touched"
    assert all(path.stat().st_mode & 0o037 == 0 for path in folder.iterdir())
    told = b"".join(path.read_bytes() for path in folder.iterdir() if path.suffix != ".xlsx") + (done.stdout + done.stderr).encode()
    assert not [word for word in canaries(make_practice(CLAIMS, SEED, MONTHS, ENDS_ON)) if word.encode() in told]
    tokens = mart(audited, "findings")["patient_id"].drop_nulls().unique()
    assert not [token for token in tokens if token.encode() in told], "only the first letters of a token are on the page"


def test_headline_ranking_and_findings_agree_to_the_cent(audited):
    done = command("report", "--store", audited / "store", "--no-prefect", "--json")
    told = json.loads(done.stdout)
    counted = mart(audited, "findings").filter("counted")
    total = counted["surprise_balance"].sum()
    assert Decimal(told["surprise_balance"]) == total == mart(audited, "payer_code_ranking")["surprise_balance"].sum()
    page = (weekly(audited) / "report.html").read_text(encoding="utf-8")
    assert re.findall(r'data-figure="\w+">([^<]+)<', page) == [f"${total:,}"] * 2
    assert f"${total:,}" in (weekly(audited) / "email.txt").read_text(encoding="utf-8")
    monday = date.fromisocalendar(2026, int(told["week"][-2:]), 1)
    week = counted.filter(pl.col("payment_date").is_between(monday, monday + timedelta(days=6)))
    assert Decimal(told["week_surprise_balance"]) == (week["surprise_balance"].sum() or 0)


def test_the_same_publication_gives_the_same_bytes(audited, tmp_path):
    write_report(ReportOrder(audited / "store"))
    first = tree(audited)
    write_report(ReportOrder(audited / "store"))
    write_report(ReportOrder(audited / "store", out=tmp_path / "out"))
    assert tree(audited) == first
    assert tree(tmp_path / "out") == tree(weekly(audited))


def test_a_report_that_fails_half_way_leaves_the_last_one(audited, monkeypatch):
    write_report(ReportOrder(audited / "store"))
    before = tree(audited)

    def no_room(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reports.workbook, "write", no_room)
    with pytest.raises(OSError):
        write_report(ReportOrder(audited / "store"))
    assert tree(audited) == before


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_takes_the_place_of_another_whole(tmp_path, monkeypatch, can_exchange):
    """Also on a system that cannot swap two folders in one step."""
    if not can_exchange:
        monkeypatch.setattr(swap.ctypes, "CDLL", lambda *args, **options: object())
    target = tmp_path / "weekly/2026-W26"
    swap.replace_folder(target, lambda folder: [(folder / name).write_text("old") for name in ("a", "b")])
    swap.replace_folder(target, lambda folder: (folder / "a").write_text("new"))
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")} == {"weekly", "weekly/2026-W26", "weekly/2026-W26/a"}
    assert (target / "a").read_text() == "new"


def test_nothing_published_is_bad_usage_and_says_what_to_do(tmp_path):
    for words in (("--no-prefect",), ()):
        done = command("report", "--store", tmp_path / "store", *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[0] == "altbenefit: nothing is published in this store yet"
        assert "Run: altbenefit audit" in done.stderr
    assert not (tmp_path / "store").exists(), "looking makes no store"


@pytest.mark.parametrize(
    ("week", "told"), [("2026-26", "no ISO week"), ("2026-W54", "no ISO week"), ("2026-W28", "begins after 2026-06-30")]
)
def test_a_week_that_is_none_is_bad_usage(audited, week, told):
    with pytest.raises(BadUsage, match=told):
        write_report(ReportOrder(audited / "store", week=week))


def test_an_earlier_week_can_be_asked_for(audited):
    done = write_report(ReportOrder(audited / "store", week="2026-W10"))
    assert done.folder.endswith("weekly/2026-W10") and "2 to 8 March 2026" in done.headline
    found = mart(audited, "findings").filter("counted", pl.col("payment_date").is_between(date(2026, 3, 2), date(2026, 3, 8)))
    assert Decimal(done.week_surprise_balance) == (found["surprise_balance"].sum() or 0)


def test_a_folder_of_something_else_is_not_overwritten(audited, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("keep me")
    with pytest.raises(BadUsage, match="no earlier report"):
        write_report(ReportOrder(audited / "store", out=tmp_path / "mine"))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_report_column_that_exists_is_one_line_of_report_yaml(audited, tmp_path):
    """And one that does not is told with those there are."""
    columns = "    - {column: payer_name, head: Payer, meaning: Whom}\n    - {column: pair_count, head: Codes cut, meaning: How many}\n"
    table = f"tables:\n  payers:\n{columns}"
    (tmp_path / "own").mkdir()
    (tmp_path / "own/report.yaml").write_text(table)
    write_report(ReportOrder(audited / "store", tmp_path / "own"))
    page = (weekly(audited) / "report.html").read_text(encoding="utf-8")
    assert "<span>Codes cut</span><small>How many</small>" in page and "<span>Plan paid less</span>" not in page
    (tmp_path / "own/report.yaml").write_text(table.replace("pair_count", "no_such"))
    with pytest.raises(BadUsage) as wrong:
        write_report(ReportOrder(audited / "store", tmp_path / "own"))
    assert wrong.value.cause == "the table payers has no column no_such" and "pair_count" in wrong.value.next_step


@pytest.mark.slow
def test_last_week_as_first_told_is_the_first_publication_after_it(audited):
    """Two nights, a week apart: the second one's report compares with the first."""
    run(audited, as_of=date(2026, 6, 21))
    run(audited, as_of=date(2026, 6, 24))
    run(audited, as_of=ENDS_ON)
    week = reports.gather(ReportOrder(audited / "store"))
    assert week.compared_with == date(2026, 6, 21)
    assert week.bridge["step"][0] == "last_week_published"
    assert week.window_bridge["amount"][-1] == week.headline.surprise_balance


@pytest.mark.slow
def test_with_and_without_prefect_the_bytes_are_the_same(audited, tmp_path):
    """And Prefect's own database holds headline, link and table, and nothing of a patient."""
    other = tmp_path / "other"
    shutil.copytree(audited, other, symlinks=True)
    write_report(ReportOrder(other / "store"))
    home = tmp_path / "prefect"
    done = command("report", "--store", audited / "store", "--json", env={**os.environ, "PREFECT_HOME": str(home)})
    assert done.returncode == 0, done.stderr
    assert tree(audited / "store/weekly") == tree(other / "store/weekly")
    with sqlite3.connect(home / "prefect.db") as database:
        assert {name for (name,) in database.execute("select name from flow")} == {"altbenefit-report"}
        assert database.execute("select count(*) from artifact").fetchone()[0] >= 3
        assert {state for (state,) in database.execute("select state_type from flow_run")} == {"COMPLETED"}
    page = (weekly(audited) / "report.html").read_bytes()
    known = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()) + (done.stderr + done.stdout).encode() + page
    assert not [word for word in canaries(make_practice(CLAIMS, SEED, MONTHS, ENDS_ON)) if word.encode() in known]
    tokens = set(mart(audited, "findings")["patient_id"].drop_nulls())
    assert not [token for token in tokens if token.encode() in known], "not even a whole token leaves the store"
