"""Who an unmapped payer may be. Nothing is joined by it: a person confirms, or holds the two apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from transforms.names import plain_name
from transforms.payer_keys import keys_sent
from transforms.tables.contract import COUNT, TEXT, TEXTS
from transforms.tables.payer_views import PAYER_SUGGESTIONS

REASONS = {"payer_id": "shared_payer_id", "naic": "shared_naic", "tax_id": "shared_tax_id"}  # strongest first
SIMILAR = "similar_name"
PAIRS = {
    "unmapped_payer_id": TEXT, "payer_id": TEXT, "reasons": TEXTS, "shared_values": TEXTS, "name_score": COUNT,
    "unmapped_words": TEXTS, "payer_words": TEXTS, "strength": COUNT,
}  # fmt: skip
SAME_WORD = 87  # a word with a letter more or less is still this much alike; EASTERN and WESTERN (86) are not

Names = Mapping[str, list[str]]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Likeness:
    """How alike the closest names of two payers are, and the words that each has alone."""

    score: int
    unmapped_words: tuple[str, ...]
    payer_words: tuple[str, ...]


def payer_suggestions(
    payments: pl.DataFrame, payers: pl.DataFrame, unmapped: pl.DataFrame, decisions: pl.DataFrame, minimum_score: int
) -> pl.DataFrame:
    """Contract PAYER_SUGGESTIONS. `unmapped` is UNMAPPED_PAYERS; pairs that a person rejected are left out.

    A number that several listed payers send is taken for a payment vendor's and suggests nothing.
    """
    sent = keys_sent(payments)
    shared = _shared(sent)
    strangers, listed = _names(sent.filter(~pl.col("is_mapped"))), _names(sent.filter("is_mapped"), payers)
    close = _close(strangers, listed, minimum_score)
    apart = {row for row in decisions.filter(decision="rejected").select("unmapped_payer_id", "payer_id").iter_rows()}
    rows = []
    for pair in sorted((shared.keys() | close.keys()) - apart):
        like = close.get(pair) or _likeness(strangers.get(pair[0], []), listed.get(pair[1], []))
        kinds = sorted({key.split("=")[0] for key in shared.get(pair, [])}, key=list(REASONS).index)
        rows.append({
            "unmapped_payer_id": pair[0],
            "payer_id": pair[1],
            "reasons": [*(REASONS[kind] for kind in kinds), *([SIMILAR] if pair in close else [])],
            "shared_values": sorted(shared.get(pair, [])),
            "name_score": like.score if like else None,
            "unmapped_words": list(like.unmapped_words) if like else [],
            "payer_words": list(like.payer_words) if like else [],
            "strength": list(REASONS).index(kinds[0]) if kinds else len(REASONS),
        })  # fmt: skip
    return _table(rows, payers, unmapped)


def _table(rows: list[dict[str, Any]], payers: pl.DataFrame, unmapped: pl.DataFrame) -> pl.DataFrame:
    facts = unmapped.select("payer_names", "claim_count", "payment_amount", unmapped_payer_id="payer_id")
    names = payers.select("payer_id", payer_name="name")
    ordered = (
        pl.DataFrame(rows, schema=PAIRS)
        .sort(["unmapped_payer_id", "strength", "name_score", "payer_id"], descending=[False, False, True, False], nulls_last=True)
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("unmapped_payer_id"))
        .join(facts, on="unmapped_payer_id", how="inner", maintain_order="left")
        .join(names, on="payer_id", how="left", maintain_order="left")
    )
    return PAYER_SUGGESTIONS.conform(ordered).sort(PAYER_SUGGESTIONS.sort)


def _shared(sent: pl.DataFrame) -> dict[Pair, list[str]]:
    """Pairs of an unmapped and a listed payer that send the same number, with each as kind=value."""
    numbers = sent.filter(pl.col("kind") != "name").select("kind", "key", "payer_id", "is_mapped").unique()
    listed = numbers.filter("is_mapped").group_by("kind", "key").agg(listed_id=pl.col("payer_id").first(), listed_count=pl.len())
    pairs = numbers.filter(~pl.col("is_mapped")).join(listed.filter(pl.col("listed_count") == 1), on=["kind", "key"])
    found: dict[Pair, list[str]] = {}
    for stranger, payer_id, kind, key in pairs.select("payer_id", "listed_id", "kind", "key").sort(pl.all()).iter_rows():
        found.setdefault((stranger, payer_id), []).append(f"{kind}={key}")
    return found


def _names(sent: pl.DataFrame, payers: pl.DataFrame | None = None) -> dict[str, list[str]]:
    """Distinct names by payer, as they are compared: those sent, and those that payers.yaml lists."""
    rows = [sent.filter(kind="name").select("payer_id", name="key")]
    if payers is not None:
        listed = payers.select("payer_id", name=pl.concat_list(pl.concat_list("name"), "aliases")).explode("name")
        rows.append(listed.with_columns(plain_name(pl.col("name"))))
    every = pl.concat(rows).filter(pl.col("name") != "").unique().sort("payer_id", "name")
    return dict(every.group_by("payer_id", maintain_order=True).agg("name").iter_rows())


def _close(strangers: Names, listed: Names, minimum_score: int) -> dict[Pair, Likeness]:
    """Pairs with a name alike enough in which no word stands against another, as EAST against WEST."""
    ours = [(name, payer_id) for payer_id, names in strangers.items() for name in names]
    theirs = [(name, payer_id) for payer_id, names in listed.items() for name in names]
    if not ours or not theirs:
        return {}
    one, other = [name for name, _ in ours], [name for name, _ in theirs]
    scores = process.cdist(one, other, scorer=fuzz.token_sort_ratio, score_cutoff=minimum_score, dtype=np.uint8)
    found: dict[Pair, Likeness] = {}
    for at, to in np.argwhere(scores >= minimum_score).tolist():
        pair, like = (ours[at][1], theirs[to][1]), _compared(one[at], other[to])
        if not _is_against(like) and (pair not in found or like.score > found[pair].score):
            found[pair] = like
    return found


def _likeness(ours: list[str], theirs: list[str]) -> Likeness | None:
    """Of the closest two names; None where either has none."""
    return max((_compared(one, other) for one in ours for other in theirs), key=lambda like: like.score, default=None)


def _compared(one: str, other: str) -> Likeness:
    ours, theirs = one.split(), other.split()
    return Likeness(
        int(fuzz.token_sort_ratio(one, other)),
        tuple(word for word in ours if word not in theirs),
        tuple(word for word in theirs if word not in ours),
    )


def _is_against(like: Likeness) -> bool:
    """Both names have words of their own, and one of these is no misspelling of any that the other has."""
    few, many = sorted((like.unmapped_words, like.payer_words), key=len)
    return any(max(fuzz.ratio(word, another) for another in many) < SAME_WORD for word in few)
