"""A guard, not a measurement: the reader stays near the least that any reader can do. Ratios only, never seconds."""

from __future__ import annotations

import statistics

import pytest

from benchmarks.corpus import blob, corpus
from benchmarks.paired import alternate
from benchmarks.read_835 import COLUMNS, csv_bytes, read_all, read_csv

TARGET = 1.5  # CPU time over that of read_csv with 21 text columns on the same bytes; 1.2 of 100 MB, more of so few
SLACK = 1.5  # other machines, other neighbours


@pytest.mark.slow
def test_reading_835_costs_little_more_than_cutting_it_into_elements():
    data = corpus(20_000_000)
    one, whole = blob(data), csv_bytes(data, COLUMNS[0])
    found = alternate({"835": lambda: read_all([one]), "csv": lambda: read_csv(whole)}, rounds=5)
    assert statistics.median(found["835"].cpu) <= TARGET * SLACK * statistics.median(found["csv"].cpu)
