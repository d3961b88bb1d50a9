"""TigerShark: objects that search their loop for each value asked for; amounts are Decimals, reasons come with descriptions.

Its procedure codes are those with the qualifier HC, and a dental line's is AD, so the code is taken from the segment itself. Of several
CAS segments of one group in a line it shows the first.
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false
# Runs in an environment of its own, where the reader is installed.
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tigershark.util import apply_facade_to_simple_x12

from benchmarks.peers.result import Found, cents, main

GROUPS = ("contractual_obligation", "correction_and_reversal", "other", "payor_initiated_reductions", "patient_responsibility")


def read(paths: Sequence[Path]) -> Callable[[], Found]:
    claims, lines, adjustments = [], [], []
    for path in paths:
        message = apply_facade_to_simple_x12(path.read_text())
        for one in getattr(message, "facades", [message]):
            for claim in one.claims:
                about = claim.payment_info
                claims.append(
                    (about.patient_control_number, about.status_code, about.total_charge, about.payment, about.patient_responsibility)
                )
                for line in claim.line_items:
                    code = line.segList("SVC")[0].segment.getByPos(1)
                    lines.append((len(claims), code, line.charge, line.payment, line.service_date, line.allowed_amount, line.notes))
                    adjustments += [found for group in GROUPS for found in _adjustments(getattr(line.claim_adjustments, group), len(lines))]
    return lambda: Found(
        claims=len(claims),
        lines=len(lines),
        adjustments=len(adjustments),
        charge_cents=sum(cents(line[2]) for line in lines),
        paid_cents=sum(cents(line[3]) for line in lines),
        adjusted_cents=sum(cents(amount) for _, _, _, amount in adjustments),
    )


def _adjustments(cas, line: int) -> list[tuple]:
    """Group, reason and amount of each of up to six."""
    found = []
    for at in range(1, 7):
        reason = getattr(cas, f"reason_{at}")
        if not reason:
            break
        found.append((line, cas.group, reason, getattr(cas, f"amount_{at}")))
    return found


if __name__ == "__main__":
    main(read)
