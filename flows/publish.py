"""Publishing: a whole set of marts in its own folder, then one swap of `reports/current`."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows import parquet, row_groups
from flows.errors import StoreDamaged
from flows.store import STAGING, sync, write_whole
from transforms.tables.contract import CONTRACT_VERSION, Table

CURRENT = Path("reports/current")
HISTORY = Path("reports/history")
Tables = Mapping[str, tuple[Table, pl.DataFrame | parquet.Rows]]


def publication_id(generation: str, config_id: str, as_of: date, decisions: bytes) -> str:
    """Names what a publication is made from; the same id means the same bytes."""
    parts = [generation, config_id, as_of.isoformat(), CONTRACT_VERSION, hashlib.sha256(decisions).hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def folder_of(as_of: date, publication: str) -> Path:
    return HISTORY / as_of.isoformat() / publication


def is_current(root: Path, as_of: date, publication: str) -> bool:
    """Is this publication what a reader of `reports/current` sees?"""
    current = root / CURRENT
    return current.is_symlink() and current.resolve() == (root / folder_of(as_of, publication)).resolve() and current.exists()


def require_readable(root: Path) -> None:
    """Raises StoreDamaged for the first published table that is not Parquet any more."""
    for path in sorted((root / CURRENT).glob("*.parquet")):
        try:
            pq.read_table(path)
        except (pa.ArrowInvalid, OSError):
            step = "Move the folder it lies in away and run the audit again: it is made anew from the lake."
            raise StoreDamaged("a published table is damaged", str(path), step) from None


def publish(root: Path, as_of: date, publication: str, marts: Tables, pages: Mapping[str, bytes]) -> Path:
    """Keep the set in history and point `current` at it. `pages` are whole files beside the tables, by name."""
    target = keep(root, as_of, publication, marts, pages)
    link = root / STAGING / "current"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(target, (root / CURRENT).parent))
    os.replace(link, root / CURRENT)
    sync((root / CURRENT).parent)
    shutil.rmtree(root / STAGING, ignore_errors=True)
    return target


def keep(root: Path, as_of: date, publication: str, marts: Tables, pages: Mapping[str, bytes]) -> Path:
    """Write the set aside and move it into history, whole; a set that is there already stays as it is."""
    target = root / folder_of(as_of, publication)
    if not target.exists():
        _write_set(root, target, marts, pages)
    return target


def _write_set(root: Path, target: Path, marts: Tables, pages: Mapping[str, bytes]) -> None:
    staging = root / STAGING / "publication"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for name, (table, frame) in sorted(marts.items()):
        if isinstance(frame, parquet.Rows):
            row_groups.join(frame.paths, staging / f"{name}.parquet")
        else:
            parquet.write_table(frame, table, staging / f"{name}.parquet")
        sync(staging / f"{name}.parquet")
    for name, data in sorted(pages.items()):
        write_whole(staging / name, data)
    sync(staging)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.rename(staging, target)
    sync(target.parent)
