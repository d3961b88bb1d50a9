"""What a run is asked to do. Light to import, so that wrong orders and a held store are told at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.errors import BadUsage


@dataclass(frozen=True)
class Order:
    """What a run was asked to do: paths and dates only."""

    inbox: Path
    store: Path
    as_of: date
    config: Path | None = None
    is_strict: bool = False
    reprocess: tuple[Path, ...] = ()
    is_dry_run: bool = False
    earlier: tuple[date, ...] = ()  # business dates to publish into history besides, in order
    limit: int | None = None  # new files to take in at most
    dask: str | None = None  # address of the scheduler whose workers do the heavy part


def require_inbox(inbox: Path) -> None:
    """Raises BadUsage where the inbox is no folder: a mistyped path must not look like a night without mail."""
    if not inbox.is_dir():
        raise BadUsage("the inbox is not a folder", str(inbox), "Give the folder that the clearinghouse delivers to.")
