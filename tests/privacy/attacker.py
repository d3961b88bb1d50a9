"""Somebody who holds the whole pack and does arithmetic on it. Shares no code with transforms/disclosure.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations

import polars as pl

Rows = list[frozenset[int]]  # the lines that each number of the pack sums


def published_rows(pack: dict[str, pl.DataFrame], lines: pl.DataFrame) -> Rows:
    """The lines behind every row that shows its numbers. `lines` has the keys and a number per line."""
    shown = {name: frame.filter(~pl.col("suppressed")).to_dicts() for name, frame in pack.items()}
    here = lines.to_dicts()
    by_code = {(row["month"], row["payer_id"], row["submitted_code"]) for row in shown["share_monthly_trend"] if row["level"] == "code"}

    def found(name: str, same: Iterable[str]) -> Iterator[frozenset[int]]:
        for row in shown[name]:
            yield frozenset(line["line"] for line in here if all(line[key] == row[key] for key in same) and fits(row, line, name))

    def fits(row: dict, line: dict, name: str) -> bool:
        if name == "share_totals":
            return row["payer_id"] in (None, line["payer_id"])
        if name == "share_code_ranking":
            return line["submitted_code"] in row["submitted_codes"]
        if name == "share_monthly_trend" and row["level"] == "family":
            return (line["month"], line["payer_id"], line["submitted_code"]) not in by_code
        return name != "share_monthly_trend" or line["submitted_code"] == row["submitted_code"]

    return [
        *found("share_totals", ()),
        *found("share_code_ranking", ["payer_id"]),
        *found("share_alternate_ranking", ["payer_id", "alternate_code"]),
        *found("share_fee_schedule", ["payer_id", "alternate_code", "fee"]),
        *found("share_monthly_trend", ["payer_id", "code_family", "month"]),
    ]


def groups_that_leak(rows: Rows, people: dict[int, tuple[str | None, str]], minimum: int) -> list[frozenset[int]]:
    """Every group of lines with too few patients or claims that some combination of the rows speaks of alone.

    `people` is the patient and claim of each line. Tries every union of classes of lines that no row tells apart.
    """
    classes: dict[tuple[bool, ...], set[int]] = {}
    for line in people:
        classes.setdefault(tuple(line in row for row in rows), set()).add(line)
    signatures = [signature for signature in classes if any(signature)]
    full = rank([[signature[row] for signature in signatures] for row in range(len(rows))])
    leaks = []
    for size in range(1, len(signatures) + 1):
        for some in combinations(signatures, size):
            group = frozenset(line for signature in some for line in classes[signature])
            if is_small(group, people, minimum):
                others = [signature for signature in signatures if signature not in some]
                if rank([[signature[row] for signature in others] for row in range(len(rows))]) < full:
                    leaks.append(group)
    return leaks


def is_small(group: Iterable[int], people: dict[int, tuple[str | None, str]], minimum: int) -> bool:
    patients = {people[line][0] for line in group} - {None}
    return min(len(patients), len({people[line][1] for line in group})) < minimum


def rank(matrix: list[list[bool]]) -> int:
    """Rank by elimination in fractions."""
    rows = [[Fraction(int(value)) for value in row] for row in matrix]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            if rows[at][column]:
                factor = rows[at][column] / rows[found][column]
                rows[at] = [value - factor * top for value, top in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found
