"""One thing that `doctor` looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A fact, whether it is as it should be, what to do where it is not, and what is good to know where it is."""

    name: str
    is_ok: bool
    fact: str
    next_step: str = ""
    note: str = ""
