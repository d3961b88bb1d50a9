"""Disk full, a store that may not be written, spoilt lake files, bombs in little memory, two runs at once."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import polars as pl
import pytest

from flows import unpack
from flows.unpack import Unusable, members
from tests.flows.helpers import ROOT, an_835, claim, command, put, tree
from tests.hostile.inbox import GOOD, night

LIMITED = """
import resource, sys
resource.setrlimit(resource.{limit}, ({size}, {size}))
from flows.cli import main
main()
"""


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def encrypted(data: bytes) -> bytes:
    """The archive with the mark of encryption on its members, in both places where it stands."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for place in re.finditer(re.escape(signature), data):
            marked[place.start() + offset] |= 1
    return bytes(marked)


def audit_words(folder: Path) -> list[object]:
    return ["audit", "--inbox", folder / "in", "--store", folder / "store", "--as-of", "2026-06-30", "--no-prefect"]


def limited(folder: Path, limit: str, size: int) -> subprocess.CompletedProcess:
    """The audit in a process that the system limits."""
    script = LIMITED.format(limit=limit, size=size)
    words = [sys.executable, "-c", script, *map(str, audit_words(folder))]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def published(tmp_path) -> Path:
    """A store with one publication, and one more file in the inbox."""
    night(tmp_path, {})
    put(tmp_path / "in", "more.835", an_835(claim("2"), trace="MORE"))
    return tmp_path


def current(folder: Path) -> dict[str, str]:
    return tree((folder / "store/reports/current").resolve())


def test_archives_of_every_bad_kind(tmp_path):
    bomb = gzip.compress(bytes(120_000_000))
    files = {
        "bomb.gz": bomb,
        "nested.zip": zipped({"a.zip": zipped({"bomb.gz": bomb})}),
        "up.zip": zipped({"../../../up.835": an_835(claim("1"), trace="UP"), "/root/abs.835": an_835(claim("3"), trace="ABS")}),
        "locked.zip": encrypted(zipped({"a.835": GOOD + b"\n"})),
        "cut.gz": gzip.compress(GOOD)[:-10],
        "kind.zip": b"PK\x03\x04" + b"\xff" * 60 + b"PK\x05\x06" + b"\xff" * 18,
        "sheet.xlsx": zipped({"[Content_Types].xml": b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x>&b;</x>"}),
    }
    found = night(tmp_path, files)
    for name in ("bomb.gz", "nested.zip", "locked.zip", "cut.gz", "kind.zip"):
        assert found.reasons(name) == {"damaged_archive"}, name
    assert found.reasons("sheet.xlsx")
    inside = found.files.filter(found.files["source_file"].str.starts_with("up.zip!"))
    assert sorted(inside["source_file"]) == ["up.zip!root/abs.835", "up.zip!up.835"] and set(inside["status"]) == {"loaded"}
    assert not [path for path in tmp_path.parent.rglob("up.835")]


def test_a_locked_archive_is_kept_and_counted_once(tmp_path):
    """Whatever the number of its files: else a thousand of them would fill the disk with a thousand copies of it."""
    inside = {f"{number}.835": Random(number).randbytes(3_000) for number in range(200)}
    locked = encrypted(zipped(inside))
    found = night(tmp_path, {"locked.zip": locked})
    [row] = found.files.filter(pl.col("source_file").str.starts_with("locked.zip")).to_dicts()
    assert (row["source_file"], row["bytes"], row["status"]) == ("locked.zip", len(locked), "quarantined")
    [reason] = found.items["reason"].to_list()
    assert reason == "200 files in it cannot be unpacked; the first: the file in the zip archive is encrypted"
    kept = list((tmp_path / "store/quarantine/bytes").iterdir())
    assert [gzip.decompress(path.read_bytes()) for path in kept] == [locked]


def test_an_archive_of_many_bombs_ends_soon(monkeypatch):
    """Each member alone is within bounds; all of them together are not."""
    monkeypatch.setattr(unpack, "ARCHIVE_BYTES", 50_000_000)
    found = [content for _, content in members(zipped({f"{number}": bytes(9_000_000) for number in range(12)}))]
    assert [isinstance(content, Unusable) for content in found] == [False] * 5 + [True] * 7


@pytest.mark.slow
def test_heavy_files_stay_within_600_megabytes(tmp_path):
    """Peak resident memory of the reader's process, on ten megabytes of one thing; docs/reliability.md says what takes more."""
    # VmHWM, since ru_maxrss of a child starts at what its parent held.
    script = (
        "import re, sys; from flows.cli import main\n"
        "try:\n    main()\nfinally:\n    print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1], file=sys.stderr)"
    )
    head, tail = GOOD[: GOOD.index(b"LX*1")], b"SE*1*0001~GE*1*1~IEA*1*000000001~"
    for name, middle in {"one": b"REF*EV*" + b"X" * 10_000_000 + b"~", "nul": bytes(10_000_000) + b"~"}.items():
        put(tmp_path / name, "x.835", head + middle + tail)
        words = [sys.executable, "-c", script, "parse", str(tmp_path / name), "--out", str(tmp_path / "out")]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        assert int(done.stderr.split()[-1]) < 600_000, name


@pytest.mark.slow
def test_a_full_disk_leaves_the_last_report(published):
    before = current(published)
    done = limited(published, "RLIMIT_FSIZE", 3_000)
    assert done.returncode == 1
    assert "next: Free some space" in done.stderr and "Traceback" not in done.stderr
    assert current(published) == before
    assert command(*audit_words(published)).returncode == 0


def test_a_store_that_may_not_be_written(published):
    """A folder in the place of the lock: not even root can take it, so the test says the same for every account."""
    before = current(published)
    lock = published / "store/.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    done = command(*audit_words(published))
    assert done.returncode == 1 and "file:" in done.stderr and "next:" in done.stderr
    assert current(published) == before


@pytest.mark.parametrize("harm", ["cut", "garbled", "gone"])
def test_a_spoilt_lake_file_is_named_and_the_last_report_stays(published, harm):
    before = current(published)
    [path] = (published / "store/lake/claims").rglob("*.parquet")
    data = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if harm == "cut" else data[:-8] + b"garbage!")
    done = command(*audit_words(published))
    assert done.returncode == 1
    assert path.name in done.stderr and "next: Restore" in done.stderr
    assert current(published) == before


def test_a_spoilt_manifest_is_named(published):
    before = current(published)
    (published / "store/manifest.json").write_text('{"files": 3')
    done = command(*audit_words(published))
    assert done.returncode == 1 and "manifest" in done.stderr
    assert current(published) == before


def test_two_runs_at_once(tmp_path):
    """Whichever comes second ends with 75 within two seconds of work; the other one publishes."""
    put(tmp_path / "in", "good.835", GOOD)
    words = [sys.executable, "-c", "from flows.cli import main; main()", *map(str, audit_words(tmp_path))]
    runs = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert sorted(run.wait(120) for run in runs) == [0, 75]
    assert os.path.exists(tmp_path / "store/reports/current/findings.parquet")
