"""This project's reader beside what costs less than any reader can: cutting the same bytes into elements, or only counting them.

All in one process, in turn. `read_csv` with `*` and `~` knows neither loops nor types; 21 columns hold every segment whole, 12 lose
what stands further right. A plain CSV of the service lines is what the same lines would cost, had they come as a table.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl

from benchmarks.corpus import blob, corpus
from benchmarks.figures import Figure, figure
from benchmarks.paired import alternate
from benchmarks.read_835 import COLUMNS, csv_bytes, read_all, read_csv
from flows.reading import read_in_order

SIZE = 100_000_000
ROUNDS = 7


def measure() -> Iterator[Figure]:
    """Seconds of each, and this project's as a multiple of each."""
    data = corpus(SIZE)
    one, table = blob(data), lines_as_csv(data)
    schema = pl.scan_csv(io.BytesIO(table)).collect_schema()
    cut = {columns: csv_bytes(data, columns) for columns in COLUMNS}
    runs = {
        "reader": lambda: read_all([one]),
        **{f"csv{columns}": lambda whole=whole: read_csv(whole) for columns, whole in cut.items()},
        "lines": lambda: pl.read_csv(table, schema=schema),
        "count": lambda: (data.count(b"~"), data.count(b"*")),
    }
    times = alternate(runs, ROUNDS)
    size = len(data) / 1e6
    for name, what in {
        "reader": "this project, 835 into all tables",
        **{f"csv{columns}": f"`pl.read_csv`, {columns} text columns" for columns in COLUMNS},
        "lines": f"`pl.read_csv` of its service lines as a plain CSV ({len(table) / 1e6:.0f} MB)",
        "count": "`bytes.count` of both separators",
    }.items():
        own, its = times["reader"], times[name]
        yield figure(f"ceilings.{name}.cpu", what, its.cpu, "s")
        yield figure(f"ceilings.{name}.wall", what, its.wall, "s")
        yield figure(f"ceilings.{name}.speed", what, [size / cpu for cpu in its.cpu], "MB/s")
        if name != "reader":
            yield figure(f"ceilings.{name}.cpu_ratio", what, [a / b for a, b in zip(own.cpu, its.cpu, strict=True)], "x")
            yield figure(f"ceilings.{name}.wall_ratio", what, [a / b for a, b in zip(own.wall, its.wall, strict=True)], "x")


def lines_as_csv(data: bytes) -> bytes:
    """The service lines that the bytes hold, one a row, as text."""
    lines = pl.concat(part.service_lines for part in read_in_order([blob(data)]))
    flat = lines.with_columns(pl.col(name).list.join(" ") for name, kind in lines.schema.items() if isinstance(kind, pl.List))
    return flat.write_csv().encode()
