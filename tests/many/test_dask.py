"""With the workers of a Dask cluster a night ends with the bytes of threads, whoever dies; or it ends soon and says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from flows.errors import BAD_USAGE, UNEXPECTED, Failure
from flows.fan_out import connect, crew
from flows.hands import FAN_OUT
from flows.lock import hold
from flows.night import Watch, audit, work
from flows.order import Order
from flows.summary import Summary
from tests.flows.helpers import ROOT, tree, without_gate
from tests.many.cluster import BIN, Cluster, cluster, until
from tests.many.conftest import CHUNK_BYTES
from tests.ops.page import environment, service
from tests.ops.servers import free_port
from transforms.practice import canaries, make_practice

pytestmark = pytest.mark.slow


def fanned(order: Order, address: str, at_first: Callable[[], object] = lambda: None) -> Summary:
    """The audit with the cluster's workers; `at_first` happens once, when the first chunk has been taken in."""
    told: list[int] = []

    def progress(what: str, done: int, total: int) -> None:
        told.append(done)
        if len(told) == 1:
            at_first()

    with hold(order.store), connect.by_client(address, order.store) as hands:
        summary = work(order, without_gate, Watch(progress=progress), hands)
    assert len(told) > 2, "several chunks"
    return summary


def no_canary(known: str, order: Order) -> None:
    """No name, number or id of the synthetic patients."""
    assert known
    assert [word for word in canaries(make_practice(150, 5, 12, order.as_of)) if word in known] == []


def everything_below(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())


def test_workers_make_the_bytes_of_threads_though_one_is_killed_at_work(threads: Path, fresh: Order, crowd: Cluster) -> None:
    """Lake, marts, what was set aside and the sealed vault; nobody's name in what Dask logs or keeps, and no scratch is left."""
    fanned(fresh, crowd.address, lambda: crowd.kill("three"))
    assert tree(fresh.store) == tree(threads / "store")
    assert list((fresh.store / "quarantine/bytes").iterdir()) and list((fresh.store / "vault").iterdir())
    assert not (fresh.store / FAN_OUT).exists()
    no_canary(everything_below(crowd.folder), fresh)


def test_a_worker_with_other_code_or_another_vault_key_is_refused(fresh: Order, crowd: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("ALTBENEFIT_VAULT_KEY", "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=")
        with pytest.raises(Failure, match="another ALTBENEFIT_VAULT_KEY") as failed:
            fanned(fresh, crowd.address)
        assert failed.value.exit_code == BAD_USAGE
    newer = crew.likeness() | {"polars": "99.0"}
    monkeypatch.setattr(crew, "likeness", lambda: newer)
    with pytest.raises(Failure, match=r"polars [0-9.]+ instead of 99\.0") as failed:
        fanned(fresh, crowd.address)
    assert failed.value.exit_code == BAD_USAGE


def test_without_workers_or_scheduler_a_night_ends_soon_and_the_next_goes_on(
    threads: Path, fresh: Order, settled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS, whose certificates are Dask's own settings, from its environment or its files."""
    monkeypatch.setattr(crew, "GONE_SECONDS", 2.0)
    monkeypatch.setitem(connect.CLIENT, "timeout", 5.0)
    folder = settled / "tls"
    folder.mkdir()
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*words, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True)
    own = {"ca-file": str(folder / "cert.pem"), "client.cert": str(folder / "cert.pem"), "client.key": str(folder / "key.pem")}
    options = ("--tls-ca-file", own["ca-file"], "--tls-cert", own["client.cert"], "--tls-key", own["client.key"])
    with dask_settings(own), cluster(folder, "first", scheme="tls", options=options) as made:
        with pytest.raises(Failure, match="no worker of the Dask cluster is left") as failed:
            fanned(fresh, made.address, lambda: made.kill("first"))
        assert (failed.value.exit_code, getattr(failed.value, "errno", None)) == (UNEXPECTED, None), "not begun again by itself"
        with pytest.raises(Failure, match="has no workers"):
            fanned(fresh, made.address)
        made.worker("second")
        until(lambda: made.said().count("Registered to:") >= 2, made)
        fanned(fresh, made.address)
        assert tree(fresh.store) == tree(threads / "store"), "what was committed stayed"
        shutil.rmtree(fresh.store)
        with pytest.raises(Failure, match="Dask") as failed:
            fanned(fresh, made.address, lambda: made.kill("scheduler"))
        assert failed.value.exit_code == UNEXPECTED
    (fresh.store / FAN_OUT / "left").mkdir(parents=True)
    audit(fresh, without_gate)
    assert tree(fresh.store) == tree(threads / "store"), "nothing is left of a run with helpers that died"


def dask_settings(tls: dict[str, str]) -> AbstractContextManager[object]:
    import dask.config

    return dask.config.set({f"distributed.comm.tls.{name}": path for name, path in tls.items()})


def test_under_prefect_each_chunk_is_a_task_and_a_killed_worker_changes_nothing(threads: Path, fresh: Order, tmp_path: Path) -> None:
    """The command itself, with a Prefect server that workers report to."""
    port, home = free_port(), tmp_path / "prefect"
    url = f"http://127.0.0.1:{port}/api"
    env = environment(home, PYTHONPATH=str(ROOT), PREFECT_API_URL=url, ALTBENEFIT_KEY_FILE=os.environ["ALTBENEFIT_KEY_FILE"])
    env["ALTBENEFIT_VAULT_KEY"] = os.environ["ALTBENEFIT_VAULT_KEY"]
    server = f"{BIN}/prefect server start --host 127.0.0.1 --port {port}"
    script = f"from flows import gate, intake\nintake.CHUNK_BYTES = {CHUNK_BYTES}\n"
    script += "gate.judge = lambda *args: gate.Verdict()\nfrom flows.cli import main\nmain()"  # the gate has tests of its own
    with (
        service(server, env, tmp_path, tmp_path / "server.log"),
        cluster(tmp_path / "crowd", "one", "two", PREFECT_API_URL=url, PREFECT_HOME=str(home)) as made,
    ):
        until(lambda: is_up(url), made)
        words = ["audit", "--inbox", fresh.inbox, "--store", fresh.store, "--config", fresh.config, "--as-of", fresh.as_of.isoformat()]
        command = [sys.executable, "-c", script, *map(str, words), "--dask", made.address]
        run = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(lambda: (fresh.store / "manifest.json").exists() or run.poll() is not None, made)
        made.kill("one")
        out, said = run.communicate(timeout=240)
        assert run.returncode == 3, said
    for part in ("lake", "quarantine", "vault"):
        assert tree(fresh.store / part) == tree(threads / "store" / part)
    marts = {path.name: path.read_bytes() for path in (threads / "store/reports/current").glob("*.parquet")}
    assert {name: (fresh.store / "reports/current" / name).read_bytes() for name in marts} == marts
    no_canary(everything_below(home) + everything_below(tmp_path / "crowd") + out + said, fresh)
    assert "read a chunk" in (home / "prefect.db").read_bytes().decode("latin-1")


def is_up(url: str) -> bool:
    import httpx

    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.HTTPError:
        return False


def test_a_scheduler_that_cannot_be_reached_is_told_in_time(fresh: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connect.CLIENT, "timeout", 1.0)
    with pytest.raises(Failure, match="cannot be reached") as failed:
        fanned(fresh, f"tcp://127.0.0.1:{free_port()}")
    assert failed.value.exit_code == UNEXPECTED
