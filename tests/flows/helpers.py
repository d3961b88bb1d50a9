"""Running the audit, comparing trees, drawing small 835 files."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl

from flows.gate import Verdict
from flows.night import audit
from flows.practice import order_for
from flows.summary import Summary

ROOT = Path(__file__).resolve().parents[2]
CLAIMS, SEED, MONTHS = 250, 5, 5  # of the practice; a night costs by the month


def without_gate(name, function, *args):
    """A step that leaves out the gate, which reads and changes nothing and has tests of its own: two seconds a run."""
    return Verdict() if name == "gate" else function(*args)


def run(folder: Path, step=without_gate, **changes) -> Summary:
    """Audit the practice in this process."""
    given = order_for(folder, folder / "store")
    return audit(replace(given, **changes), step=step)


def tree(root: Path) -> dict[str, str]:
    """Every path below `root` with the hash of its bytes, or where a link points."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[name] = "folder"
    return found


def mart(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "store/reports/current" / f"{name}.parquet")


def command(*words: object, **options) -> subprocess.CompletedProcess:
    """The console command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *map(str, words)],
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=120, **options,
    )  # fmt: skip


def an_835(claims: str, amount: str = "80", trace: str = "T1", control: int = 1) -> bytes:
    """One payment of one payer dated 2026-03-10, around the claim segments given."""
    body = f"ST*835*0001~BPR*I*{amount}*C*ACH************20260310~TRN*1*{trace}*1999999999~"
    body += f"N1*PR*SAMPLE DENTAL~REF*2U*S1~N1*PE*PRACTICE*XX*1999999984~LX*1~{claims}"
    body += f"SE*{body.count('~') + 1}*0001~"
    head = f"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260310*0000*^*00501*{control:09d}*0*P*:~"
    head += f"GS*HP*S*R*20260310*0000*{control}*X*005010X221A1~"
    return f"{head}{body}GE*1*{control}~IEA*1*{control:09d}~".encode()


def claim(number: str, charge: int = 100, paid: int = 80, adjusted: int | None = None) -> str:
    """A claim of one line; it balances unless `adjusted` is given."""
    less = charge - paid if adjusted is None else adjusted
    head = f"CLP*A{number}*1*{charge}*{paid}**12*C{number}~NM1*QC*1*DOE*JANE****MI*M{number}~"
    return f"{head}SVC*AD:D2392*{charge}*{paid}~DTM*472*20260301~CAS*CO*45*{less}~"


def put(inbox: Path, name: str, data: bytes) -> Path:
    """A file that arrived long ago."""
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path
