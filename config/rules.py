"""`downgrade_rules/*.yaml`, ranges of codes and all, to one frame of code pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from config.files import read_yaml
from config.overlaps import refuse_overlap
from config.values import Place, code, items, mapping, one_of, period, source, text
from transforms.tables.policy import DOWNGRADE_RULES

RULE_KEYS = ("rule", "meaning", "kind", "verdict", "confidence", "versions")
VERSION_KEYS = ("from", "until", "payers", "kind", "verdict", "confidence", "pays_as", "source")
WORDS = {"kind": ("M", "P", "X", "F", "B"), "verdict": ("yes", "review", "no"), "confidence": ("sure", "likely", "unsure")}
DEFAULTS = {"kind": "M", "verdict": "yes", "confidence": "likely"}  # what a practice means that just lists its pairs
MOST_PAIRS = 60_000  # a range typed wrong would otherwise fill the memory

Pair = tuple[dict[str, Any], Place]


def read_rules(files: dict[str, Path], payer_ids: set[str]) -> pl.DataFrame:
    """One row per rule version, payer, submitted code and paid code; ranges are written out, code by code.

    Raises ConfigError where two versions, of one rule or of two, hold for the same payer, pair and day.
    """
    names = [name for name in files if name.startswith("downgrade_rules/")]
    pairs = [pair for name in names for pair in _rule(name, files[name], payer_ids)]
    refuse_overlap(
        (
            ((row["payer_id"], row["submitted_code"], row["paid_code"]), (row["effective_from"], row["effective_until"]), place)
            for row, place in pairs
        ),
        "a version for the same pair of codes",
    )
    return pl.DataFrame([row for row, _ in pairs], schema=DOWNGRADE_RULES.schema).sort(DOWNGRADE_RULES.sort)


def _rule(name: str, path: Path, payer_ids: set[str]) -> Iterator[Pair]:
    place = Place(name)
    rule = mapping(read_yaml(name, path), place, RULE_KEYS, required=("versions",))
    stem = PurePosixPath(name).stem
    if (rule.get("rule") or stem) != stem:
        raise place.at("rule").error("the rule is not named as its file", f"Name both {stem}, or rename the file.")
    for where, version in items(rule["versions"], place.at("versions")):
        yield from _version(stem, rule, mapping(version, where, VERSION_KEYS, required=("from", "pays_as", "source")), where, payer_ids)


def _version(stem: str, rule: dict[str, Any], version: dict[str, Any], place: Place, payer_ids: set[str]) -> Iterator[Pair]:
    start, until = period(version, place, "from", "until")
    words = {key: one_of(version.get(key) or rule.get(key) or DEFAULTS[key], place.at(key), allowed) for key, allowed in WORDS.items()}
    reason = source(version["source"], place.at("source"))
    payers = _payers(version.get("payers"), place.at("payers"), payer_ids)
    for submitted, paid in _pairs(version["pays_as"], place.at("pays_as")):
        for payer_id in payers:
            pair = {"rule": stem, "payer_id": payer_id, "submitted_code": submitted, "paid_code": paid}
            yield {**pair, **words, "source": reason, "effective_from": start, "effective_until": until}, place


def _payers(value: Any, place: Place, payer_ids: set[str]) -> list[str | None]:
    """The payers a version is limited to; [None], every payer, where it names none."""
    found: list[str | None] = []
    for where, item in items(value, place):
        payer_id = text(item, where)
        if payer_id not in payer_ids:
            raise where.error(f"unknown payer {payer_id!r}", "Add it to payers.yaml, or correct the id.")
        found.append(payer_id)
    return found or [None]


def _pairs(value: Any, place: Place) -> list[tuple[str, str]]:
    """Distinct pairs; a code paid as itself drops out of a range, and is an error where written out."""
    pairs: dict[tuple[str, str], None] = {}
    if not isinstance(value, dict) or not value:
        raise place.error("pairs of codes are expected here", "Write `D2391: D2140`, or lists and ranges of codes.")
    for key, targets in value.items():
        submitted = _codes(key, place.at(key))
        for where, target in items(targets, place.at(key)):
            paid = _codes(target, where)
            if submitted == paid and len(paid) == 1:
                raise where.error("a code is paid as itself", "Remove the pair.")
            if len(pairs) + len(submitted) * len(paid) > MOST_PAIRS:
                raise where.error(f"more than {MOST_PAIRS} pairs", "Narrow the ranges.")
            pairs.update(dict.fromkeys((one, other) for one in submitted for other in paid if one != other))
    return list(pairs)


def _codes(value: Any, place: Place) -> list[str]:
    """A code, or every code of `D2710-D2799`, both ends included; those that do not exist match nothing."""
    first, dash, last = text(value, place).partition("-")
    start = code(first, place)
    if not dash:
        return [start]
    end = code(last, place)
    if end <= start:
        raise place.error("the range ends before it starts", "Write the lower code first, such as D2710-D2799.")
    return [f"D{number:04d}" for number in range(int(start[1:]), int(end[1:]) + 1)]
