"""The store: a manifest that is the truth, and commits that happen whole or not at all.

A commit stages its files below `.staging/`, writes a journal, renames the files into place, replaces the manifest and
drops the journal. A run that dies leaves either staging without a journal (nothing happened, it is swept) or a journal
(everything is on disk, it is carried through). Analysts who glob the lake never see a file that no manifest will name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from flows import parquet
from flows.errors import StoreDamaged
from flows.lake_tables import LAKE_TABLES, folder_of
from flows.manifest import KEPT, MANIFEST, Folded, Manifest, format_in, parse_manifest, read_manifest, require_format, require_known
from transforms.tables.contract import Table

__all__ = ["MANIFEST", "Folded", "Manifest", "parse_manifest", "read_manifest"]  # they live in flows.manifest

STAGING = ".staging"
JOURNAL = "journal.json"


def require_whole(root: Path, manifest: Manifest) -> None:
    """Raises StoreDamaged for the first lake file whose bytes are no longer those that its name, a hash of them, says."""
    for name in LAKE_TABLES:
        for path in manifest.files.get(name, ()):
            require_bytes(root / path, name)


def sha_of(path: Path) -> str:
    """The sha256 of a file, as hexadecimal digits."""
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def require_bytes(path: Path, name: str) -> None:
    """Raises StoreDamaged for a file of a table that is not there or not what its name says."""
    if not path.exists() or sha_of(path)[:32] != path.stem:
        raise StoreDamaged(f"a file of {name} is missing or damaged", str(path), "Restore this file from your backup.")


def scan(root: Path, manifest: Manifest, name: str, months: Collection[str] | None = None) -> pl.LazyFrame:
    """All rows of one lake table, or those of some payment months (YYYY-MM). Raises StoreDamaged where a file is missing."""
    paths = [root / path for path in manifest.files.get(name, ()) if months is None or month_of(path) in months]
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise StoreDamaged(
            f"{len(missing)} files of {name} are missing from the store", str(missing[0]), "Restore the store from its backup."
        )
    return parquet.scan(paths, LAKE_TABLES[name])


def month_of(path: str) -> str:
    """YYYY-MM of a lake file."""
    return path.split("month=")[1][:7]


def holding(
    root: Path, manifest: Manifest, name: str, column: str, values: pl.Series, months: Collection[str] | None = None
) -> tuple[pl.DataFrame, frozenset[str]]:
    """All rows of every file of a table that holds one of the values, and those files: what a commit must write anew.

    `months`, where they are known, are the only ones looked at.
    """
    if values.is_empty():
        return LAKE_TABLES[name].empty(), frozenset()
    paths = [
        path
        for path in manifest.files.get(name, ())
        if (months is None or month_of(path) in months)
        and parquet.scan([root / path], LAKE_TABLES[name]).filter(pl.col(column).is_in(values.implode())).limit(1).collect().height
    ]
    return parquet.scan([root / path for path in paths], LAKE_TABLES[name]).collect(), frozenset(paths)


def rows_of(root: Path, path: str, name: str) -> pl.DataFrame:
    """The rows of one file of a table."""
    return parquet.scan([root / path], LAKE_TABLES[name]).collect()


@dataclass(frozen=True)
class Change:
    """What a commit adds and takes away. `rows` by table and month; `keep` are bytes to keep, by relative path.

    `secret` are bytes that only the owner may read and that the manifest does not name: with or without them the store's
    other bytes are the same. `folds`: by folder, what the new file there takes the place of; it is as old as the newest of
    those (nanoseconds), since it says nothing new.
    """

    rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    keep: Mapping[str, bytes] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()
    secret: Mapping[str, bytes] = field(default_factory=dict)
    folds: Mapping[str, tuple[Folded, int]] = field(default_factory=dict)


def prepare(root: Path) -> None:
    """Finish or sweep whatever a run that died left behind. Raises StoreTooNew where a newer version left it."""
    require_known(root)
    journal = root / STAGING / JOURNAL
    if journal.exists():
        left = json.loads(journal.read_bytes())
        require_format(format_in(json.loads(left["manifest"])), journal)
        _carry_through(root, left)
    shutil.rmtree(root / STAGING, ignore_errors=True)


def commit(root: Path, manifest: Manifest, change: Change) -> Manifest:
    """Apply the change whole; returns the manifest that now holds."""
    staging = root / STAGING / "commit"
    shutil.rmtree(staging, ignore_errors=True)
    added = {
        name: [_stage(staging, LAKE_TABLES[name], folder, rows, change.folds) for folder, rows in _by_month(name, frame)]
        for name, frame in sorted(change.rows.items())
        if not frame.is_empty()
    }
    added[KEPT] = [_stage_bytes(staging, path, data) for path, data in sorted(change.keep.items())]
    fresh = {path for paths in added.values() for path in paths}
    tables = {
        name: tuple(sorted({path for path in manifest.files.get(name, ()) if path not in change.remove} | set(added.get(name, ()))))
        for name in {*manifest.files, *added}
    }
    folded = {path: one for path, one in manifest.folded.items() if path not in change.remove}
    folded |= {path: change.folds[folder][0] for path in fresh if (folder := path.rpartition("/")[0]) in change.folds}
    after = Manifest(tables, manifest.key_check, folded)
    secret = {_stage_bytes(staging, path, data, mode=0o600) for path, data in change.secret.items()}
    journal = {"moves": sorted(fresh | secret), "deletes": sorted(change.remove - fresh), "manifest": after.dump().decode()}
    write_whole(root / STAGING / JOURNAL, json.dumps(journal).encode())
    _carry_through(root, journal)
    shutil.rmtree(root / STAGING, ignore_errors=True)
    return after


def _by_month(name: str, frame: pl.DataFrame) -> Iterable[tuple[str, pl.DataFrame]]:
    """Rows by the folder they belong to; the column `month` only says where, it is not stored."""
    for (month,), rows in sorted(frame.partition_by("month", as_dict=True).items()):
        yield folder_of(name, str(month)), rows


def _stage(staging: Path, table: Table, folder: str, rows: pl.DataFrame, folds: Mapping[str, tuple[Folded, int]]) -> str:
    target = staging / folder
    target.mkdir(parents=True, exist_ok=True)
    content_id = parquet.write_table(rows, table, target / "part")[:32]
    sync(target / "part")
    if folder in folds:
        os.utime(target / "part", ns=(folds[folder][1], folds[folder][1]))
    (target / "part").rename(target / f"{content_id}.parquet")
    return f"{folder}/{content_id}.parquet"


def _stage_bytes(staging: Path, path: str, data: bytes, mode: int = 0o640) -> str:
    target = staging / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(data)
    sync(target)
    return path


def _carry_through(root: Path, journal: Mapping) -> None:
    """Do what the journal says; each step may have been done already."""
    staging = root / STAGING / "commit"
    for path in journal["moves"]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        if (staging / path).exists():
            os.replace(staging / path, root / path)
    for folder in {(root / path).parent for path in journal["moves"]}:
        sync(folder)
    write_whole(root / MANIFEST, journal["manifest"].encode())
    for path in journal["deletes"]:
        (root / path).unlink(missing_ok=True)
    (root / STAGING / JOURNAL).unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file so that a reader sees the old bytes or the new ones, and a power cut leaves one of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    sync(beside)
    os.replace(beside, path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the file or folder on disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
