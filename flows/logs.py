"""The log as JSON lines: one a file, one when a run starts, waits, fails or is done. Names, counts and dollars only.

`ALTBENEFIT_LOG` or `--log-json` names a file that lines are added to, or `-` for stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.errors import BadUsage

Record = Callable[[str, Mapping[str, Any]], None]


def silent(event: str, facts: Mapping[str, Any]) -> None:
    """No log."""


def log_to(target: str | None, run: str) -> Record:
    """Writes one line an event, each in one write so that two runs never mix within a line. Raises BadUsage at once where it cannot."""
    target = target or os.environ.get("ALTBENEFIT_LOG") or ""
    if not target:
        return silent
    path = Path(target).expanduser()
    if target != "-":
        _require_writable(path)

    def record(event: str, facts: Mapping[str, Any]) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "run": run, "event": event, **facts}, default=str) + "\n"
        with suppress(OSError):  # a log whose disk is full must not keep a night from its work
            if target == "-":
                sys.stderr.write(line)
                sys.stderr.flush()
            else:
                _append(path, line.encode())

    return record


def _require_writable(path: Path) -> None:
    try:
        _append(path, b"")
    except OSError as error:
        step = "Correct --log-json or ALTBENEFIT_LOG: a file in a folder that this account may write to, or -."
        raise BadUsage(f"the log cannot be written ({os.strerror(error.errno or 0)})", str(path), step) from None


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)
