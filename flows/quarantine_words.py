"""Items of the quarantine in words: what a person needs to work them off, and the commands to do it with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from flows.quarantine import OPEN
from flows.tell import as_words
from transforms.setting_aside import ACCEPTABLE

SEGMENTS = ("CLP", "SVC", "CAS")  # of an 835 a single row is a segment; of an export the tag names a column


def in_words(item: Mapping[str, Any]) -> list[str]:
    """Three lines: where and what is at stake, why, what to do. `item` is a row of quarantine.listed."""
    age = f"{_count(item['age_days'], 'day')} old" if item["status"] == OPEN else item["status"]
    by = f" by {as_words(item['decided_by'])}" if item["decided_by"] else ""
    return [
        f"{as_words(item['quarantine_id'])}  {as_words(place_of(item))}: {stake_of(item)}, {age}{by}",
        f"    {as_words(item['reason'])}",
        f"    next: {as_words(item['next_step'])}",
    ]


def place_of(item: Mapping[str, Any]) -> str:
    """File and position: a segment of an 835, a row of an export, or the file as a whole."""
    if item["segment"] is None:
        return item["source_file"]
    word = "row" if item["scope"] == "row" and item["segment_tag"] not in SEGMENTS else "segment"
    return f"{item['source_file']}, {word} {item['segment']}" + (f" ({item['segment_tag']})" if item["segment_tag"] else "")


def stake_of(item: Mapping[str, Any]) -> str:
    """Claims and charges; what could not be read is said to be unknown."""
    if not item["claim_count"]:
        return "claims unknown" if item["scope"] == "file" else "no claims"
    charge = "charges unknown" if item["charge_amount"] is None else f"${item['charge_amount']:,}"
    return f"{_count(item['claim_count'], 'claim')}, {charge}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def total_of(found: pl.DataFrame, store: Path, every: bool) -> str:
    """The last line of the list: how many, how much, and what to type next."""
    if found.is_empty():
        return "Nothing was ever set aside." if every else "Nothing is waiting. Settled items: --all"
    dollars = found["charge_amount"].sum() or 0
    counts = f"{_count(found.height, 'item')}, {_count(int(found['claim_count'].sum()), 'claim')}"
    return f"{counts}, ${dollars:,} of charges. More of one: altbenefit quarantine show ID --store {store}"


def ways_out(item: Mapping[str, Any], store: Path, is_kept: bool) -> Iterator[str]:
    """What settles an open item: the commands, each with what it does."""
    if item["status"] != OPEN:
        return
    words = f"{as_words(item['quarantine_id'])} --store {store}"
    if item["reason_code"] in ACCEPTABLE and is_kept:
        yield f"use it as it is:   altbenefit quarantine release {words}"
    yield f"leave it out:      altbenefit quarantine dismiss {words}"
    yield "else it settles itself once a corrected file, a new layout or a newer version can be read"
