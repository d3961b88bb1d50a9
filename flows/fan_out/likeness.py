"""What must be the same on every machine, so that it does not matter which one does a piece of work."""

from __future__ import annotations

import hashlib
import platform
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from flows.partials import code_id

ROOMS = ("config", "expectations", "flows", "transforms")
LIBRARIES = ("distributed", "numpy", "polars", "prefect", "pyarrow")
DIGITS = 12


@cache
def likeness() -> dict[str, str]:
    """Version by what it is of. Kept from the first look: a worker runs the code that it was started with."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256(code_id().encode())  # which knows whether this processor hashes as others do
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    mine = {"altbenefit": digest.hexdigest()[:DIGITS], "python": ".".join(platform.python_version_tuple()[:2])}
    # zlib packs the bytes that are kept of what was set aside.
    return mine | {"zlib": zlib.ZLIB_RUNTIME_VERSION} | {name: version(name) for name in LIBRARIES}


def difference(needed: Mapping[str, str], mine: Mapping[str, str] | None = None) -> str:
    """What is other than needed, here unless `mine` says it of another machine, in words; empty where all is alike."""
    mine = likeness() if mine is None else mine
    return ", ".join(
        f"{name} {mine.get(name, 'missing')} instead of {wanted}" for name, wanted in needed.items() if mine.get(name) != wanted
    )
