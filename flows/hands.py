"""Who does the heavy part of a night: this machine, unless a run brings helpers (flows.fan_out)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows import intake
from flows.inbox import Arrival

FAN_OUT = ".fan-out"  # below the store: what helpers hand over; gone when the run is
Reads = Callable[[Sequence[list[Arrival]], intake.Rules], Iterator[Callable[[], intake.Ready]]]


@dataclass(frozen=True)
class Hands:
    """`reads` gives, for each chunk of files in order, what to call for the chunk once it is its turn."""

    reads: Reads = intake.here


def alone(store: Path) -> Hands:
    """This machine's own hands; what a run with helpers that died has left behind goes. The caller holds the store."""
    shutil.rmtree(store / FAN_OUT, ignore_errors=True)
    return Hands()
