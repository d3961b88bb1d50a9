"""Which lines came by two channels, month by month: stages events and channels of stores that hold more than one.

A line can only be one event with lines of its own event_key (transforms.same_event). Stage events holds the keys of a month's
rows; a night compares the keys that the months it changes hold, or held, and reads the rows of those that another channel has
too. What was found of all other keys stands.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows import partials, store
from flows.month_work import Files, Job, lake_of_month, period_of
from flows.partials import Index, folder_of, key_of
from transforms.month import dated_payments
from transforms.same_event import CHANNELS, event_rows, same_events, wholly_elsewhere
from transforms.tables.same_event import SAME_EVENT

Stages = dict[str, dict[str, str]]
PAIRS = {**SAME_EVENT.schema, "event_key": pl.UInt64}


def compare(job: Job, before: Index, every: Mapping[str, Files], stages: Stages) -> dict[str, str]:
    """Write what is new of stages events and channels and name both in `stages`; the hash of each file written, by path.

    Nothing is written or named where all that was loaded came by one channel.
    """
    files = store.scan(job.root, job.manifest, "files").filter(pl.col("claim_loaded_count") > 0).select("file_id", "format").collect()
    if len({CHANNELS.get(name, 0) for name in files["format"].unique()}) < 2:
        return {}
    rows = {month: _rows(job, mine, files) for month, mine in every.items()}
    written: dict[str, str] = {}
    for month in every:
        stages[month]["events"] = key_of(job.made_by, stages[month]["rows"])
    changed = [month for month in every if before.stages.get(month, {}).get("events") != stages[month]["events"]]
    for month in changed:
        written |= partials.write_stage(job.root, folder_of(month, "events", stages[month]["events"]), {"events": _keys(rows[month])})
    touched = _touched_keys(job, before, stages, changed)
    wanted = _scan(job, stages, every, "events").filter("is_other", pl.col("event_key").is_in(touched.implode()))
    asked = wanted.select("event_key").unique().collect()
    found = [frame.join(asked.lazy(), on="event_key", how="semi").collect(engine="streaming") for frame in rows.values()]
    pairs = _keyed(same_events(pl.concat(found)), pl.concat(found)).with_columns(period=period_of(every))
    for month, mine in every.items():
        fresh = pairs.filter(pl.col("period") == month).drop("period")
        was = None if month in changed else before.stages.get(month, {}).get("channels")
        written |= _month(job, month, mine, stages[month], was, fresh, touched)
    return written


def _rows(job: Job, files: Files, formats: pl.DataFrame) -> pl.LazyFrame:
    """The month's lines up to the business date, as they are compared."""
    lake = lake_of_month(job.root, files)
    return event_rows(dated_payments(lake, job.settings, job.as_of), lake.claims, lake.service_lines, formats)


def _keys(rows: pl.LazyFrame) -> pl.DataFrame:
    """event_key and whether a line of another channel than the 835 has it."""
    return rows.group_by("event_key").agg(is_other=(pl.col("channel") > 0).any()).collect(engine="streaming")


def _touched_keys(job: Job, before: Index, stages: Stages, changed: list[str]) -> pl.Series:
    """The event_keys that changed months hold, or held."""
    gone = [month for month in before.stages if "events" in before.stages[month] and (month in changed or month not in stages)]
    frames = [_scan(job, stages, changed, "events")] if changed else []
    frames += [_scan(job, before.stages, gone, "events")] if gone else []
    empty = pl.DataFrame(schema={"event_key": pl.UInt64}).lazy()
    return pl.concat([empty, *(frame.select("event_key") for frame in frames)]).unique().collect()["event_key"]


def _scan(job: Job, stages: Mapping[str, Mapping[str, str]], months: Mapping[str, object] | list[str], stage: str) -> pl.LazyFrame:
    folders = [folder_of(month, stage, stages[month][stage]) for month in months]
    return pl.scan_parquet([job.root / folder / f"{stage}.parquet" for folder in folders], hive_partitioning=False, glob=False)


def _keyed(pairs: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The pairs with the event_key of the line left out."""
    return pairs.join(rows.select("line_id", "event_key"), on="line_id", how="left", maintain_order="left")


def _month(
    job: Job, month: str, files: Files, stages: dict[str, str], was: str | None, fresh: pl.DataFrame, touched: pl.Series
) -> dict[str, str]:
    """Stage channels of a month: pairs found now, and those found before of keys that nothing touched."""
    stood = pl.DataFrame(schema=PAIRS)
    if was is not None:
        earlier = pl.read_parquet(job.root / folder_of(month, "channels", was) / "pairs.parquet")
        stood = earlier.filter(~pl.col("event_key").is_in(touched.implode()))
        if stood.height == earlier.height and fresh.is_empty():
            stages["channels"] = was
            return {}
    pairs = pl.concat([stood, fresh.select(*PAIRS)]).sort(SAME_EVENT.sort)
    whole = wholly_elsewhere(pairs, lake_of_month(job.root, files).service_lines)
    stages["channels"] = key_of(*(partials.digest_of(frame) for frame in (pairs.select("line_id", "counterpart_line_id"), whole)))
    folder = folder_of(month, "channels", stages["channels"])
    return partials.write_stage(job.root, folder, {"pairs": pairs, "whole": whole})
