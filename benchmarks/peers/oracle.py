"""The tests' second reader: plain Python that finds the very same tables and tells the same faults; written to be obvious, not quick."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.peers.result import Found, cents, main
from tests.oracle import row_reader


def read(paths: Sequence[Path]) -> Callable[[], Found]:
    found = row_reader.read([(hashlib.sha256(path.name.encode()).hexdigest(), path.name, path.read_bytes()) for path in paths])
    lines, adjustments = found["service_lines"], found["adjustments"]
    return lambda: Found(
        claims=len(found["claims"]),
        lines=len(lines),
        adjustments=len(adjustments),
        charge_cents=sum(cents(line["charge_amount"]) for line in lines),
        paid_cents=sum(cents(line["paid_amount"]) for line in lines),
        adjusted_cents=sum(cents(one["amount"]) for one in adjustments),
    )


if __name__ == "__main__":
    main(read)
