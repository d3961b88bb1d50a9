"""pyx12: text of each element by its path in the guide, checked against the guide's map on the way; amounts and dates stay text."""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false
# Runs in an environment of its own, where the reader is installed.
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyx12.error_handler
import pyx12.params
import pyx12.x12context

from benchmarks.peers.result import Found, cents, main

CLAIM = ("CLP01", "CLP02", "CLP03", "CLP04", "CLP05", "CLP07")
LINE = ("SVC01-2", "SVC02", "SVC03", "SVC05", "SVC06-2", "DTM[472]02", "AMT[B6]02", "REF[6R]02")


def read(paths: Sequence[Path]) -> Callable[[], Found]:
    claims, lines, adjustments = [], [], []
    for path in paths:
        with path.open() as file:
            reader = pyx12.x12context.X12ContextReader(pyx12.params.params(), pyx12.error_handler.errh_null(), file)
            for claim in reader.iter_segments("2100"):
                if claim.id != "2100":
                    continue
                claims.append([claim.get_value(element) for element in CLAIM])
                for line in claim.select("2110"):
                    lines.append([line.get_value(element) for element in LINE])
                    for cas in line.select("CAS"):
                        adjustments += _adjustments(cas, len(lines))
    return lambda: Found(
        claims=len(claims),
        lines=len(lines),
        adjustments=len(adjustments),
        charge_cents=sum(cents(line[1]) for line in lines),
        paid_cents=sum(cents(line[2]) for line in lines),
        adjusted_cents=sum(cents(amount) for _, _, _, amount in adjustments),
    )


def _adjustments(cas, line: int) -> list[tuple[int, str, str, str]]:
    """Group, reason and amount of each of up to six in a segment."""
    found = []
    for at in range(2, 20, 3):
        reason = cas.get_value(f"CAS{at:02}")
        if not reason:
            break
        found.append((line, cas.get_value("CAS01"), reason, cas.get_value(f"CAS{at + 1:02}")))
    return found


if __name__ == "__main__":
    main(read)
