"""Parquet as analysts read it, and the bytes it is made of."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import parquet, store
from flows.errors import StoreDamaged
from flows.lake_tables import LAKE_TABLES
from flows.mart_tables import MART_TABLES
from transforms.tables.contract import MONEY, Table, money, text, texts

SMALL = Table(
    "small", "one row a thing", ("id",), (text("id", "id"), money("amount", "dollars", null="unknown"), texts("codes", "codes")), ("id",)
)
ROWS = pl.DataFrame({"id": ["b", "a"], "amount": [None, None], "codes": [["N2"], []]}, schema={**SMALL.schema})


def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path):
    one = parquet.write_table(ROWS, SMALL, tmp_path / "one")
    other = parquet.write_table(ROWS.reverse(), SMALL, tmp_path / "other")
    assert one == other
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_column_without_a_value_keeps_its_type_in_every_reader(tmp_path):
    path = tmp_path / "small.parquet"
    parquet.write_table(ROWS, SMALL, path)
    assert pl.read_parquet(path).schema == SMALL.schema
    assert pq.read_schema(path).field("amount").type == pa.decimal128(12, 2)
    types = dict(duckdb.sql(f"select column_name, column_type from (describe select * from '{path}')").fetchall())
    assert types == {"id": "VARCHAR", "amount": "DECIMAL(12,2)", "codes": "VARCHAR[]"}
    assert pd.read_parquet(path)["amount"].isna().all()


def test_meaning_unit_and_version_travel_with_the_file(tmp_path):
    parquet.write_table(ROWS, SMALL, tmp_path / "small.parquet")
    schema = pq.read_schema(tmp_path / "small.parquet")
    assert schema.metadata[b"altbenefit.contract_version"]
    assert schema.field("amount").metadata[b"unit"] == b"US dollars"
    assert schema.field("codes").metadata[b"meaning"] == b"codes"


def test_an_older_file_without_a_new_column_still_reads(tmp_path):
    parquet.write_table(ROWS, SMALL, tmp_path / "new.parquet")
    older = Table("small", "one row a thing", ("id",), tuple(c for c in SMALL.columns if c.name != "amount"))
    parquet.write_table(ROWS, older, tmp_path / "old.parquet")
    both = parquet.scan([tmp_path / "old.parquet", tmp_path / "new.parquet"], SMALL).collect()
    assert both.height == 4 and both.schema["amount"] == MONEY


def test_every_published_table_equals_its_contract_and_every_reader_takes_it(audited):
    current = audited / "store/reports/current"
    assert {path.stem for path in current.glob("*.parquet")} == set(MART_TABLES)
    for name, table in MART_TABLES.items():
        path = current / f"{name}.parquet"
        written = pq.read_schema(path)
        assert written.equals(table.arrow_schema), name
        assert written.metadata == table.arrow_schema.metadata
        for field in table.arrow_schema:
            assert field.metadata.items() <= written.field(field.name).metadata.items()
        rows = pl.read_parquet(path)
        assert rows.schema == table.schema
        assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(rows.height,)]
        assert len(pd.read_parquet(path)) == rows.height


def test_the_whole_lake_reads_in_one_call_and_agrees_with_the_manifest(audited):
    root = audited / "store"
    manifest = store.read_manifest(root)
    for name, table in LAKE_TABLES.items():
        pattern = root / ("quarantine/items" if name == "quarantine" else f"lake/{name}") / "*/*.parquet"
        listed = store.scan(root, manifest, name).collect()
        assert sorted(path.relative_to(root).as_posix() for path in root.glob(str(pattern.relative_to(root)))) == sorted(
            manifest.files.get(name, ())
        )
        if listed.height:
            assert duckdb.sql(f"select count(*) from read_parquet('{root / pattern}', union_by_name=true)").fetchall() == [(listed.height,)]
            assert listed.select(table.key).is_duplicated().sum() == 0


def test_rows_lie_in_the_month_of_their_payment(audited):
    pattern = audited / "store/lake/payments/*/*.parquet"
    wrong = duckdb.sql(
        f"select count(*) from read_parquet('{pattern}', hive_partitioning=true) where strftime(payment_date, '%Y-%m') != month::varchar"
    )
    assert wrong.fetchall() == [(0,)]


def test_balanced_payments_equal_their_claims_less_provider_adjustments(audited):
    lake = audited / "store/lake"
    off = duckdb.sql(f"""
        with paid as (select payment_id, sum(paid_amount) as paid from '{lake}/claims/*/*.parquet' group by all),
             moved as (select payment_id, sum(amount) as moved from '{lake}/provider_adjustments/*/*.parquet' group by all)
        select count(*) from '{lake}/payments/*/*.parquet' left join paid using (payment_id) left join moved using (payment_id)
        where is_balanced != (payment_amount = coalesce(paid, 0) - coalesce(moved, 0))
    """)
    assert off.fetchall() == [(0,)]


def test_a_missing_file_is_noticed_not_skipped(audited):
    root = audited / "store"
    manifest = store.read_manifest(root)
    (root / manifest.files["claims"][0]).unlink()
    with pytest.raises(StoreDamaged):
        store.scan(root, manifest, "claims")


def test_signed_lines_are_live_or_not(audited):
    lake = audited / "store/lake"
    query = f"""select is_live, count(*) from '{lake}/service_lines/*/*.parquet' join '{lake}/claims/*/*.parquet' using (claim_id)
        where claim_status_code in ('22', '25') group by all"""
    assert [live for live, _ in duckdb.sql(query).fetchall()] == [False]
