"""Stage states of every month: what other claims do to a claim. Netting reaches over all months; only claims that meet what
came or went are looked at, and the states of all others are carried on."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from flows import partials
from flows.month_work import Job, period_of
from flows.partials import Index, folder_of
from transforms.live import alone, settle_rows
from transforms.netting import KEYS, met

STATES = {"claim_id": pl.String, "state": pl.String, "counterpart_claim_id": pl.String, "is_reissue": pl.Boolean}
Stages = dict[str, dict[str, str]]


def write_states(job: Job, before: Index, stages: Stages, changed: list[str]) -> dict[str, str]:
    """Stage states of every month: the claims whose state others decide. Only claims that meet changed months are netted."""
    same = [month for month in stages if month not in changed]
    now = [folder_of(month, "claims", stages[month]["claims"]) for month in changed]
    gone = [m for m in before.stages if m in changed or m not in stages]
    then = [folder_of(month, "claims", before.stages[month]["claims"]) for month in gone]
    others = partials.scan(job.root, [folder_of(month, "claims", stages[month]["claims"]) for month in same], "claims")

    def look_up(keys: pl.Series) -> pl.DataFrame:
        assert others is not None
        wanted = keys.implode()
        return others.filter(pl.any_horizontal(pl.col(name).is_in(wanted) for name in KEYS)).collect(engine="streaming")

    scanned = [partials.scan(job.root, folders, "claims") for folders in (now, then)]
    seeds = [frame.select(KEYS).collect() for frame in scanned if frame is not None]
    found = met(pl.concat(seeds), look_up) if seeds and others is not None else None
    settled = _settled(job, now, found, stages)
    files: dict[str, str] = {}
    for month in stages:
        old = before.stages.get(month, {}).get("states")
        touched = settled.filter(pl.col("month") == month).drop("month")
        if month in changed:
            states = touched
        elif found is None or not (met_here := found.filter(period_of(stages) == month)).height:
            stages[month]["states"] = before.stages[month]["states"]
            continue
        else:
            earlier = pl.read_parquet(job.root / folder_of(month, "states", str(old)) / "states.parquet")
            states = pl.concat([earlier.join(met_here, on="claim_id", how="anti"), touched])
        stages[month]["states"] = partials.digest_of(states)
        files |= partials.write_stage(job.root, folder_of(month, "states", stages[month]["states"]), {"states": states})
    return files


def _settled(job: Job, now: list[str], found: pl.DataFrame | None, periods: Collection[str]) -> pl.DataFrame:
    """STATES and month of the claims of changed months, and of those that they meet, whose state is not theirs alone."""
    mine = partials.scan(job.root, now, "claims")
    keys = [frame for frame in (mine.select(KEYS).collect() if mine is not None else None, found) if frame is not None]
    if not keys:
        return pl.DataFrame(schema=STATES | {"month": pl.String})
    numbers = pl.concat([frame.get_column(name) for frame in keys for name in KEYS[:2]]).drop_nulls()
    accounts = pl.concat([frame.get_column(KEYS[2]) for frame in keys]).drop_nulls()
    several = pl.concat([series.value_counts().filter(pl.col("count") > 1)[:, 0] for series in (numbers, accounts)]).implode()
    is_met = pl.any_horizontal(pl.col(name).is_in(several) for name in KEYS)
    rows = ([mine.filter(is_met).collect(engine="streaming")] if mine is not None else []) + ([found] if found is not None else [])
    pool = pl.concat(rows)
    elsewhere = partials.scan(job.root, job.elsewhere.values(), "whole")
    if elsewhere is not None:
        pool = pool.join(elsewhere.select("claim_id").collect(), on="claim_id", how="anti")
    status = pool.select("claim_id", "claim_status_code", month=period_of(periods))
    states = settle_rows(pool).join(status, on="claim_id", how="left")
    is_told = (pl.col("state") != alone()) | pl.col("counterpart_claim_id").is_not_null() | pl.col("is_reissue")
    return states.filter(is_told).select(*STATES, "month")
