"""A run killed at any moment, and run again, ends as if nothing had happened."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows import intake
from flows.practice import write_practice
from tests.flows.helpers import ROOT, run, tree

CHUNK_BYTES = 15_000  # several chunks, so that a run can die between them
PATIENCE = 600  # seconds; a run takes a few, but a busy machine has kept one waiting for more than 120
KILLED = """
import os, signal, sys
from pathlib import Path
from flows import intake
from tests.flows.helpers import run
intake.CHUNK_BYTES = {chunk_bytes}
left = [{moment}]
def dying(move):
    def moved(*args, **options):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return move(*args, **options)
    return moved
os.replace, os.rename = dying(os.replace), dying(os.rename)
Path.unlink = dying(Path.unlink)
run(Path(sys.argv[1]))
print(left[0])
"""


@pytest.fixture
def practice(tmp_path) -> Path:
    """A practice of a quarter: few months are a short night, with as many kinds of change."""
    folder = tmp_path / "practice"
    write_practice(folder, claims=120, seed=5, months=3)
    for path in (folder / "inbox").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return folder


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_BYTES", CHUNK_BYTES)


@pytest.fixture(scope="module")
def whole() -> dict[str, str]:
    """Filled by the first test that asks for the undisturbed tree."""
    return {}


@pytest.fixture
def undisturbed(practice, tmp_path, whole) -> dict[str, str]:
    """The tree that a run leaves which nobody kills; worked out once."""
    if not whole:
        folder = tmp_path / "undisturbed"
        shutil.copytree(practice, folder)
        run(folder)
        whole |= tree(folder)
    return whole


def _start(folder: Path, moment: int) -> subprocess.Popen:
    script = KILLED.format(chunk_bytes=CHUNK_BYTES, moment=moment)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _kill_at(folder: Path, moment: int) -> None:
    """Kill a run before its `moment`th change of the store; a run that ended otherwise says how."""
    died = _start(folder, moment)
    _, said = died.communicate(timeout=PATIENCE)
    assert died.returncode == -signal.SIGKILL, said[-2_000:]


def _differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Paths that only one of two trees has, or that differ."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@pytest.mark.parametrize("moment", [9, 20])
def test_killed_between_two_changes_of_the_store(practice, undisturbed, moment):
    _kill_at(practice, moment)
    run(practice)
    assert _differences(tree(practice), undisturbed) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_killed_at_changes_all_over_a_night(practice, undisturbed, tmp_path, part):
    counted = _start(shutil.copytree(practice, tmp_path / "count"), 10**6)
    changes = 10**6 - int(counted.communicate(timeout=PATIENCE)[0])
    step = changes // 5
    for moment in range(changes - part * step // 2, 0, -step):
        folder = tmp_path / f"killed{moment}"
        shutil.copytree(practice, folder)
        _kill_at(folder, moment)
        run(folder)
        assert _differences(tree(folder), undisturbed) == [], f"killed before change {moment} of {changes}"
        shutil.rmtree(folder)


@pytest.mark.slow
def test_killed_at_random_times_again_and_again(practice, undisturbed):
    chance = random.Random(11)
    for _ in range(8):
        died = _start(practice, 10**6)
        time.sleep(chance.uniform(0.8, 2.4))
        died.kill()
        died.communicate()
    run(practice)
    assert _differences(tree(practice), undisturbed) == []
