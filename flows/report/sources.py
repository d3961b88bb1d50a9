"""Published sets as the report reads them: the one that holds now, and the one that first held all of the week before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from flows import parquet
from flows.errors import BadUsage
from flows.manifest import require_known
from flows.mart_tables import MART_TABLES
from flows.publish import CURRENT, HISTORY, folder_of
from flows.published import NOTHING_YET
from transforms.report.week import Publication


def current(store: Path) -> Publication:
    """What is published now, whole: the link is followed once, so a publication during the report changes nothing.

    Raises BadUsage where nothing is published yet, or by a newer version.
    """
    require_known(store)
    if not (store / CURRENT / "findings.parquet").exists():
        raise BadUsage("nothing is published in this store yet", str(store), NOTHING_YET)
    return _read((store / CURRENT).resolve())


def holding_last_week(store: Path, first_day: date, now: Publication) -> Publication | None:
    """The first publication after the week before was over, if it is older than the current one: last week as first told.

    Several of that business date: the one that knew most files. None: no earlier publication is kept that holds all of it.
    """
    for day in days_holding_last_week((path.name for path in (store / HISTORY).glob("*")), first_day, now.as_of):
        whole = [folder for folder in sorted((store / HISTORY / day).iterdir()) if (folder / "findings.parquet").exists()]
        if whole:
            return _read(max(whole, key=lambda folder: (_file_rows(folder), folder.name)))
    return None


def days_holding_last_week(names: Iterable[str], first_day: date, as_of: date) -> list[str]:
    """Of business dates, as their folders are named, those after the week before was over and before `as_of`; the earliest first."""
    return sorted(name for name in names if _is_between(name, first_day - timedelta(days=1), as_of))


def _is_between(name: str, first: date, before: date) -> bool:
    try:
        return first <= date.fromisoformat(name) < before
    except ValueError:
        return False  # not a folder of ours


def _file_rows(folder: Path) -> int:
    path = folder / "files.parquet"
    return pq.read_metadata(path).num_rows if path.exists() else 0


def _read(folder: Path) -> Publication:
    """A mart that an earlier version did not publish is empty, a column that it did not have is null."""
    paths = {name: folder / f"{name}.parquet" for name in MART_TABLES}
    marts = {name: parquet.scan([path] if path.exists() else [], MART_TABLES[name]) for name, path in paths.items()}
    as_of = date.fromisoformat(folder.parent.name)
    return Publication(marts, as_of, folder_of(as_of, folder.name).as_posix())
