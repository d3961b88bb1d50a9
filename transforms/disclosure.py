"""Which cells may be published together, so that no arithmetic on them leads back to a group of few patients.

Every published number is a sum over lines, so all that anyone can reckon from a set of cells by adding and subtracting is
a linear combination of their 0/1 rows. Lines that lie in exactly the same cells can never be told apart: they are one
class. A combination that is zero on every class with enough patients and claims, but not zero altogether, would speak of
few patients alone. A set of cells is safe where no such combination exists on fewer than `minimum` patients or claims.
Fewer cells are always at least as safe, so a whole run of cells is tried before single ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PRIME = 2_147_483_647  # rows are reduced in whole numbers modulo a prime: exact, and no tolerance to choose
FREE_COMBINATIONS = 3  # beyond so many independent combinations of small classes the set is refused unexamined


@dataclass(frozen=True)
class Lines:
    """One entry a line: its atom (0..n-1; lines of an atom share all their keys), its patient (-1 unknown) and its claim."""

    atom: np.ndarray
    patient: np.ndarray
    claim: np.ndarray


def extend(kept: list[np.ndarray], cells: Sequence[np.ndarray], lines: Lines, minimum: int) -> list[bool]:
    """Add each cell, in the order given, that leaves the set safe; tells which were added.

    `kept` grows. A cell is a 0/1 vector over atoms. Order is priority: what comes late gives way, so cells given largest
    first lose their smallest (complementary suppression).
    """
    chosen: list[bool] = []
    while len(chosen) < len(cells):
        rest = cells[len(chosen) :]
        run = _longest_safe(kept, rest, lines, minimum)
        kept.extend(rest[:run])
        chosen.extend([True] * run)
        if run < len(rest):
            chosen.append(False)
    return chosen


def _longest_safe(kept: list[np.ndarray], cells: Sequence[np.ndarray], lines: Lines, minimum: int) -> int:
    if is_safe([*kept, *cells], lines, minimum):
        return len(cells)
    safe, unsafe = 0, len(cells)
    while unsafe - safe > 1:
        middle = (safe + unsafe) // 2
        if is_safe([*kept, *cells[:middle]], lines, minimum):
            safe = middle
        else:
            unsafe = middle
    return safe


def is_safe(cells: Sequence[np.ndarray], lines: Lines, minimum: int) -> bool:
    """Does every combination of these cells that is not zero reach at least `minimum` patients and claims?"""
    if not cells:
        return True
    matrix, class_of_atom = np.unique(np.stack(cells).astype(np.int64), axis=1, return_inverse=True)
    class_of_line = class_of_atom.reshape(-1)[lines.atom]
    is_big = _sizes(class_of_line, matrix.shape[1], lines) >= minimum
    is_published = matrix.any(axis=0)
    big, small = np.flatnonzero(is_big & is_published), np.flatnonzero(~is_big & is_published)
    reduced, pivots = _reduced(matrix[:, [*big, *small]])
    at_risk = [row for row, pivot in zip(reduced, pivots, strict=True) if pivot >= len(big)]
    basis = np.array([row[len(big) :] for row in at_risk], dtype=np.int64).reshape(len(at_risk), len(small))
    return all(_reaches(part, small, class_of_line, lines, minimum) for part in _apart(basis))


def _sizes(class_of_line: np.ndarray, class_count: int, lines: Lines) -> np.ndarray:
    """Of each class the number of patients or of claims, whichever is less."""
    return np.minimum(
        _distinct(class_of_line, class_count, lines.patient), _distinct(class_of_line, class_count, lines.claim)
    )  # fmt: skip


def _distinct(class_of_line: np.ndarray, class_count: int, who: np.ndarray) -> np.ndarray:
    known = who >= 0
    pairs = np.unique(np.stack([class_of_line[known], who[known]]), axis=1)
    return np.bincount(pairs[0], minlength=class_count)


def _reduced(matrix: np.ndarray) -> tuple[list[np.ndarray], list[int]]:
    """Reduced row echelon form modulo PRIME: its rows and the column of each row's pivot."""
    rows = matrix % PRIME
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        at = len(pivots)
        found = np.flatnonzero(rows[at:, column])
        if not found.size:
            continue
        rows[[at, at + found[0]]] = rows[[at + found[0], at]]
        rows[at] = rows[at] * pow(int(rows[at, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != at]
        rows[others] = (rows[others] - rows[others, column][:, None] * rows[at]) % PRIME
        pivots.append(column)
        if len(pivots) == rows.shape[0]:
            break
    return list(rows[: len(pivots)]), pivots


def _apart(basis: np.ndarray) -> list[np.ndarray]:
    """The basis in parts that share no class: combinations of different parts reach the classes of both."""
    left = list(range(len(basis)))
    parts: list[np.ndarray] = []
    while left:
        part, reach = [left.pop(0)], np.zeros(basis.shape[1], dtype=bool)
        while True:
            reach |= basis[part].any(axis=0)
            more = [row for row in left if (basis[row].astype(bool) & reach).any()]
            if not more:
                break
            part += more
            left = [row for row in left if row not in more]
        parts.append(basis[part])
    return parts


def _reaches(basis: np.ndarray, small: np.ndarray, class_of_line: np.ndarray, lines: Lines, minimum: int) -> bool:
    """Do all combinations of these rows reach enough people? The narrowest ones decide: those no class can be cancelled from."""
    if len(basis) > FREE_COMBINATIONS:
        return False
    if len(basis) == 1:
        inside = np.isin(class_of_line, small[basis[0] != 0])
        return min(_count(lines.patient[inside]), _count(lines.claim[inside])) >= minimum
    return all(
        _reaches(_cancelled(basis, int(column)), small, class_of_line, lines, minimum) for column in np.flatnonzero(basis.any(axis=0))
    )  # fmt: skip


def _cancelled(basis: np.ndarray, column: int) -> np.ndarray:
    """All combinations of the rows that are zero in this column."""
    order = [column, *(other for other in range(basis.shape[1]) if other != column)]
    rows, pivots = _reduced(basis[:, order])
    kept = np.array([row for row, pivot in zip(rows, pivots, strict=True) if pivot > 0], dtype=np.int64)
    back = np.empty_like(kept)
    back[:, order] = kept
    return back


def _count(who: np.ndarray) -> int:
    return int(np.unique(who[who >= 0]).size)
