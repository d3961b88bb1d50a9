"""Nobody's name, member id, account, claim number or amount is found in anything that a command writes or says."""

import shutil
import stat

import polars as pl
import pytest

from tests.privacy.house import House, everything, leaks

# The command dies in the middle of a commit, of an error whose text quotes what it had in hand.
DYING = """
from pathlib import Path
from flows import store
def carry_through(root, journal):
    raise ValueError("row: " + Path({quoted!r}).read_bytes().decode("latin-1"))
store._carry_through = carry_through
from flows.cli import main; main()
"""


def crash(house: House, store: str, *words: str):
    quoted = str(house.work / "practice/inbox/charge.835")
    return house.audit(store, *words, program=DYING.format(quoted=quoted))


def test_every_kind_of_fault_is_told_without_a_patient(worked, planted):
    """The audit, and every command there is: a pack as open as it gets, the packet, the report, what settles an item."""
    items = pl.read_parquet(worked.work / "store/reports/current/quarantine.parquet")
    assert items["reason_code"].n_unique() >= 12
    assert set(items["source_file"].str.extract(r"\.(\w+)$")) >= {"835", "csv", "xlsx", "json"}
    assert leaks(worked, planted) == []


def test_the_search_would_find_a_patient(worked):
    """The same search, told to look for what is published, finds it raw, decoded and on the terminal."""
    found = {name for name, _ in leaks(worked, ["D2392", "set aside"])}
    assert "told" in found
    kinds = ["findings.parquet unpacked", "report.xlsx unpacked", ".docx unpacked", "report.html"]
    kinds += [".pdf unpacked"] if shutil.which("pdftotext") else []
    assert [kind for kind in kinds if not any(name.endswith(kind) for name in found)] == []
    assert sum(1 for _ in everything(worked.root)) > 50


def test_kept_originals_are_closed_to_others(worked):
    """What could not be used is kept for the practice to look into; nothing else holds a patient."""
    kept = list((worked.work / "store/quarantine/bytes").iterdir())
    assert kept
    assert all(stat.S_IMODE(path.stat().st_mode) & ~0o640 == 0 for path in kept)


@pytest.mark.parametrize("words", [pytest.param(["--json", "--strict"], marks=pytest.mark.slow), ["--dry-run"]])
def test_no_way_to_run_it_tells_a_patient(house, planted, words):
    done = house.audit("store", "--no-prefect", *words)
    assert done.returncode == 3, done.stderr
    assert leaks(house, planted) == []


def test_a_crash_tells_nobody(house, planted):
    """The error's text quotes a claim; only its kind is told, and what lies half written holds tokens."""
    done = crash(house, "store", "--no-prefect")
    assert (done.returncode, "ValueError" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert leaks(house, planted) == []


def test_a_full_disk_under_debug_tells_nobody(house, planted):
    """The traceback of --debug shows where, not whom. Files may not grow beyond a few kilobytes."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000)); import signal; signal.signal(25, signal.SIG_IGN); "
    done = house.audit("store", "--no-prefect", "--debug", program=limit + "from flows.cli import main; main()")
    assert (done.returncode, "Traceback" in done.stderr) == (1, True), done.stderr
    assert leaks(house, planted) == []


@pytest.mark.slow
def test_prefect_keeps_no_patient(house, planted):
    """Its database, its logs and its artifacts, after a night that went well and one that died."""
    assert house.audit("store").returncode == 3
    assert crash(house, "another").returncode == 1
    assert any(path.suffix == ".db" for path in (house.root / "prefect").rglob("*"))
    assert leaks(house, planted) == []


def test_everything_written_is_closed_to_others(worked):
    """Whatever the account's own umask: the fixture runs under 000."""
    written = [worked.work / "store", *(worked.work / "store").rglob("*")]
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in written if not path.is_symlink()}
    assert {path: oct(mode) for path, mode in modes.items() if mode & ~(0o750 if path.is_dir() else 0o640)} == {}
    assert modes[worked.work / "store/.key"] == 0o600


def test_a_key_is_never_replaced(worked, house):
    """The key is gone: the next run stops and says so, rather than make every patient somebody else."""
    shutil.copytree(worked.work / "store", house.work / "store", symlinks=True)
    (house.work / "store/.key").unlink()
    again = house.audit("store", "--no-prefect")
    assert (again.returncode, (house.work / "store/.key").exists()) == (2, False)
    assert "key" in again.stderr
