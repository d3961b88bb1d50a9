"""A disk that is really full and a store that is really read-only: a small tmpfs and a bind mount in a namespace of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.helpers import ROOT, an_835, claim, put, tree
from tests.hostile.inbox import night

MOUNTS = ("unshare", "--map-root-user", "--mount")
AUDIT = "from flows.cli import main; main()"
# $1 python, $2 inbox, $3 store as it was, $4 where it is mounted, $5 size, $6 and $7 where the trees go.
FULL = f"""
run() {{ "$1" -c '{AUDIT}' audit --inbox "$2" --store "$4" --as-of 2026-06-30 --no-prefect; }}
mount -t tmpfs -o size="$5" tmpfs "$4" && cp -a "$3/." "$4" || exit 99
run "$@"; code=$?
cp -a "$4" "$6"
mount -o remount,size=100m "$4" || exit 99
run "$@" >/dev/null; again=$?; [ $again = 0 ] || [ $again = 4 ] || exit 98
cp -a "$4" "$7"; exit $code
"""
READ_ONLY = f"""
mount --bind "$3" "$3" && mount -o remount,ro,bind "$3" || exit 99
"$1" -c '{AUDIT}' audit --inbox "$2" --store "$3" --as-of 2026-06-30 --no-prefect
"""


@pytest.fixture(autouse=True)
def namespaces() -> None:
    able = shutil.which("unshare") and subprocess.run([*MOUNTS, "true"], capture_output=True, check=False).returncode == 0
    if not able:
        pytest.skip("mounting needs a namespace of its own, which this system does not give")


@pytest.fixture
def published(tmp_path) -> Path:
    """A store with one publication, and one more file in the inbox."""
    night(tmp_path, {})
    put(tmp_path / "in", "more.835", an_835(claim("2"), trace="MORE"))
    return tmp_path


def within(script: str, *words: object) -> subprocess.CompletedProcess:
    words = (*MOUNTS, "sh", "-c", script, "sh", sys.executable, *map(str, words))
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode < 98, done.stderr
    return done


def current(store: Path) -> dict[str, str]:
    return tree((store / "reports/current").resolve())


def blocks(store: Path) -> int:
    """What a tmpfs takes for this tree: whole pages of 4 KiB, one for a folder."""
    return sum(max(1, -(-path.lstat().st_size // 4096)) for path in store.rglob("*")) + 1


@pytest.mark.slow
def test_a_disk_that_fills_up_at_any_stage(published):
    """Readers see the old set or the new one; with room again, the next run leaves what an undisturbed one leaves."""
    store, mounted = published / "store", published / "disk"
    mounted.mkdir()
    before = current(store)
    plain = within(FULL, published / "in", store, mounted, "100m", published / "plain", published / "again")
    assert plain.returncode == 0
    undisturbed, after = tree(published / "plain"), current(published / "plain")
    room = blocks(published / "plain") - blocks(store)
    codes = []
    for part in (1, 4, 6):
        first, second = published / f"full{part}", published / f"rerun{part}"
        size = f"{4 * (blocks(store) + room * part // 7)}k"
        done = within(FULL, published / "in", store, mounted, size, first, second)
        codes.append(done.returncode)
        assert current(first) in (before, after), size
        assert tree(second) == undisturbed, size
        if done.returncode:
            assert "next: Free some space" in done.stderr and "Traceback" not in done.stderr, done.stderr
            assert current(first) == before, size
    assert codes.count(1) >= 2, codes


def test_a_store_mounted_read_only(published):
    """Configuration's fault, said with the path; nothing changes, and the last report is still there to read."""
    before = tree(published / "store")
    done = within(READ_ONLY, published / "in", published / "store")
    assert done.returncode == 2
    assert "Read-only file system" in done.stderr and "next: " in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 5
    assert tree(published / "store") == before
