"""What of a store nobody needs any more: publications beyond the retention, pages of days long gone, bytes long settled.

Publications are counted, not dated: the newest so many days, weeks and months that have one. A clock that is wrong, or a
year without a run, then takes nothing away.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from config.operations import Retention
from flows import kept, quarantine, store
from flows.gate import STOPPED
from flows.manifest import KEPT, Manifest
from flows.publish import CURRENT, HISTORY

GONE = f"{store.STAGING}/outdated"


def to_keep(dates: Iterable[date], retention: Retention, month_count: int) -> set[date]:
    """The newest dates, the last date of each of the newest weeks, and of each of the newest months."""
    newest = sorted(set(dates), reverse=True)
    last_of_week: dict[tuple[int, int], date] = {}
    last_of_month: dict[tuple[int, int], date] = {}
    for day in newest:
        last_of_week.setdefault(day.isocalendar()[:2], day)
        last_of_month.setdefault((day.year, day.month), day)
    ends = [*list(last_of_week.values())[: retention.history_weeks], *list(last_of_month.values())[:month_count]]
    return {*newest[: retention.history_days], *ends}


def publications(root: Path, retention: Retention, month_count: int, besides: Collection[str]) -> list[Path]:
    """Folders of business dates whose publications go; never the date that readers see, nor one of `besides`."""
    there = _dated(root / HISTORY, "")
    stay = to_keep(there, retention, month_count)
    shown = {*besides, shown_date(root)}
    return [folder for day, folder in sorted(there.items()) if day not in stay and folder.name not in shown]


def pages(root: Path, retention: Retention) -> list[Path]:
    """Validation pages of days that were never published, older than all that is kept day by day."""
    newest = sorted(_dated(root / HISTORY, ""), reverse=True)[: retention.history_days]
    oldest = min(newest) if len(newest) == retention.history_days else date.min
    return [path for day, path in sorted(_dated(root / STOPPED, ".html").items()) if day < oldest]


def settled_bytes(root: Path, manifest: Manifest, retention: Retention, as_of: date) -> list[str]:
    """Kept bytes of files of which every item was settled so long ago, as paths of the manifest; the items stay listed."""
    before = as_of - timedelta(days=retention.settled_days)
    decided = quarantine.notes(root).group_by("quarantine_id").agg(pl.col("decided_on").max())
    items = quarantine.items(root, manifest).join(decided, on="quarantine_id", how="left")
    is_settled = (pl.col("status") != quarantine.OPEN) & (pl.coalesce("decided_on", "since") < before)
    files = items.group_by("file_id").agg(is_settled=is_settled.all()).filter("is_settled").sort("file_id")
    there = set(manifest.files.get(KEPT, ()))
    return [path for path in map(kept.path_of, files["file_id"]) if path in there]


def shown_date(root: Path) -> str:
    """The business date, as its folder is named, of the publication that readers see; empty where there is none."""
    link = root / CURRENT
    return Path(os.readlink(link)).parent.name if link.is_symlink() else ""


def take_away(root: Path, paths: Iterable[Path]) -> None:
    """Remove files and folders; a reader sees each whole or not at all."""
    aside = root / GONE
    for path in paths:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        os.rename(path, aside / path.name)
        store.sync(path.parent)
    shutil.rmtree(root / store.STAGING, ignore_errors=True)


def _dated(folder: Path, suffix: str) -> dict[date, Path]:
    """What lies there under a date as its name."""
    found = {}
    for path in folder.glob(f"????-??-??{suffix}"):
        try:
            found[date.fromisoformat(path.name.removesuffix(suffix))] = path
        except ValueError:  # nothing of ours
            continue
    return found
