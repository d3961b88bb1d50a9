"""What people decided on unmapped payers: rows of `payer_aliases.csv` in the practice's own configuration, dated and signed.

A row is never deleted: one that is taken back says so, and by whom. payers.yaml, which is written by hand, is never touched.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from config.confirmed import COLUMNS, FILE
from config.load import ConfigError, load_settings
from flows.errors import BadUsage
from flows.store import write_whole

Row = dict[str, str]


def confirm(config: Path, unmapped_payer_id: str, payer_id: str, keys: list[str], reason: str, on: date, by: str) -> list[Row]:
    """Add each key (kind=value) to the listed payer. Raises BadUsage where the configuration would not hold with it."""
    pairs = [key.split("=", 1) for key in keys]
    # The file is also opened in spreadsheets, where a name that begins with = would be a formula; names compare without it.
    rows = [
        _row(unmapped_payer_id, "confirmed", payer_id, kind, value.lstrip("=+-@\t\r ") if kind == "name" else value, reason, on, by)
        for kind, value in pairs
    ]
    _replace(config, [*_rows(config), *rows])
    return rows


def reject(config: Path, unmapped_payer_id: str, payer_id: str, reason: str, on: date, by: str) -> list[Row]:
    """Hold the two apart: the pair is suggested no more."""
    rows = [_row(unmapped_payer_id, "rejected", payer_id, "", "", reason, on, by)]
    _replace(config, [*_rows(config), *rows])
    return rows


def take_back(config: Path, unmapped_payer_id: str, decision: str, on: date, by: str) -> list[Row]:
    """Mark what was decided on this unmapped payer as taken back. Raises BadUsage where nothing stands."""
    rows = _rows(config)
    standing = [
        row for row in rows
        if row["unmapped_payer_id"] == unmapped_payer_id and row["decision"] == decision and not row["taken_back_on"]
    ]  # fmt: skip
    if not standing:
        raise BadUsage(f"nobody has {decision} {unmapped_payer_id}", str(config / FILE), "Look at the file for what stands.")
    for row in standing:
        row["taken_back_on"], row["taken_back_by"] = on.isoformat(), by
    _replace(config, rows)
    return standing


def _row(unmapped_payer_id: str, decision: str, payer_id: str, kind: str, value: str, reason: str, on: date, by: str) -> Row:
    given = (unmapped_payer_id, decision, payer_id, kind, value, on.isoformat(), by, " ".join(reason.split()), "", "")
    return dict(zip(COLUMNS, given, strict=True))


def _rows(config: Path) -> list[Row]:
    path = config / FILE
    if not path.exists():
        return []
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def _replace(config: Path, rows: list[Row]) -> None:
    """Write the file anew; where the configuration would be refused with it, the file stays as it was."""
    path = config / FILE
    before = path.read_bytes() if path.exists() else None
    _load(config)  # a mistake that is there already is told as such, and nothing is written
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *([row[name] for name in COLUMNS] for row in rows)])
    write_whole(path, text.getvalue().encode())
    try:
        _load(config)
    except BadUsage:
        if before is None:
            path.unlink()
        else:
            write_whole(path, before)
        raise


def _load(config: Path) -> None:
    try:
        load_settings(config)
    except ConfigError as why:
        raise BadUsage(f"the configuration is refused: {why.fact}", f"{config / why.file}, {why.where}", why.next_step) from None
