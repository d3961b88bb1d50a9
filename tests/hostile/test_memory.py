"""Whatever a file of some megabytes holds, reading it takes less than 600 MB, Python and Polars included.

Each is read as the night reads it, in a process of its own; its highest resident size counts. Where the rows it makes are
kept too, as here, they count as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.helpers import ROOT, claim
from tests.hostile.inbox import HEAD, ISA, TAIL

LIMIT_MB = 600
SIZE = 10_000_000
CLAIM = b"CLP*A*1*5*5~"
GOOD = claim("5").encode()
READ = """
import json, sys
from pathlib import Path
from flows.reading import read_in_order
from transforms.tables.remittances import Blob
from transforms.x12 import gather
data = Path(sys.argv[1]).read_bytes()
found = gather(read_in_order([Blob("f" * 64, "a.835", memoryview(data))]))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([int(peak.split()[1]) / 1000, found.claims.height, int(found.faults["claim_count"].sum())]))
"""


def full(part: bytes) -> bytes:
    return part * (SIZE // len(part))


# content, claims that are read, claims at fault
QUICK = {
    "nothing but terminators": (HEAD + full(b"~") + GOOD + TAIL, 1, 0),
    "claims of four bytes": (HEAD + full(b"CLP~") + TAIL, 0, SIZE // 4),
}
SLOW = {
    "blank segments": (HEAD + full(b" ~") + GOOD + TAIL, 1, 0),
    "blank lines": (HEAD + full(b"\r\n ~") + GOOD + TAIL, 1, 0),
    "one endless adjustment": (HEAD + CLAIM + b"CAS*CO" + full(b"*45*1*") + b"~" + TAIL, 0, 1),
    "endless adjustments": (HEAD + CLAIM + full(b"CAS*CO*45*1~") + GOOD + TAIL, 1, 1),
    "endless lines": (HEAD + CLAIM + full(b"SVC~") + TAIL, 0, 1),
    "lines without a claim": (HEAD + full(b"SVC~") + TAIL, 0, 0),
    "endless remarks": (HEAD + CLAIM + b"SVC*AD:D1*5*5~" + full(b"LQ*HE*N2~") + TAIL, 0, 1),
    "short segments, not UTF-8": (HEAD + full(b"\xe9~") + GOOD + TAIL, 0, 1),
    "one long segment, not UTF-8": (HEAD + full(b"\xe9") + b"~" + GOOD + TAIL, 1, 0),
    "claims that cannot be read": (HEAD + full(b"CLP*1*1*x*1~") + TAIL, 0, SIZE // 12),
    "claims outside of any set": (ISA + b"GS*HP~" + full(b"CLP~") + TAIL, 0, SIZE // 4),
    "sets of nothing": (ISA + b"GS*HP~" + full(b"ST~") + TAIL, 0, 0),
    "835 sets of nothing": (ISA + b"GS*HP~" + full(b"ST*835*1~") + TAIL, 0, 0),
    "interchanges of nothing": (full(ISA), 0, 0),
    "a segment of ten million elements": (HEAD + b"REF" + full(b"*") + b"~" + GOOD + TAIL, 0, 1),
    "provider adjustments": (HEAD + full(b"PLB*1*2*WO*1*WO*1*WO*1*WO*1*WO*1*WO*1~") + TAIL, 0, 0),
    "segments nobody knows": (HEAD + full(b"A~") + GOOD + TAIL, 0, 1),
    "groups of nothing": (HEAD + full(b"GS~") + TAIL, 0, 0),
    "one long code": (HEAD + CLAIM + b"SVC*AD:" + full(b"X") + b"*5*5~" + TAIL, 1, 0),
}


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's account of a process's memory")
def test_memory_has_a_bound(tmp_path, name):
    data, read, at_fault = (QUICK | SLOW)[name]
    path = tmp_path / "a.835"
    path.write_bytes(data)
    done = subprocess.run([sys.executable, "-c", READ, str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    peak, claims, faulty = json.loads(done.stdout)
    assert (claims, faulty) == (read, at_fault)
    assert peak < LIMIT_MB
