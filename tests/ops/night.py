"""Nights of a small practice: remittances that arrive, the audit of them without the gate, and the command itself."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from flows.gate import Verdict
from flows.logs import silent
from flows.night import Watch, audit
from flows.order import Order
from flows.summary import Summary
from flows.unattended import unattended

ROOT = Path(__file__).resolve().parents[2]


def without_gate(name: str, function, *args) -> Any:
    """A step that leaves out the gate, which reads and changes nothing and has tests of its own."""
    return Verdict() if name == "gate" else function(*args)


def night(folder: Path, as_of: date, said: list[str] | None = None, step=without_gate, record=silent) -> Summary:
    """An unattended audit of the practice in this process; what it says on stderr goes to `said`."""
    order = Order(folder / "inbox", folder / "store", as_of, folder / "config" if (folder / "config").exists() else None)
    return unattended(order, lambda: audit(order, step, Watch(record=record)), record, (said if said is not None else []).append)


def arrives(folder: Path, name: str, data: bytes) -> None:
    """A file that arrived long ago, so that no run waits for it to settle."""
    path = folder / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000))


def remittance(number: str, paid_on: str = "20260310", payer: str = "SAMPLE DENTAL", claims: int = 1) -> bytes:
    """One payment of claims that are each downgraded: D2392 billed at 275, D2150 allowed at 120, 155 left to the patient."""
    lines = "".join(
        f"CLP*A{number}{at}*1*275*120*155*12*C{number}{at}~NM1*QC*1*DOE*JANE****MI*M{number}{at}~"
        f"SVC*AD:D2150*275*120**1*AD:D2392~DTM*472*20260301~CAS*PR*169*155~"
        for at in range(claims)
    )
    body = f"ST*835*0001~BPR*I*{120 * claims}*C*ACH************{paid_on}~TRN*1*{number}*1999999999~"
    body += f"N1*PR*{payer}~REF*2U*S1~N1*PE*PRACTICE*XX*1999999984~LX*1~{lines}"
    body += f"SE*{body.count('~') + 1}*0001~"
    head = f"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *{paid_on[2:]}*0000*^*00501*000000001*0*P*:~"
    head += f"GS*HP*S*R*{paid_on}*0000*1*X*005010X221A1~"
    return f"{head}{body}GE*1*1~IEA*1*000000001~".encode()


def command(*words: object, **options) -> subprocess.CompletedProcess:
    """The console command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *map(str, words)],
        capture_output=True, text=True, cwd=options.pop("cwd", ROOT), check=False, timeout=180, **options,
    )  # fmt: skip
