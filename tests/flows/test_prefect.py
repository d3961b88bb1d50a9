"""Under Prefect the same steps give the same bytes, and Prefect learns nothing about patients."""

import os
import shutil
import sqlite3

import pytest

from flows.night import plainly
from flows.practice import ENDS_ON
from tests.flows.helpers import CLAIMS, MONTHS, SEED, command, run, tree
from transforms.practice import canaries, make_practice


@pytest.mark.slow
def test_with_and_without_prefect_the_bytes_are_the_same(practice, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(practice, other)
    run(other, step=plainly)
    home = tmp_path / "prefect"
    words = ("audit", "--inbox", practice / "inbox", "--config", practice / "config", "--store", practice / "store", "--as-of", ENDS_ON)
    done = command(*words, "--json", env={**os.environ, "PREFECT_HOME": str(home)})
    assert done.returncode in (0, 3), done.stderr
    assert tree(practice) == tree(other)
    again = command(*words, env={**os.environ, "PREFECT_HOME": str(home)})
    assert again.returncode == 4, again.stderr
    assert tree(practice) == tree(other)
    with sqlite3.connect(home / "prefect.db") as database:
        assert {name for (name,) in database.execute("select name from flow")} == {"altbenefit-audit"}
        assert database.execute("select count(*) from artifact").fetchone()[0] >= 4
        assert {state for (state,) in database.execute("select state_type from flow_run")} == {"COMPLETED"}
    known = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()) + (done.stderr + done.stdout).encode()
    assert not [word for word in canaries(make_practice(CLAIMS, SEED, MONTHS, ENDS_ON)) if word.encode() in known]
