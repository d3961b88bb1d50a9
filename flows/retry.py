"""What was set aside is looked at again whenever something is published: a new layout or a better reader may read it now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from flows import intake, kept, quarantine, retake, store
from flows.inbox import Arrival, Inbox, named
from transforms.setting_aside import quarantine_items


def readable_now(root: Path, manifest: store.Manifest, inbox: Inbox, rules: intake.Rules) -> list[Arrival]:
    """Files with open items that would be judged otherwise today, from the inbox or from the bytes kept of them.

    With each come the files whose claims joined its payments; where one of those is gone, none is taken anew. A file that a
    run forgot and died before taking in again is among them too.
    """
    listed = quarantine.items(root, manifest).filter(pl.col("status") != quarantine.RELEASED)
    files = listed.filter(pl.col("status") == quarantine.OPEN).select("file_id", "source_file").unique("file_id").sort("file_id")
    known = set(store.scan(root, manifest, "files").select("file_id").collect().get_column("file_id"))
    held = {arrival.file_id: arrival for arrival in inbox.arrivals}
    again = {file_id: held.get(file_id) or _kept(root, file_id, name) for file_id, name in files.iter_rows()}
    found = {file_id: arrival for file_id, arrival in again.items() if arrival is not None}
    changed = {file_id for file_id in _judged_otherwise(list(found.values()), listed, rules)} | (found.keys() - known)
    whole = retake.entangled(root, manifest, changed)
    there = held | found
    return [there[file_id] for file_id in sorted(whole)] if whole <= there.keys() else []


def _kept(root: Path, file_id: str, source_file: str) -> Arrival | None:
    """The kept bytes as if they had arrived again under their old name."""
    path = root / kept.path_of(file_id)
    same = [one for one in named([path]) if one.file_id == file_id] if path.exists() else []
    return replace(same[0], source_file=source_file) if same else None


def _judged_otherwise(arrivals: list[Arrival], listed: pl.DataFrame, rules: intake.Rules) -> set[str]:
    """Those whose items today are not the items on the list."""
    otherwise: set[str] = set()
    for chunk in intake.chunks(arrivals):
        today = quarantine_items(intake.judge(chunk, rules).faults, rules.as_of)
        ids = [one.file_id for one in chunk]
        then = listed.filter(pl.col("file_id").is_in(ids))
        moved = pl.concat([
            today.join(then, on="quarantine_id", how="anti").select("file_id"),
            then.join(today, on="quarantine_id", how="anti").select("file_id"),
        ])  # fmt: skip
        otherwise |= set(moved.get_column("file_id"))
    return otherwise
