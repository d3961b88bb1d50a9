"""However a run dies, what it leaves and says names nobody: tracebacks, panics, aborts, core files, half a commit."""

from __future__ import annotations

import os
import pty
import signal
import sys

import pytest

from flows.crash import leave_no_core
from tests.privacy.house import House, leaks

# The command dies at the place named, of what is written out, with a claim in hand that the error quotes.
DYING = """
import os, sys, signal, faulthandler
from pathlib import Path
import polars as pl
from flows import night, store
from flows.report import run
quoted = Path({quoted!r}).read_bytes().decode("latin-1")
def dying(*args, **options):
    secret = quoted
    {death}
{place} = dying
from flows.cli import main; main()
"""
ERROR = 'raise ValueError("row: " + secret)'
PANIC = 'raise pl.exceptions.PanicException("row: " + secret)'
COMMITTING, SUMMING_UP = "store._carry_through", "night.summarise"
IN_A_ROW = "raise RuntimeError(secret) from KeyError(secret)"


def crash(house: House, death: str, place: str, *words: str):
    quoted = str(house.work / "practice/inbox/charge.835")
    return house.audit("store", *words, program=DYING.format(quoted=quoted, death=death, place=place))


@pytest.mark.parametrize(
    ("death", "kind"),
    [(IN_A_ROW, "RuntimeError"), pytest.param(PANIC, "Panicked", marks=pytest.mark.slow)],
)
def test_a_traceback_shows_where_and_not_whom(house, planted, death, kind):
    """Under --debug too, unless a person looks on: a log of the night's output must not hold a row."""
    done = crash(house, death, COMMITTING, "--no-prefect", "--debug")
    assert (done.returncode, "Traceback" in done.stderr, kind in done.stderr) == (1, True, True), done.stderr
    assert "in dying" in done.stderr
    assert leaks(house, planted) == []


@pytest.mark.slow
def test_an_error_between_the_steps_tells_prefect_its_kind_alone(house, planted):
    """What runs in the flow and in no task of it: Prefect would keep the text with the state of the run."""
    done = crash(house, ERROR, SUMMING_UP)
    assert (done.returncode, "ValueError" in done.stderr, "Traceback" in done.stderr) == (1, True, False), done.stderr
    assert any(path.suffix == ".db" for path in (house.root / "prefect").rglob("*"))
    assert leaks(house, planted) == []


@pytest.mark.slow
@pytest.mark.parametrize("death", ["os.kill(os.getpid(), signal.SIGKILL)", "faulthandler.enable(); os.abort()"])
def test_a_run_that_is_ended_leaves_no_core_and_no_patient(house, planted, death):
    """In the middle of a commit, with archives unpacked and the next tables staged."""
    done = crash(house, death, COMMITTING, "--no-prefect")
    assert done.returncode in (-signal.SIGKILL, -signal.SIGABRT), done.stderr
    assert list((house.work / "store/.staging").rglob("*.parquet"))
    assert not [path for path in house.root.rglob("*") if path.name.startswith("core")]
    assert not list((house.root / "tmp").iterdir())
    assert leaks(house, planted) == []


def test_a_person_at_a_terminal_sees_what_was_said(house):
    """Else nobody could mend anything."""
    program = "from flows import errors, cli; cli.altbenefit = lambda **options: 1 / 0; cli.main()"
    said = bytearray()
    words = [sys.executable, "-c", program, "--debug"]
    status = pty.spawn(words, lambda handle: _heard(handle, said))
    assert os.waitstatus_to_exitcode(status) == 1
    assert b"division by zero" in said and b"Traceback" in said
    quiet = house.run("--debug", program=program)
    assert "division by zero" not in quiet.stderr and "ZeroDivisionError" in quiet.stderr


def _heard(handle: int, said: bytearray) -> bytes:
    data = os.read(handle, 4096)
    said.extend(data)
    return data


def test_no_core_is_a_limit_of_the_process():
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        leave_no_core()
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
