"""A run killed at any moment, and run again, ends as if nothing had happened."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows import intake
from tests.flows.helpers import ROOT, run, tree

CHUNK_BYTES = 30_000  # several chunks, so that a run can die between them
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
@pytest.mark.parametrize("part", range(4))
def test_killed_at_changes_all_over_a_night(practice, undisturbed, tmp_path, part):
    moments = int(subprocess.run(
        [sys.executable, "-c", KILLED.format(chunk_bytes=CHUNK_BYTES, moment=10**6), str(shutil.copytree(practice, tmp_path / "count"))],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout)  # fmt: skip
    changes = 10**6 - moments
    for moment in range(changes - part, 0, -max(4, changes // 5)):
        folder = tmp_path / f"killed{moment}"
        shutil.copytree(practice, folder)
        _kill_at(folder, moment)
        run(folder)
        assert _differences(tree(folder), undisturbed) == [], f"killed before change {moment} of {changes}"
        shutil.rmtree(folder)


@pytest.mark.slow
def test_killed_at_random_times_again_and_again(practice, undisturbed):
    chance = random.Random(11)
    for _ in range(12):
        died = _start(practice, 10**6)
        time.sleep(chance.uniform(1.0, 4.0))
        died.kill()
        died.communicate()
    run(practice)
    assert _differences(tree(practice), undisturbed) == []
