"""docs/operations.md as its reader uses it: fenced blocks, and services that are started and stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ops.night import ROOT

PAGE = ROOT / "docs/operations.md"
BLOCKS = re.findall(r"^```([^\n]+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent
PATIENCE = 240.0  # seconds; a busy machine is slow, a broken one is not worth waiting for


def blocks(kind: str) -> list[str]:
    """The blocks of one kind, in order."""
    return [body for info, body in BLOCKS if info == kind]


def command_lines(kind: str) -> list[str]:
    """Their lines but for comments."""
    return [line for body in blocks(kind) for line in body.splitlines() if line and not line.startswith("#")]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of ours from outside, `.venv/bin` in PATH, and a Prefect home of the test's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ALTBENEFIT_", "PREFECT_"))}
    own = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"}
    return kept | own | {"PREFECT_SERVER_ANALYTICS_ENABLED": "false"} | more


def shell(line: str, env: dict[str, str], folder: Path) -> subprocess.CompletedProcess:
    """One line of the page."""
    return subprocess.run(["sh", "-c", line], env=env, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)


@contextmanager
def service(line: str, env: dict[str, str], folder: Path, log: Path) -> Iterator[subprocess.Popen]:
    """A line that runs until it is stopped; what it starts ends with it."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {line}"], env=env, cwd=folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield process
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(timeout=30)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


def until(what: str, happened: Callable[[], bool], log: Path | None = None) -> None:
    """Wait for it; where it does not come, the end of the log says more."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if happened():
            return
        time.sleep(0.25)
    tail = log.read_text(encoding="utf-8", errors="replace")[-3000:] if log and log.exists() else ""
    raise AssertionError(f"{what}: not within {PATIENCE:.0f} seconds\n{tail}")
