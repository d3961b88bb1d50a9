"""What `parse` could not read, or read with a warning, for the terminal."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.tell import as_words

SAID = 20  # lines of each kind


def said(out: Path, form: str) -> list[str]:
    """The first faults and warnings of what was written, a line each: file, position, fact."""
    found: list[str] = []
    for name, word in (("quarantine", "set aside"), ("warnings", "warning")):
        path = out / f"{name}.{form}"
        rows = pl.read_parquet(path) if form == "parquet" else pl.read_csv(path, infer_schema=False)
        for row in rows.head(SAID).iter_rows(named=True):
            place = f", {row['segment']}" if row["segment"] is not None else ""
            found.append(as_words(f"{word}: {row['source_file']}{place}: {row['reason']}"))  # a header must not steer the terminal
        if rows.height > SAID:
            found.append(f"{word}: {rows.height - SAID} more in {path}")
    return found
