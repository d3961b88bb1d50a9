"""`make demo`, as the README's reader runs it: the Makefile's own line, in an empty folder, under Prefect, once and again."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]


def the_makefiles_line() -> list[str]:
    [line] = re.findall(r"^demo:.*\n\t\$\(BIN\)/altbenefit (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return [sys.executable, "-c", "from flows.cli import main; main()", *shlex.split(line)]


@pytest.mark.slow
def test_the_demo_ranks_and_reports_and_can_be_run_again(tmp_path):
    env = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_HOME": str(tmp_path / "prefect")}
    for again in ([], ["--no-prefect"]):
        done = subprocess.run(the_makefiles_line() + again, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        [page] = re.findall(r"^The weekly report: +(\S+)$", done.stdout, re.MULTILINE)
        assert (tmp_path / page).stat().st_size > 100_000
    ranking = pl.read_parquet(tmp_path / "demo/store/reports/current/payer_code_ranking.parquet")
    assert ranking["payer_name"][0] in done.stdout and ranking["surprise_balance"].is_sorted(descending=True)
    assert len(list((tmp_path / "demo/store/reports/history").glob("*/*"))) == 2, "a night of the week before, so that the page can compare"
