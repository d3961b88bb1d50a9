"""linuxforhealth-x12: a validated pydantic model of each transaction set, amounts as Decimals; codes stay composite text.

A PER segment of the payer, which the guide requires, ends in a ValidationError ("value is not a valid list"), so both sides get files
without. It needs pydantic 1, though it asks for any from 1.9 on; with pydantic 2 it fails at import.
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false
# Runs in an environment of its own, where the reader is installed.
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from linuxforhealth.x12.io import X12ModelReader

from benchmarks.peers.result import Found, cents, main


def read(paths: Sequence[Path]) -> Callable[[], Found]:
    claims = []
    for path in paths:
        with X12ModelReader(str(path)) as reader:
            for model in reader.models():
                claims += [claim for loop in model.loop_2000 for claim in loop.loop_2100]
    lines = [line for claim in claims for line in claim.loop_2110 or []]
    adjustments = [found for line in lines for cas in line.cas_segment or [] for found in _adjustments(cas)]
    return lambda: Found(
        claims=len(claims),
        lines=len(lines),
        adjustments=len(adjustments),
        charge_cents=sum(cents(line.svc_segment.line_item_charge_amount) for line in lines),
        paid_cents=sum(cents(line.svc_segment.line_item_provider_payment_amount) for line in lines),
        adjusted_cents=sum(cents(amount) for _, _, amount in adjustments),
    )


def _adjustments(cas) -> list[tuple]:
    """Group, reason and amount of each of up to six."""
    found = []
    for at in range(1, 7):
        reason = getattr(cas, f"adjustment_reason_code_{at}")
        if reason is None:
            break
        found.append((cas.adjustment_group_code, reason, getattr(cas, f"monetary_amount_{at}")))
    return found


if __name__ == "__main__":
    main(read)
