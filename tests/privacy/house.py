"""Commands in a house of their own: every folder they could write to is known, and every byte of it can be searched."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
GUARD = Path(__file__).resolve().parent / "guard"
NO_NETWORK = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh")
SEVERAL = """
import json, sys
from flows.cli import altbenefit
for words in json.loads(sys.argv[1]):
    altbenefit(words, standalone_mode=False)
"""
START = "from flows.cli import main; main()"


@dataclass(frozen=True)
class House:
    """A folder that holds home, temporary files, Prefect's files and, below `work`, whatever a command writes."""

    root: Path

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def calls(self) -> list[str]:
        """What commands tried to reach beyond this machine."""
        path = self.root / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def run(self, *words: object, program: str = START, before: tuple[str, ...] = (), **more: str) -> subprocess.CompletedProcess[str]:
        """The console command; `before` are words that start it, `more` further environment."""
        for name in ("home", "tmp", "prefect", "work"):
            (self.root / name).mkdir(exist_ok=True)
        told = {
            "HOME": str(self.root / "home"), "TMPDIR": str(self.root / "tmp"), "PREFECT_HOME": str(self.root / "prefect"),
            "PATH": os.environ["PATH"], "PYTHONPATH": f"{GUARD}:{ROOT}", "ALTBENEFIT_TEST_CALLS": str(self.root / "calls"), **more,
        }  # fmt: skip
        done = subprocess.run(
            [*before, sys.executable, "-c", program, *map(str, words)],
            capture_output=True, text=True, cwd=self.work, env=told, check=False, timeout=240,
        )  # fmt: skip
        with (self.root / "told").open("a") as out:
            out.write(done.stdout + done.stderr)
        return done

    def several(self, *commands: list[str], **options) -> subprocess.CompletedProcess[str]:
        """Several commands in one process; every one must do."""
        return self.run(json.dumps([[str(word) for word in words] for words in commands]), program=SEVERAL, **options)

    def audit(self, store: str, *words: object, **options) -> subprocess.CompletedProcess[str]:
        """The audit of the practice in `work/practice`."""
        practice = self.work / "practice"
        return self.run("audit", "--inbox", practice / "inbox", "--config", practice / "config",
                        "--store", self.work / store, "--as-of", "2026-06-30", *words, **options)  # fmt: skip


def without_network() -> tuple[str, ...]:
    """Words that start a command on a machine without a network, where the kernel allows; the guard stands in any case."""
    if not shutil.which("unshare"):
        return ()
    return NO_NETWORK if subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0 else ()


def leaks(house: House, words: list[str]) -> list[tuple[str, str]]:
    """(file, word) for every planted word outside the inbox and the bytes that the quarantine keeps, whatever its case."""
    return [(name, word) for name, data in everything(house.root) for word in words if word.lower().encode() in data]


def everything(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file's name and bytes in lower case, also unpacked; the practice itself and the kept originals are left out."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith("work/practice/") or "quarantine/bytes/" in name or "/practice/" in name:
            continue
        yield f"name of {name}", name.lower().encode()
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            yield name, data.lower()
            yield f"{name} unpacked", _unpacked(path, data).lower()


def _unpacked(path: Path, data: bytes) -> bytes:
    if path.suffix == ".parquet":
        return pl.read_parquet(path).write_ndjson().encode()
    if data[:4] == b"PK\x03\x04":  # a workbook, a letter
        with zipfile.ZipFile(path) as book:
            return b"\n".join(name.encode() + b"\n" + book.read(name) for name in book.namelist())
    if data[:5] == b"%PDF-" and shutil.which("pdftotext"):
        return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout
    return _inflated(data)


def _inflated(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    try:
        return zlib.decompress(data) if data[:1] == b"\x78" else b""
    except zlib.error:
        return b""
