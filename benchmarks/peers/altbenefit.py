"""This project's reader: five typed tables, amounts exact, odd values and broken envelopes told."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from benchmarks.peers.result import Found, main
from flows.reading import read_in_order
from transforms.tables.remittances import Blob


def read(paths: Sequence[Path]) -> Callable[[], Found]:
    """As a night reads, results kept."""
    parts = list(read_in_order(_blobs(paths)))
    return lambda: Found(
        claims=sum(part.claims.height for part in parts),
        lines=sum(part.service_lines.height for part in parts),
        adjustments=sum(part.adjustments.height for part in parts),
        charge_cents=_cents([part.service_lines["charge_amount"] for part in parts]),
        paid_cents=_cents([part.service_lines["paid_amount"] for part in parts]),
        adjusted_cents=_cents([part.adjustments["amount"] for part in parts]),
    )


def _blobs(paths: Sequence[Path]) -> Iterator[Blob]:
    for number, path in enumerate(paths):
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        yield Blob(f"{number:064x}", path.name, view)


def _cents(amounts: list[pl.Series]) -> int:
    return sum(int(one.cast(pl.Decimal(38, 2)).sum() * 100) for one in amounts)


if __name__ == "__main__":
    main(read)
