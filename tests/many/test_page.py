"""The Dask night of docs/operations.md, block by block as written, on ports of its own."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows.order import Order
from tests.flows.helpers import ROOT
from tests.ops.page import command_lines, environment, service, shell, until
from tests.ops.servers import free_port


@pytest.mark.slow
def test_the_blocks_run_as_written(threads: Path, fresh: Order, tmp_path: Path) -> None:
    """Scheduler, two workers under a nanny, and the night of the .env, in one chunk; the marts are those of threads in several."""
    port = str(free_port())
    env = environment(tmp_path / "prefect", PYTHONPATH=str(ROOT), ALTBENEFIT_KEY_FILE=os.environ["ALTBENEFIT_KEY_FILE"])
    places = {"INBOX": fresh.inbox, "STORE": fresh.store, "CONFIG": fresh.config}
    (tmp_path / ".env").write_text("".join(f"ALTBENEFIT_{name}={path}\n" for name, path in places.items()))
    log = tmp_path / "dask.log"
    with ExitStack() as services:
        for line in command_lines("sh dask service"):
            services.enter_context(service(line.replace("8786", port), env, tmp_path, log))
        until("two workers", lambda: log.read_text(errors="replace").count("Register worker") >= 2, log)
        (line,) = command_lines("sh dask")
        done = shell(f"{line.replace('8786', port)} --as-of {fresh.as_of}", env, tmp_path)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "Run out-of-band function 'likeness'" in log.read_text(errors="replace"), "the cluster was asked"
    for path in (threads / "store/reports/current").glob("*.parquet"):
        assert (fresh.store / "reports/current" / path.name).read_bytes() == path.read_bytes()
