"""`parse`: the tables as read, numbers as sent, however much is read at once."""

import polars as pl
import pytest

from flows.inbox import named
from flows.parsing import parse
from flows.practice import ENDS_ON
from tests.flows.helpers import ROOT, an_835, claim, command, put
from transforms.live import settle_claims
from transforms.tables.remittances import Blob
from transforms.x12 import read

SAMPLES = ROOT.parent / "shared/samples/x12"
TABLES = ("payments", "claims", "service_lines", "adjustments", "provider_adjustments")


def _parsed(out, name: str) -> pl.DataFrame:
    return pl.read_parquet(out / f"{name}.parquet")


def test_the_tables_hold_what_the_files_say(practice, tmp_path):
    out = tmp_path / "out"
    arrivals = named([practice / "inbox"])
    counts = parse(arrivals, out, "parquet", ENDS_ON)
    whole = read([Blob(one.file_id, one.source_file, one.path.read_bytes()) for one in arrivals])
    for name in TABLES:
        expected = getattr(whole, name)
        columns = [column for column in _parsed(out, name).columns if column in expected.columns]
        key = [column for column in ("line_id", "claim_id", "payment_id", "adjustment_segment", "position") if column in columns]
        assert _parsed(out, name).select(columns).sort(key).equals(expected.select(columns).sort(key)), name
    assert (counts.claims, counts.service_lines, counts.faults) == (whole.claims.height, whole.service_lines.height, 0)
    assert sorted(path.stem for path in out.iterdir()) == sorted([*TABLES, "files", "quarantine", "warnings"])


def test_is_live_is_what_all_claims_together_say(practice, tmp_path):
    """`parse` looks closely only at claims that resemble another one; the answer is that of looking at all."""
    out = tmp_path / "out"
    parse(named([practice / "inbox"]), out, "parquet", ENDS_ON)
    payments = _parsed(out, "payments").select("payment_id", "payer_id", "payment_date")
    claims = _parsed(out, "claims").join(payments, on="payment_id")
    states = settle_claims(claims, _parsed(out, "service_lines"), _parsed(out, "adjustments"), _parsed(out, "provider_adjustments"))
    dead = states.filter(pl.col("state") != "live")["claim_id"]
    lines = _parsed(out, "service_lines").with_columns(expected=~pl.col("claim_id").is_in(dead.implode()))
    assert lines.filter(pl.col("is_live") != pl.col("expected")).is_empty()
    assert not lines["is_live"].all()


def test_numbers_are_as_sent_and_names_are_nowhere(tmp_path):
    path = put(tmp_path, "a.835", an_835(claim("77")))
    parse(named([path]), tmp_path / "out", "parquet", ENDS_ON)
    row = _parsed(tmp_path / "out", "claims").row(0, named=True)
    assert (row["patient_control_number"], row["payer_claim_control_number"], row["patient_id"]) == ("A77", "C77", "M77")
    assert all(b"JANE" not in file.read_bytes() for file in (tmp_path / "out").iterdir())


def test_csv_has_the_same_rows_and_lists_with_a_bar(tmp_path):
    remarked = claim("1").replace("CAS*CO", "LQ*HE*N2~LQ*HE*N130~CAS*CO")
    path = put(tmp_path, "a.835", an_835(remarked))
    done = command("parse", path, "--out", tmp_path / "out", "--format", "csv")
    assert done.returncode == 0, done.stderr
    lines = pl.read_csv(tmp_path / "out/service_lines.csv", infer_schema=False)
    assert lines.select("submitted_code", "paid_amount", "remark_codes").rows() == [("D2392", "80.00", "N2|N130")]


def test_what_cannot_be_read_is_listed_and_ends_with_3(tmp_path):
    put(tmp_path / "in", "a.835", an_835(claim("1").replace("CLP*A1*1*100", "CLP*A1*1*ten")))
    put(tmp_path / "in", "b.txt", b"call the payer")
    assert command("parse", tmp_path / "in", "--out", tmp_path / "out").returncode == 3
    faults = _parsed(tmp_path / "out", "quarantine")
    assert sorted(faults["source_file"]) == ["a.835", "b.txt"]
    assert sorted(_parsed(tmp_path / "out", "files")["status"]) == ["quarantined", "quarantined"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the public samples are not beside this checkout")
def test_public_files_are_parsed_without_a_claim_lost(tmp_path):
    parse(named([SAMPLES]), tmp_path / "out", "parquet", ENDS_ON)
    files = _parsed(tmp_path / "out", "files")
    assert files["claim_count"].sum() == files.select(pl.sum_horizontal("claim_loaded_count", "claim_quarantined_count")).to_series().sum()
    assert files.height >= 60
