"""All history is read in one call: several publications, an older one without a column of today, columns that are all null."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from flows.mart_tables import MART_TABLES
from tests.docs.conftest import demo  # noqa: F401 - the demo's store, as a fixture
from transforms.tables.contract import ARROW_TYPES

pytestmark = pytest.mark.slow  # run by CI, after the others

NEWEST = "tooth_code"  # stands for a column that an earlier version did not write


@pytest.fixture(scope="module")
def history(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """The demo's publications, and one of a year ago as an earlier version would have written it."""
    root = tmp_path_factory.mktemp("history")
    shutil.copytree(demo / "reports/history", root / "history")
    new = next((root / "history").glob("2026-03-31/*/findings.parquet"))
    old = root / "history/2025-06-30/old" / new.name
    old.parent.mkdir(parents=True)
    table = pq.read_table(new)
    pq.write_table(table.drop_columns([NEWEST]), old)
    return root / "history"


@pytest.mark.parametrize("name", sorted(MART_TABLES))
def test_every_table_of_all_publications_in_one_call(history: Path, name: str) -> None:
    """DuckDB by union of names, Polars with today's schema, pyarrow with the contract's, pandas through pyarrow: the same rows."""
    table, files = MART_TABLES[name], sorted(history.glob(f"*/*/{name}.parquet"))
    rows = sum(pq.read_metadata(file).num_rows for file in files)
    with duckdb.connect() as connection:
        found = connection.sql(f"from read_parquet('{history}/*/*/{name}.parquet', union_by_name = true)")
        assert set(found.columns) == set(table.names) and found.shape[0] == rows
        assert "DOUBLE" not in map(str, found.types)
    lazy = pl.scan_parquet(files, schema=table.schema, missing_columns="insert").collect()
    assert lazy.schema == table.schema and lazy.height == rows
    arrow = ds.dataset([str(file) for file in files], schema=table.arrow_schema).to_table()
    assert arrow.num_rows == rows
    assert [field.type for field in arrow.schema] == [ARROW_TYPES[column.dtype] for column in table.columns]
    assert len(pd.concat([pd.read_parquet(file) for file in files])) == rows


def test_a_column_without_a_value_keeps_its_type(history: Path) -> None:
    files = list(history.glob("2026-06-30/*/*.parquet"))
    empty = [
        (file.name, column, pq.read_schema(file).field(column).type)
        for file in files
        for column in pq.read_schema(file).names
        if pl.read_parquet(file, columns=[column])[column].null_count() == pq.read_metadata(file).num_rows > 0
    ]
    assert empty, "the demo has columns without a value"
    assert [found for found in empty if str(found[2]) == "null"] == []
    assert all(MART_TABLES[name.removesuffix(".parquet")].arrow_schema.field(column).type == kind for name, column, kind in empty)


def test_every_file_carries_meaning_unit_example_and_version(history: Path) -> None:
    schema = pq.read_schema(next(history.glob("2026-06-30/*/findings.parquet")))
    assert schema.metadata[b"altbenefit.contract_version"] and schema.metadata[b"altbenefit.grain"].startswith(b"one row per")
    for field in schema:
        assert {b"meaning", b"unit", b"source", b"null_means", b"example", b"since"} <= set(field.metadata), field.name
