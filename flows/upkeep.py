"""Upkeep of a store: what is outdated goes, small files are folded. No published byte and no answer changes by it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.operations import Retention
from flows import folding, outdated, partials, store
from flows.clock import operations_of
from flows.errors import Failure, StoreDamaged, of_any
from flows.manifest import Manifest
from flows.order import Order

if TYPE_CHECKING:
    from flows.night import Watch


@dataclass(frozen=True)
class Gone:
    """Files that went, files that took their place, and the bytes that are free by it."""

    files: int = 0
    into: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Tidied:
    """What upkeep did, by what it was done to."""

    lake: Gone
    publications: Gone
    validation_pages: Gone
    settled_bytes: Gone
    partials: Gone

    def to_dict(self) -> dict[str, dict[str, int]]:
        return asdict(self)

    @property
    def is_nothing(self) -> bool:
        return all(not any(numbers.values()) for numbers in self.to_dict().values())


WORDS: Mapping[str, str] = {
    "lake": "files of the lake folded into {into}",
    "publications": "files of earlier publications removed",
    "validation_pages": "validation pages removed",
    "settled_bytes": "files kept of what is long settled removed",
    "partials": "files of partials that no month uses removed",
}


def tidy(
    root: Path, manifest: Manifest, retention: Retention, month_count: int, as_of: date, besides: Collection[str] = ()
) -> tuple[Manifest, Tidied]:
    """Do what the retention asks for as of a date; the caller holds the store. `besides`: dates whose publications stay, too."""
    old = outdated.publications(root, retention, month_count, besides)
    publications = _remove(root, old)
    pages = _remove(root, outdated.pages(root, retention))
    settled = outdated.settled_bytes(root, manifest, retention, as_of)
    kept = _sizes(root / path for path in settled)
    if settled:
        manifest = store.commit(root, manifest, store.Change(remove=frozenset(settled)))
    unused = partials.unused(root)
    swept = _sizes(unused)
    if unused:
        partials.sweep(root, unused)
    before = _lake(root, manifest)
    manifest = folding.fold(root, manifest, as_of, retention.fold_after_days)
    after = _lake(root, manifest)
    added, removed = after.keys() - before.keys(), before.keys() - after.keys()
    freed = sum(before[path] for path in removed) - sum(after[path] for path in added)
    return manifest, Tidied(Gone(len(removed), len(added), freed), publications, pages, kept, swept)


def after_audit(order: Order, manifest: Manifest, month_count: int, shown_before: str, step: Callable[..., Any], watch: Watch) -> None:
    """Upkeep at the end of a night, where the policy says so. A backfill is left as it was ordered.

    What the system refuses is put off to the next night: everything is published by now. Raises StoreDamaged.
    """
    retention = operations_of(order.config).retention
    if not retention.is_nightly or order.is_dry_run or order.earlier:
        return
    try:
        _, tidied = step("tidy", tidy, order.store, manifest, retention, month_count, order.as_of, (shown_before,))
    except (OSError, Failure) as why:
        failure = of_any(why, "tidy")
        if isinstance(failure, StoreDamaged):
            raise
        watch.line(f"tidying is put off to the next run ({failure.cause}); what is published stands")
        watch.record("tidying_put_off", {"cause": failure.cause, "file": failure.file})
        return
    for line in in_words(tidied):
        watch.line(line)
    if not tidied.is_nothing:
        watch.record("tidied", tidied.to_dict())


def in_words(tidied: Tidied) -> list[str]:
    """One line for each thing that was done; nothing where there was nothing to do."""
    return [
        f"{numbers['files']} {WORDS[name].format(into=numbers['into'])}, {numbers['bytes'] / 1e6:,.1f} MB freed"
        for name, numbers in tidied.to_dict().items()
        if numbers["files"]
    ]


def _remove(root: Path, paths: list[Path]) -> Gone:
    gone = _sizes(paths)
    if paths:
        outdated.take_away(root, paths)
    return gone


def _sizes(paths: Iterable[Path]) -> Gone:
    """Count and bytes of these files, and of those in these folders."""
    files = [file for path in paths for file in _files(path)]
    return Gone(len(files), 0, sum(file.stat().st_size for file in files))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    # A dry run works on links to the real folders.
    return [Path(folder) / name for folder, _, names in os.walk(path, followlinks=True) for name in names]


def _lake(root: Path, manifest: Manifest) -> dict[str, int]:
    """The bytes of each file of the lake."""
    return {path: (root / path).stat().st_size for table in folding.LAKE_TABLES for path in manifest.files.get(table, ())}
