"""Several reads as one."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from transforms.tables.remittances import Remittances
from transforms.x12.faults import merged_faults, merged_warnings

TABLES = ("payments", "claims", "service_lines", "adjustments", "provider_adjustments", "faults", "warnings")


def gather(parts: Iterable[Remittances]) -> Remittances:
    """Several reads as one; a set or a kind of warning that lies in several of them becomes one row again."""
    parts = list(parts)
    if not parts:
        return Remittances.empty()
    if len(parts) == 1:
        return parts[0]
    tables = {name: pl.concat([getattr(part, name) for part in parts]) for name in TABLES}
    return Remittances(**{**tables, "faults": merged_faults(tables["faults"]), "warnings": merged_warnings(tables["warnings"])})
