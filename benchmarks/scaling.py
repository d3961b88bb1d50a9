"""What more workers bring, and what Dask costs: `python -m benchmarks.scaling --size 48 --workers 1,2,4`.

A first night of several chunks, by threads and then by the workers of a Dask cluster on loopback, each into a store of its own.
Processor time is that of the run's own process, and of the workers while they had a chunk; wall clock says little where workers
outnumber cores or the machine is shared, so the table also says what a night would take if every worker had a core of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from distributed import Client

from benchmarks.clocked import clocked, read_one, spent
from benchmarks.corpus import corpus
from flows import intake
from flows.fan_out.connect import CLIENT, hands_of, reached
from flows.fan_out.crew import crew_of
from flows.hands import Hands
from flows.lock import hold
from flows.night import work
from flows.order import Order
from flows.store import read_manifest, scan
from tests.many.cluster import Cluster, cluster

AS_OF = date(2026, 1, 31)
CHUNKS = 8
TICK = os.sysconf("SC_CLK_TCK")
TASKS = 100
STEPS: dict[str, float] = {}


def main() -> None:
    """Print the table, and one JSON object with all that it was made of."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--size", type=float, default=48, help="megabytes of 835")
    words.add_argument("--workers", default="1,2,4", help="how many workers, by commas")
    words.add_argument("--night", nargs=2, metavar=("FOLDER", "ADDRESS"), help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.night:
        night(Path(given.night[0]), given.night[1])
        return
    with tempfile.TemporaryDirectory(prefix="altbenefit-scaling-") as scratch:
        base = Path(scratch)
        make(base / "inbox", int(given.size * 1e6))
        found = [measured(base, 0), *(measured(base, int(count)) for count in given.workers.split(","))]
    print(table(found))
    print(json.dumps(found))


def make(inbox: Path, size: int) -> None:
    """Files of one chunk each, every one of other payments and people."""
    inbox.mkdir()
    whole = corpus(size // CHUNKS)
    for number in range(CHUNKS):
        own = whole
        for mark in (b"EFT", b"ACCT", b"PCN", b"MBR"):
            own = own.replace(mark + b"0", mark[:1] + b"%d" % number + mark[2:] + b"0")
        path = inbox / f"{number}.835"
        path.write_bytes(own)
        os.utime(path, (1_700_000_000, 1_700_000_000))


def measured(base: Path, count: int) -> dict[str, Any]:
    """One night with so many workers; none is threads."""
    folder = base / f"night-{count}"
    folder.mkdir()
    key = base / "key"
    if not key.exists():
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
    os.environ["ALTBENEFIT_KEY_FILE"] = str(key)
    if not count:
        return {"workers": 0, **in_process(folder, "-")}
    names = [f"w{number}" for number in range(count)]
    with cluster(folder / "cluster", *names) as made:
        warm(made, count, base / "inbox")
        before = cpu_of(made, names)
        own = in_process(folder, made.address)
        whole = round(cpu_of(made, names) - before, 2)  # with heartbeats, which cost by the clock
        return {"workers": count, "their_whole_cpu": whole, "a_task_ms": task_cost(made), **own}


def warm(made: Cluster, count: int, inbox: Path) -> None:
    """Every worker has read a chunk before: a cluster is started once, not every night."""
    with Client(made.address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)
        client.run(read_one, inbox / "0.835", AS_OF)


def task_cost(made: Cluster) -> float:
    """Milliseconds of this process for a piece of work that does nothing."""
    with Client(made.address, set_as_default=False) as client:
        used = time.process_time()
        for number in range(TASKS):
            client.submit(abs, -number, key=f"nothing-{number}", pure=False).result()
        return round((time.process_time() - used) / TASKS * 1000, 2)


def cpu_of(made: Cluster, names: list[str]) -> float:
    """Processor seconds of these workers so far."""
    fields = [Path(f"/proc/{made.running[name].pid}/stat").read_text().rpartition(")")[2].split() for name in names]
    return sum(int(one[11]) + int(one[12]) for one in fields) / TICK


def in_process(folder: Path, address: str) -> dict[str, Any]:
    """A night in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scaling", "--night", str(folder), address]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def night(folder: Path, address: str) -> None:
    """One night, measured; prints one JSON object."""
    intake.CHUNK_BYTES = 1  # every file is a chunk
    order = Order(folder.parent / "inbox", folder / "store", AS_OF)
    begun, used = time.perf_counter(), time.process_time()
    their = 0.0
    with hold(order.store):
        if address == "-":
            work(order, timed, None, Hands())
        else:
            their = with_helpers(order, address)
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    manifest = read_manifest(order.store)
    lines = scan(order.store, manifest, "service_lines").select("line_id").collect().height
    sizes = sum(path.stat().st_size for path in (order.store / "lake").rglob("*.parquet"))
    print(json.dumps({
        "wall": round(wall, 2), "cpu": round(cpu, 2), "their_cpu": round(their, 2), "lines": lines, "generation": manifest.generation, 
        "lake_bytes": sizes, "inbox_bytes": sum(path.stat().st_size for path in order.inbox.iterdir()), 
        "steps": {name: round(took, 2) for name, took in STEPS.items()},
    }))  # fmt: skip


def with_helpers(order: Order, address: str) -> float:
    """The night with the cluster's workers; processor seconds that their pieces of work took."""
    with reached(address, lambda: Client(address, **CLIENT)) as client:

        def submit(step: str, function: Callable[..., Any], piece: Any) -> Any:
            return client.submit(clocked, function, piece, pure=False)

        with crew_of(client, submit, order.store) as crew:
            work(order, timed, None, hands_of(crew, order.store))
        return sum(client.run(spent).values())


def timed(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """A step that notes its processor time in this process; the gate, which looks at small tables, is left out."""
    if name == "gate":
        from flows.gate import Verdict

        return Verdict()
    used = time.process_time()
    try:
        return function(*args)
    finally:
        STEPS[name] = STEPS.get(name, 0) + time.process_time() - used


def table(found: list[dict[str, Any]]) -> str:
    """Markdown: a row for threads and each number of workers."""
    assert len({one["generation"] for one in found}) == 1, "the same bytes, whoever reads"
    head = "| workers | wall | run's own processor | workers' processor | microseconds a line | serial share | with a core each |"
    rows = [head, "|---|---|---|---|---|---|---|"]
    for one in found:
        whole = one["cpu"] + one["their_cpu"]
        cells = [
            str(one["workers"] or "threads"), f"{one['wall']:.1f} s", f"{one['cpu']:.1f} s", f"{one['their_cpu']:.1f} s",
            f"{whole / one['lines'] * 1e6:.1f}", f"{one['cpu'] / whole:.0%}",
            f"{one['cpu'] + one['their_cpu'] / max(1, one['workers']):.1f} s",
        ]  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
