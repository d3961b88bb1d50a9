"""Which numbers about one payer may stand side by side, so that none, and no sum or difference, speaks of few patients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.share_cells import chosen, numbered

ATOM = ["submitted_code", "alternate_code", "borne_by"]
ASK, PAIR = ["alternate_code", "borne_by"], ["submitted_code", "alternate_code"]


@dataclass(frozen=True)
class Shown:
    """The keys of the cells to show. What is no pair of its own is summed in one row of the rest."""

    is_total: bool
    asks: pl.DataFrame
    pairs: pl.DataFrame


def shown_cells(lines: pl.DataFrame, minimum: int) -> Shown:
    """Cells of one payer's packet lines: the total first, then what is asked, then pairs of codes; the smallest give way."""
    atoms = lines.with_columns(atom=pl.struct(ATOM).rank("dense").cast(pl.Int64) - 1)
    who = numbered(atoms)
    kept: list[np.ndarray] = []
    total = chosen(kept, atoms, ["payer_id"], who, minimum)
    asks = chosen(kept, atoms.filter("is_askable"), ASK, who, minimum)
    pairs = chosen(kept, atoms, PAIR, who, minimum)
    return Shown(total.height > 0, asks, pairs)


def is_enough(minimum: int) -> pl.Expr:
    """In a grouping: at least so many patients and claims; an unknown patient is nobody."""
    return pl.min_horizontal(pl.col("patient_id").drop_nulls().n_unique(), pl.col("claim_id").n_unique()) >= minimum
