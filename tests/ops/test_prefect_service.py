"""A real Prefect server on loopback: a schedule fires and a worker does the night; `serve` with a server of its own; PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.ops.night import ROOT, arrives, remittance
from tests.ops.page import command_lines, environment, service, shell, until
from tests.ops.servers import Post, free_port, mail_env, mail_server

pytestmark = pytest.mark.slow
ZONE = ZoneInfo("America/New_York")
SERVER, WORKER, SERVE = "prefect server start", "prefect worker start", "altbenefit serve"


def line_of(start: str, **instead: str) -> str:
    """A service of the page, with a free port in the place of its own."""
    (line,) = [line for line in command_lines("sh service") if line.startswith(start)]
    for old, new in instead.items():
        line = line.replace(old.strip("_"), new)
    return line


@contextmanager
def prefect_server(folder: Path, **more: str) -> Iterator[dict[str, str]]:
    """A server as the page starts it; yields the environment of those who use it."""
    port = str(free_port())
    env = environment(folder / "prefect", **more)
    with service(line_of(SERVER, _4200=port), env, folder, folder / "server.log"):
        url = f"http://127.0.0.1:{port}/api"
        until("the server answers", lambda: is_up(url), folder / "server.log")
        yield env | {"PREFECT_API_URL": url}


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def soon() -> datetime:
    """The next full minute that leaves time to deploy."""
    return (datetime.now(ZONE) + timedelta(seconds=75)).replace(second=0, microsecond=0)


def deploy(env: dict[str, str], folder: Path, at: datetime) -> None:
    """The page's commands, with the nightly schedule moved to `at`."""
    own = folder / "prefect.yaml"
    text = (ROOT / "flows/prefect.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace('"0 4 * * *"', f'"{at.minute} {at.hour} * * *"'))
    assert f"{at.minute} {at.hour}" in own.read_text()
    for line in command_lines("sh prefect")[1:3]:
        done = shell(line.replace("flows/prefect.yaml", str(own)), env, ROOT)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def runs(url: str, name: str = "altbenefit-nightly") -> list[dict]:
    """The flow runs of a flow that have ended, first to last."""
    asked = {"flows": {"name": {"any_": [name]}}, "sort": "EXPECTED_START_TIME_ASC"}
    found = httpx.post(f"{url}/flow_runs/filter", json=asked, timeout=10).json()
    return [run for run in found if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")]


def ours(folder: Path, post: Post) -> dict[str, str]:
    return (
        mail_env(post)
        | {f"ALTBENEFIT_{name.upper()}": str(folder / name) for name in ("inbox", "store")}
        | {"ALTBENEFIT_LOG": str(folder / "log.jsonl")}
    )


def due(url: str, env: dict[str, str], hours: int) -> None:
    """A run that was due some hours ago, as a server has it after a night without workers."""
    deployment = httpx.get(f"{url}/deployments/name/altbenefit-nightly/nightly", timeout=10).json()["id"]
    when = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": when}}
    answer = httpx.post(f"{url}/deployments/{deployment}/create_flow_run", json={"state": state}, timeout=10)
    assert answer.status_code in (200, 201), answer.text


def test_a_schedule_fires_a_worker_does_the_night_and_a_backlog_is_done_once(tmp_path: Path) -> None:
    arrives(tmp_path, "a.835", remittance("1", claims=6))
    with mail_server() as post, prefect_server(tmp_path) as env:
        url, worker = env["PREFECT_API_URL"], line_of(WORKER)
        at = soon()
        deploy(env, tmp_path, at)
        with service(worker, env | ours(tmp_path, post), tmp_path, tmp_path / "worker.log"):
            until("the scheduled run has ended", lambda: bool(runs(url)), tmp_path / "worker.log")
        (first,) = runs(url)
        assert (first["state_name"], first["auto_scheduled"]) == ("Published", True)
        assert datetime.fromisoformat(first["expected_start_time"]).astimezone(ZONE) == at
        assert first["parameters"] == {}
        assert (tmp_path / "store/reports/current/payer_code_ranking.parquet").exists()
        assert [mail["Subject"].split(":")[0] for mail in post.mails] == ["altbenefit OK"]
        events = (tmp_path / "log.jsonl").read_text()
        begun = datetime.fromisoformat(re.findall(r'"at": "([^"]+)"[^\n]*"event": "start"', events)[0])
        print(f"due {at.astimezone(UTC):%H:%M:%S}, first work {begun:%H:%M:%S}: {(begun - at).total_seconds():.1f} s")

        arrives(tmp_path, "b.835", remittance("2", claims=6))
        for hours in (26, 2):
            due(url, env, hours)
        with service(worker, env | ours(tmp_path, post), tmp_path, tmp_path / "worker.log"):
            until("the overdue runs have ended", lambda: len(runs(url)) == 3, tmp_path / "worker.log")
        assert sorted(run["state_name"] for run in runs(url)[:2]) == ["Nothing new", "Published"]
        assert len(post.mails) == 2, "one digest more, and no alarm about a night on which nothing was left to do"
    assert len(list((tmp_path / "store/reports/history").iterdir())) <= 2
    assert b"JANE" not in b"".join(path.read_bytes() for path in (tmp_path / "prefect").rglob("*") if path.is_file())


def test_serve_brings_its_own_server_deploys_both_schedules_runs_and_stops(tmp_path: Path) -> None:
    arrives(tmp_path, "a.835", remittance("1", claims=6))
    port = str(free_port())
    url, log = f"http://127.0.0.1:{port}/api", tmp_path / "serve.log"
    with mail_server() as post:
        env = environment(tmp_path / "prefect") | ours(tmp_path, post)
        with service(f"{line_of(SERVE)} --port {port}", env, tmp_path, log) as serving:
            until("serve tells its schedules", lambda: "Weekly report  Mon 05:30 America/New_York" in log.read_text(), log)
            until("the deployments are there", lambda: deployed(url) == {"nightly", "weekly"}, log)
            stated = httpx.get(f"{url}/deployments/name/altbenefit-nightly/nightly", timeout=10).json()
            assert [(one["schedule"]["cron"], one["schedule"]["timezone"], one["active"]) for one in stated["schedules"]] == [
                ("0 4 * * *", "America/New_York", True)
            ]
            until("the scheduler has planned nights", lambda: planned(url) >= 3, log)
            line = command_lines("sh prefect")[-1]
            done = shell(line, env | {"PREFECT_API_URL": url}, tmp_path)
            assert done.returncode == 0, done.stderr
            until("the run has ended", lambda: bool(runs(url)), log)
            assert [run["state_name"] for run in runs(url)] == ["Published"]
            os.kill(serving.pid, signal.SIGTERM)
            serving.wait(timeout=60)
            assert not is_up(url), "the server ends with serve"
    assert (tmp_path / "store/reports/current/findings.parquet").exists()
    assert len(post.mails) == 1


def deployed(url: str) -> set[str]:
    try:
        return {one["name"] for one in httpx.post(f"{url}/deployments/filter", json={}, timeout=10).json()}
    except (httpx.HTTPError, ValueError, TypeError):
        return set()


def planned(url: str) -> int:
    """Runs that the server's scheduler has made of the schedules."""
    return len(httpx.post(f"{url}/flow_runs/filter", json={"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}, timeout=10).json())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """An empty PostgreSQL database on loopback."""
    tools = {
        name: shutil.which(name) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), "") for name in ("initdb", "postgres")
    }
    if not all(tools.values()):
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    data, port = tmp_path / "pg", free_port()
    as_user: dict = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(tmp_path, "nobody")
        for folder in tmp_path.parents:
            if folder.stat().st_uid == 0 and folder.name.startswith(("pytest-", "popen-")):
                folder.chmod(folder.stat().st_mode | 0o011)
        as_user = {"user": "nobody", "group": "nogroup"}
    made = subprocess.run(
        [tools["initdb"], "-D", data, "-U", "prefect", "-A", "trust", "--no-sync"], capture_output=True, text=True, check=False, **as_user
    )
    assert made.returncode == 0, made.stderr
    words = [tools["postgres"], "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"]
    with (tmp_path / "pg.log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log, **as_user)
    try:
        until("PostgreSQL is ready", lambda: b"ready to accept" in (tmp_path / "pg.log").read_bytes(), tmp_path / "pg.log")
        yield f"postgresql+asyncpg://prefect@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def test_with_postgresql_the_server_plans_the_same_nights(tmp_path: Path, database: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with prefect_server(home, PREFECT_API_DATABASE_CONNECTION_URL=database) as env:
        deploy(env, home, datetime(2026, 1, 1, 4, 0))
        until("the scheduler has planned nights", lambda: planned(env["PREFECT_API_URL"]) >= 3, home / "server.log")
    assert not (home / "prefect/prefect.db").exists()
