"""Parquet files joined by their row groups: every reader sees the same rows, types, statistics and meanings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import parquet, row_groups
from transforms.tables.contract import Table, count, flag, money, text, texts
from transforms.tables.contract import date as day

TABLE = Table(
    name="things",
    grain="one row per thing",
    key=("thing_id",),
    columns=(
        text("thing_id", "a thing"),
        money("amount", "what it costs", null="unknown"),
        count("count", "how many"),
        day("seen", "when", null="never"),
        flag("is_red", "is it"),
        texts("codes", "what for"),
    ),
)


def rows_of(size: int, start: int) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "thing_id": f"thing-{start + at:06}",
                "amount": Decimal(start + at) / 100 if at % 3 else None,
                "count": at,
                "seen": date(2026, 1, 1) + timedelta(days=at % 400) if at % 5 else None,
                "is_red": at % 2 == 0,
                "codes": ["N2", "MA15"][: at % 3],
            }
            for at in range(size)
        ],
        schema=TABLE.schema,
    )


def joined(folder: Path, parts: list[pl.DataFrame]) -> Path:
    paths = [folder / f"{place}.parquet" for place in range(len(parts))]
    for path, part in zip(paths, parts, strict=True):
        parquet.write_table(part, TABLE, path)
    row_groups.join(paths, folder / "whole.parquet")
    return folder / "whole.parquet"


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.sampled_from([0, 1, 2, 17, 130]), min_size=1, max_size=20))
def test_every_reader_sees_all_rows(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    parts = [rows_of(size, 1_000 * place) for place, size in enumerate(sizes)]
    whole, expected = joined(tmp_path_factory.mktemp("join"), parts), pl.concat(parts)
    assert pl.read_parquet(whole).equals(expected)
    assert pl.scan_parquet(whole).filter(pl.col("thing_id") == "thing-001001").collect().equals(expected.filter(thing_id="thing-001001"))
    table = pq.read_table(whole)
    assert table.schema.equals(pq.read_schema(whole.with_name("0.parquet")), check_metadata=True)
    with duckdb.connect() as base:
        counted = base.execute("select count(*), coalesce(sum(count), 0)::bigint from read_parquet(?)", [str(whole)]).fetchone()
    assert counted == (expected.height, expected["count"].sum())
    found = pq.read_metadata(whole)
    assert found.num_rows == expected.height
    assert sum(found.row_group(place).num_rows for place in range(found.num_row_groups)) == expected.height


def test_a_file_that_only_arrives_in_one_part_stays_as_it_is(tmp_path: Path) -> None:
    parquet.write_table(rows_of(50, 0), TABLE, tmp_path / "one.parquet")
    row_groups.join([tmp_path / "one.parquet"], tmp_path / "whole.parquet")
    assert (tmp_path / "whole.parquet").read_bytes() == (tmp_path / "one.parquet").read_bytes()


def test_statistics_go_with_their_rows(tmp_path: Path) -> None:
    whole = pq.read_metadata(joined(tmp_path, [rows_of(10, 0), rows_of(10, 1_000)]))
    ranges = [whole.row_group(place).column(0).statistics for place in range(2)]
    assert [(one.min, one.max) for one in ranges] == [("thing-000000", "thing-000009"), ("thing-001000", "thing-001009")]


def test_other_columns_and_other_files_are_refused(tmp_path: Path) -> None:
    parquet.write_table(rows_of(5, 0), TABLE, tmp_path / "one.parquet")
    rows_of(5, 0).drop("count").write_parquet(tmp_path / "two.parquet")
    (tmp_path / "three.parquet").write_bytes(b"no parquet at all")
    for name in ("two", "three"):
        with pytest.raises(ValueError, match="to join"):
            row_groups.join([tmp_path / "one.parquet", tmp_path / f"{name}.parquet"], tmp_path / "whole.parquet")
