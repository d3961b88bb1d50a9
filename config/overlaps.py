"""No two entries may answer the same question for the same day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date
from itertools import pairwise

from config.values import Place

NEXT_STEP = "End the earlier one on the day the later one starts, or remove one of the two."
Period = tuple[date, date | None]


def refuse_overlap(entries: Iterable[tuple[Hashable, Period, Place]], what: str) -> None:
    """Raise ConfigError at the later of two entries with the same key whose periods share a day."""
    by_key: dict[Hashable, list[tuple[Period, Place]]] = defaultdict(list)
    for key, period, place in entries:
        by_key[key].append((period, place))
    for rows in by_key.values():
        rows.sort(key=lambda row: row[0][0])
        for (earlier, first_place), (later, place) in pairwise(rows):
            if _share_a_day(earlier, later):
                raise place.error(f"{what} overlaps the one in {first_place.file}, {first_place.where}", NEXT_STEP)


def refuse_range_overlap(entries: Iterable[tuple[Hashable, str, str, Period, Place]], what: str) -> None:
    """The same for entries that hold for a range of codes: both the codes and the days must differ."""
    by_key: dict[Hashable, list[tuple[str, str, Period, Place]]] = defaultdict(list)
    for key, code_from, code_to, period, place in entries:
        by_key[key].append((code_from, code_to, period, place))
    for rows in by_key.values():
        open_rows: list[tuple[str, str, Period, Place]] = []
        for row in sorted(rows, key=lambda row: row[0]):
            open_rows = [other for other in open_rows if other[1] >= row[0]]
            for other in open_rows:
                if _share_a_day(other[2], row[2]):
                    raise row[3].error(f"{what} overlaps the one in {other[3].file}, {other[3].where}", NEXT_STEP)
            open_rows.append(row)


def _share_a_day(one: Period, other: Period) -> bool:
    return (one[1] is None or one[1] > other[0]) and (other[1] is None or other[1] > one[0])
