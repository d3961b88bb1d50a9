"""A Dask cluster as ops would start it: a scheduler and workers, processes of their own that speak over TCP on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.flows.helpers import ROOT
from tests.ops.servers import free_port

BIN = Path(sys.executable).parent
PATIENCE = 120.0  # seconds; a busy machine is slow


@dataclass
class Cluster:
    """Its address, its processes by name, and the folder of their logs."""

    address: str
    folder: Path
    options: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> None:
        """`dask WORDS`, with all it starts in one process group."""
        with (self.folder / f"{name}.log").open("wb") as log:
            env = {**os.environ, "PYTHONPATH": str(ROOT), "DO_NOT_TRACK": "1", **self.more}
            command = [str(BIN / "dask"), *words, "--no-dashboard", *self.options]
            self.running[name] = subprocess.Popen(command, cwd=self.folder, env=env, stdout=log, stderr=log, start_new_session=True)

    def worker(self, name: str) -> None:
        """One more worker, of one thread and without a nanny, so that its death is its own."""
        words = ("--nthreads", "1", "--no-nanny", "--name", name, "--local-directory", str(self.folder / name))
        self.start(name, "worker", self.address, *words)

    def kill(self, name: str) -> None:
        """SIGKILL: no word to anybody."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)

    def said(self) -> str:
        """What all of them logged."""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted(self.folder.glob("*.log")))


@contextmanager
def cluster(folder: Path, *workers: str, scheme: str = "tcp", options: tuple[str, ...] = (), **more: str) -> Iterator[Cluster]:
    """A scheduler and these workers; every one of them is killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    made = Cluster(f"{scheme}://127.0.0.1:{port}", folder, options, more)
    try:
        made.start("scheduler", "scheduler", "--host", f"{scheme}://127.0.0.1", "--port", str(port))
        for name in workers:
            made.worker(name)
        until(lambda: made.said().count("Registered to:") >= len(workers), made)
        yield made
    finally:
        for name in list(made.running):
            made.kill(name)


def until(happened: Callable[[], bool], made: Cluster) -> None:
    """Wait for it; where it does not come, the logs say more."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, made.said()[-3000:]
        time.sleep(0.1)
