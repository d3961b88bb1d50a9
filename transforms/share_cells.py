"""The cells of the pack that may be shown: counted lines grouped, small groups rolled up, the rest withheld."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.adjudicated import cents
from transforms.disclosure import Lines, extend
from transforms.findings import UNKNOWN
from transforms.ranking import code_family

ATOM = ["submitted_code", "alternate_code", "month", "fee_cents"]
CODE, FAMILY, ALTERNATE = ["payer_id", "submitted_code"], ["payer_id", "code_family"], ["payer_id", "alternate_code"]
FEE, CODE_MONTH, FAMILY_MONTH = [*ALTERNATE, "fee_cents"], [*CODE, "month"], [*FAMILY, "month"]
KEYS = {  # in order of priority: what comes late gives way
    "payer": ["payer_id"],
    "code": CODE,
    "family": FAMILY,
    "alternate": ALTERNATE,
    "fee": FEE,
    "code_month": CODE_MONTH,
    "family_month": FAMILY_MONTH,
}


@dataclass(frozen=True)
class Shown:
    """The keys of the cells to show, a frame each. `family` and `family_month` sum what is not shown by code there."""

    payer: pl.DataFrame
    code: pl.DataFrame
    family: pl.DataFrame
    alternate: pl.DataFrame
    fee: pl.DataFrame
    code_month: pl.DataFrame
    family_month: pl.DataFrame
    is_whole_shown: bool


def counted_lines(findings: pl.DataFrame) -> pl.DataFrame:
    """The counted lines of the mart (FINDINGS) in cents, with the keys of every table of the pack and a month for a day."""
    units = pl.max_horizontal("units", 1)
    lines = findings.filter("counted").with_columns(
        pl.col("submitted_code").fill_null(UNKNOWN),
        alternate_code=pl.col("paid_code").fill_null(UNKNOWN),
        month=pl.col("payment_date").dt.strftime("%Y-%m"),
        fee_cents=cents("alternate_fee") // units,
        contracted_cents=cents("contracted_fee") // units,
        coverage_bp=pl.col("coverage_pct").to_physical().cast(pl.Int64),
        surprise_cents=cents("surprise_balance"),
        shortfall_cents=cents("benefit_shortfall"),
        absorbed_cents=cents("provider_absorbed_amount"),
    )
    return lines.with_columns(code_family=code_family("submitted_code"))


def shown_cells(lines: pl.DataFrame, minimum: int) -> Shown:
    """Choose the cells payer by payer; totals come first, so that codes give way where a remainder would speak of few."""
    parts = [_of_payer(part, minimum) for part in lines.partition_by("payer_id", maintain_order=True)]
    found = {name: pl.concat([lines.head(0).select(by), *(part[name] for part in parts)]) for name, by in KEYS.items()}
    # The sum over all payers less the payers shown is a sum over the others: enough patients, or nobody.
    others = lines.join(found["payer"], on="payer_id", how="anti")
    return Shown(**found, is_whole_shown=lines.height > 0 and (others.is_empty() or _size(others) >= minimum))


def _size(lines: pl.DataFrame) -> int:
    """Distinct patients or distinct claims, whichever is less; an unknown patient counts as none."""
    return min(lines.get_column("patient_id").drop_nulls().n_unique(), lines.get_column("claim_id").n_unique())


def _of_payer(given: pl.DataFrame, minimum: int) -> dict[str, pl.DataFrame]:
    lines = given.with_columns(atom=pl.struct(ATOM).rank("dense") - 1)
    who = numbered(lines)
    kept: list[np.ndarray] = []

    found: dict[str, pl.DataFrame] = {}
    for name, by in KEYS.items():
        by_code = found[name.replace("family", "code")] if name.startswith("family") else None
        left = lines if by_code is None else lines.join(by_code, on=by_code.columns, how="anti")
        found[name] = chosen(kept, left.drop_nulls("fee_cents") if by == FEE else left, by, who, minimum)
    return found


def numbered(lines: pl.DataFrame) -> Lines:
    """Atom, patient and claim of each line as numbers; needs the columns atom (0..n-1), patient_id and claim_id."""
    return Lines(
        lines.get_column("atom").to_numpy().astype(np.int64),
        lines.get_column("patient_id").rank("dense").fill_null(0).to_numpy().astype(np.int64) - 1,
        lines.get_column("claim_id").rank("dense").to_numpy().astype(np.int64) - 1,
    )


def chosen(kept: list[np.ndarray], lines: pl.DataFrame, by: list[str], who: Lines, minimum: int) -> pl.DataFrame:
    """The keys of the groups to show, of those that are large enough, largest first. `kept` grows."""
    size = pl.min_horizontal(pl.col("patient_id").drop_nulls().n_unique(), pl.col("claim_id").n_unique())
    groups = lines.group_by(by).agg(size=size, atoms=pl.col("atom").unique()).filter(pl.col("size") >= minimum)
    ordered = groups.sort(["size", *by], descending=[True, *([False] * len(by))])
    cells = []
    for atoms in ordered.get_column("atoms"):
        cell = np.zeros(int(who.atom.max()) + 1, dtype=np.int8)
        cell[atoms.to_numpy()] = 1
        cells.append(cell)
    return ordered.filter(pl.Series(extend(kept, cells, who, minimum), dtype=pl.Boolean)).select(by)
