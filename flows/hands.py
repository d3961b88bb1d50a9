"""Who does the heavy part of a night: this machine, unless a run brings helpers (flows.fan_out)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flows import intake
from flows.inbox import Arrival

Reads = Callable[[Sequence[list[Arrival]], intake.Rules], Iterator[Callable[[], intake.Ready]]]


@dataclass(frozen=True)
class Hands:
    """`reads` gives, for each chunk of files in order, what to call for the chunk once it is its turn."""

    reads: Reads = intake.here
