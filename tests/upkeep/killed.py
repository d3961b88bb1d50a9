"""Upkeep of copies of a store, each killed before one of its changes and then run again; run as a process of its own.

`python -m tests.upkeep.killed STORE FOLDER STRIDE`: a process that has not used Polars yet forks one for each run, so that a kill
is real and costs no start. Prints one JSON object: changes of an undisturbed run, and what differed where.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from config.operations import Retention
from flows import upgrade, upkeep
from flows.lock import hold
from flows.store import read_manifest
from tests.flows.helpers import tree

RETENTION = Retention(is_nightly=True, fold_after_days=1, history_days=2, history_weeks=0, settled_days=1)
CHANGES = ("replace", "rename", "unlink", "rmdir")


def tidy(store: Path) -> None:
    with hold(store):
        upgrade.prepare(store)
        upkeep.tidy(store, read_manifest(store), RETENTION, 1, date(2026, 8, 30))


def in_a_fork(store: Path, moment: int) -> tuple[int, int]:
    """Tidy in a process that dies before its `moment`th change; how it ended, and how many changes it had left."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        _die_at(store, moment, writes)
    os.close(writes)
    _, status = os.waitpid(pid, 0)
    with os.fdopen(reads) as said:
        return status, moment - int(said.read() or moment)


def _die_at(store: Path, moment: int, writes: int) -> NoReturn:
    left = [moment]

    def dying(change):
        def changed(*args, **options):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*args, **options)

        return changed

    for name in CHANGES:
        setattr(os, name, dying(getattr(os, name)))
    try:
        tidy(store)
        os.write(writes, str(left[0]).encode())
        os._exit(0)
    finally:
        os._exit(1)


def half_told(store: Path, before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What a reader could stumble over in a store whose upkeep died: files named and not there, publications in part."""
    wrong = [path for paths in read_manifest(store).files.values() for path in paths if not (store / path).exists()]
    now = tree(store)
    wrong += [path for path in before if path in after and path.startswith("reports/") and now.get(path) != before[path]]
    for folder in store.glob("reports/history/*/*"):
        held = {name for name in before if name.startswith(f"{folder.relative_to(store)}/")}
        wrong += [] if held <= now.keys() else [str(folder.relative_to(store))]
    return wrong


def main(source: Path, folder: Path, stride: int) -> None:
    whole = Path(shutil.copytree(source, folder / "undisturbed", symlinks=True))
    before = tree(source)
    status, changes = in_a_fork(whole, 10**6)
    after = tree(whole)
    wrong: dict[str, list[str]] = {} if status == 0 else {"undisturbed": ["did not end well"]}
    for moment in range(1, changes + 1, stride):
        store = Path(shutil.copytree(source, folder / "killed", symlinks=True))
        died, _ = in_a_fork(store, moment)
        found = half_told(store, before, after) if died == signal.SIGKILL else ["was not killed"]
        again, _ = in_a_fork(store, 10**6)
        now = tree(store)
        found += [name for name in now.keys() | after.keys() if now.get(name) != after.get(name)] if again == 0 else ["did not end"]
        if found:
            wrong[str(moment)] = sorted(found)[:5]
        shutil.rmtree(store)
    print(json.dumps({"changes": changes, "wrong": wrong, "folded": len(read_manifest(whole).folded)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
