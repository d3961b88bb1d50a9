"""The pack on disk: what it says is what was published, and nothing of it names a line, a person, a file or a day."""

import json
import re
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from flows.errors import BadUsage
from flows.share import as_csv, write_pack
from tests.flows.helpers import tree
from transforms.tables.share import SHARE_TABLES

MINIMUM = 2  # the practice of these tests is small


@pytest.fixture(scope="module")
def store(worked) -> Path:
    return worked.work / "store"


@pytest.fixture(scope="module")
def pack(store, tmp_path_factory) -> Path:
    return write_pack(store, tmp_path_factory.mktemp("out") / "pack", MINIMUM).folder


def text_of(pack: Path) -> str:
    """Everything in the pack: names, texts, and Parquet decoded with its metadata."""
    parts = [path.name + "\n" for path in pack.iterdir()]
    parts += [path.read_text() for path in pack.iterdir() if path.suffix in (".csv", ".txt")]
    for path in pack.glob("*.parquet"):
        parts += [pl.read_parquet(path).write_ndjson(), str(pq.read_schema(path).metadata)]
    return "".join(parts)


def test_no_line_person_file_npi_or_day_is_in_it(pack, store):
    findings = pl.read_parquet(store / "reports/current/findings.parquet")
    said = text_of(pack)
    for column in ("line_id", "claim_id", "patient_id", "source_file", "payee_npi"):
        values = findings[column].drop_nulls().unique().to_list()
        assert values
        assert [value for value in values if value in said] == [], column
    assert re.findall(r"\b20\d\d-\d\d-\d\d\b", said) == []
    assert re.search(r"\b20\d\d-\d\d\b", said)


def test_shown_codes_say_what_the_published_ranking_says(pack, store):
    numbers = ["line_count", "claim_count", "patient_count", "surprise_balance", "benefit_shortfall", "provider_absorbed_amount"]
    same = ["payer_id", "submitted_code", "paid_code", *numbers, "median_alternate_fee", "contracted_fee", "median_coverage_pct"]
    published = pl.read_parquet(store / "reports/current/payer_code_ranking.parquet")
    shown = pl.read_parquet(pack / "share_code_ranking.parquet")
    codes = shown.filter((pl.col("level") == "code") & ~pl.col("suppressed"))
    assert codes.height >= 3
    assert set(codes.select(same).rows()) <= set(published.select(same).rows())
    every = shown.filter(pl.col("level") == "code").select("payer_id", "submitted_code").rows()
    assert sorted(every) == sorted(published.select("payer_id", "submitted_code").rows())
    alternates = pl.read_parquet(pack / "share_alternate_ranking.parquet").filter(~pl.col("suppressed"))
    by_alternate = pl.read_parquet(store / "reports/current/payer_alternate_ranking.parquet")
    keys = ["payer_id", "alternate_code", "line_count", "surprise_balance"]
    assert set(alternates.select(keys).rows()) <= set(by_alternate.select(keys).rows())


def test_the_same_publication_gives_the_same_bytes(pack, store, tmp_path):
    assert tree(write_pack(store, tmp_path / "again", MINIMUM).folder) == tree(pack)


def test_every_table_is_there_twice_and_described(pack):
    said = (pack / "README.txt").read_text()
    for table in SHARE_TABLES:
        assert pl.read_parquet(pack / f"{table.name}.parquet").columns == table.names
        assert (pack / f"{table.name}.csv").read_text().splitlines()[0] == ",".join(table.names)
        assert table.name in said


def test_a_spreadsheet_runs_nothing():
    frame = pl.DataFrame({"payer_name": ["=HYPERLINK(1)", "+1", "@x", "Delta"], "surprise_balance": [-1, 2, 3, 4]})
    assert as_csv(frame).splitlines()[1:] == ["'=HYPERLINK(1),-1", "'+1,2", "'@x,3", "Delta,4"]


def test_it_writes_over_nothing_but_a_pack(store, tmp_path):
    other = tmp_path / "papers"
    other.mkdir()
    (other / "letter.txt").write_text("keep me")
    for place in (other, store / "pack", store.parent):
        with pytest.raises(BadUsage):
            write_pack(store, place, MINIMUM)
    assert (other / "letter.txt").read_text() == "keep me"
    with pytest.raises(BadUsage, match="nothing is published"):
        write_pack(tmp_path / "no-store", tmp_path / "pack", MINIMUM)


def test_the_command_says_what_it_wrote(worked, store, tmp_path):
    done = worked.run("share", "--store", store, "--out", tmp_path / "told-pack", "--min-cell", "5", "--json")
    facts = json.loads(done.stdout)
    assert (done.returncode, facts["min_cell"], set(facts["rows"])) == (0, 5, {table.name for table in SHARE_TABLES})
    assert "Cells of fewer than 11" in done.stderr
    assert worked.run("share", "--store", store, "--out", tmp_path / "p", "--min-cell", "1").returncode == 2
