"""Small files of closed months folded into one a month and table. It changes how the lake lies, not what it says.

One commit each, so a run that dies leaves a folder folded or as it was; each folder goes its own way, so the next run ends with
the same files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from flows import parquet, store
from flows.lake_tables import LAKE_TABLES
from flows.manifest import Manifest

FOLD_BYTES = 4_000_000  # of files that are read and written at a time (some thirty times that in memory); a file of half of it is not small


@dataclass(frozen=True)
class Batch:
    """Small files of one table and month that become one."""

    table: str
    paths: tuple[str, ...]
    byte_count: int

    @property
    def folder(self) -> str:
        return self.paths[0].rpartition("/")[0]


def fold(root: Path, manifest: Manifest, as_of: date, after_days: int) -> Manifest:
    """Fold every month that ended so many days before the date, until nothing small is left beside another.

    Raises StoreDamaged for a file that is not what its name says, before anything is made of it.
    """
    while batches := folds(root, manifest, as_of, after_days):
        for some in _in_parts(batches):
            manifest = store.commit(root, manifest, _change(root, manifest, some))
    return manifest


def folds(root: Path, manifest: Manifest, as_of: date, after_days: int) -> list[Batch]:
    """What is to be folded next: of each folder the smallest files, together no more than FOLD_BYTES."""
    first_open = f"{as_of - timedelta(days=after_days):%Y-%m}"
    found = []
    for table in LAKE_TABLES:
        by_month: dict[str, list[str]] = {}
        for path in manifest.files.get(table, ()):
            if store.month_of(path) < first_open:
                by_month.setdefault(store.month_of(path), []).append(path)
        for _, paths in sorted(by_month.items()):
            batch = _smallest(root, table, paths)
            found += [batch] if len(batch.paths) > 1 else []
    return found


def _smallest(root: Path, table: str, paths: list[str]) -> Batch:
    sized = sorted(((root / path).stat().st_size, path) for path in paths)
    chosen: list[str] = []
    total = 0
    for size, path in sized:
        if size >= FOLD_BYTES // 2 or (chosen and total + size > FOLD_BYTES):
            break
        chosen.append(path)
        total += size
    return Batch(table, tuple(sorted(chosen)), total)


def _in_parts(batches: list[Batch]) -> Iterator[list[Batch]]:
    """Batches that go into one commit: what is in memory at a time does not grow with the store."""
    part: list[Batch] = []
    for batch in batches:
        if part and sum(one.byte_count for one in part) + batch.byte_count > FOLD_BYTES:
            yield part
            part = []
        part.append(batch)
    yield part


def _change(root: Path, manifest: Manifest, batches: list[Batch]) -> store.Change:
    rows: dict[str, list[pl.DataFrame]] = {}
    folds = {}
    for batch in batches:
        paths = [root / path for path in batch.paths]
        for path in paths:
            store.require_bytes(path, batch.table)
        mine = parquet.scan(paths, LAKE_TABLES[batch.table]).collect()
        rows.setdefault(batch.table, []).append(mine.with_columns(month=pl.lit(store.month_of(batch.paths[0]))))
        folds[batch.folder] = manifest.fold_of(root, batch.paths), max(path.stat().st_mtime_ns for path in paths)
    remove = frozenset(path for batch in batches for path in batch.paths)
    return store.Change({table: pl.concat(frames) for table, frames in rows.items()}, remove=remove, folds=folds)
