"""How Parquet is written: the same rows give the same bytes, every reader gets them back, older layouts join with newer ones."""

import io

import duckdb
import polars as pl
import pyarrow.parquet as pq

from flows import parquet, row_groups
from flows.lake_tables import LAKE_TABLES
from flows.mart_tables import MART_TABLES
from transforms.tables.adjustments import ADJUSTMENTS

ROWS = pl.DataFrame(
    [
        {"claim_id": f"f-{number // 3:05}", "line_id": f"f-{number // 3:05}-1" if number % 3 else None, "file_id": "f", "group_code": "CO",
         "reason_code": str(number % 7), "amount": number, "adjustment_segment": number, "position": 1}
        for number in range(500)
    ],
    schema=ADJUSTMENTS.schema,
)  # fmt: skip


def _written(**changes) -> pq.ParquetFile:
    out = io.BytesIO()
    pq.write_table(parquet.to_arrow(ROWS, ADJUSTMENTS), out, **parquet.writer_options(ADJUSTMENTS.arrow_schema) | changes)
    out.seek(0)
    return pq.ParquetFile(out)


def test_columns_that_get_no_dictionary_are_columns_of_a_contract():
    known = {name for table in (*LAKE_TABLES.values(), *MART_TABLES.values()) for name in table.names}
    assert known >= parquet.ONE_A_ROW


def test_only_values_that_repeat_get_a_dictionary():
    group = _written().metadata.row_group(0)
    chunks = [group.column(place) for place in range(group.num_columns)]
    have = {chunk.path_in_schema for chunk in chunks if chunk.has_dictionary_page}
    assert have == set(ADJUSTMENTS.names) - parquet.ONE_A_ROW
    assert all(chunk.statistics is not None for chunk in chunks)


def test_rows_in_any_order_give_the_same_bytes(tmp_path):
    shuffled = ROWS.sample(fraction=1, shuffle=True, seed=1)
    assert parquet.write_table(ROWS, ADJUSTMENTS, tmp_path / "one") == parquet.write_table(shuffled, ADJUSTMENTS, tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_every_reader_gets_the_rows_back_from_both_layouts_joined(tmp_path):
    parquet.write_table(ROWS, ADJUSTMENTS, tmp_path / "now")
    older = parquet.writer_options(ADJUSTMENTS.arrow_schema) | {"use_dictionary": True, "compression_level": 3}
    pq.write_table(parquet.to_arrow(ROWS, ADJUSTMENTS), tmp_path / "before", **older)
    row_groups.join([tmp_path / "before", tmp_path / "now"], tmp_path / "whole.parquet")
    twice = pl.concat([ROWS, ROWS])
    assert pl.read_parquet(tmp_path / "whole.parquet").equals(twice)
    assert pl.DataFrame(pq.read_table(tmp_path / "whole.parquet")).equals(twice)
    with duckdb.connect() as connection:
        assert connection.sql(f"select * from '{tmp_path / 'whole.parquet'}'").pl().equals(twice)
