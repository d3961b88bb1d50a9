"""What a worker of the scaling benchmark does and notes: processor time of its own pieces of work."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flows import intake
from flows.exports import shipped_rules
from flows.inbox import named

SPENT: list[float] = []


def clocked(function: Callable[[Any], Any], order: Any) -> Any:
    """The piece of work, its processor time noted."""
    used = time.process_time()
    try:
        return function(order)
    finally:
        SPENT.append(time.process_time() - used)


def spent() -> float:
    """Seconds of all pieces of work so far."""
    return sum(SPENT)


def read_one(path: Path, as_of: date) -> None:
    """Read a chunk, for what a process pays once."""
    intake.readied(named([path]), intake.Rules(bytes(32), as_of, exports=shipped_rules()))
