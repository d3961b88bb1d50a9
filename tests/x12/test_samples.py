"""Public files from beside the project: both readers agree, and nothing an independent scan counted is lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.x12.agreement import assert_agree, blob, rows
from transforms import x12

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples"
INDEX = SAMPLES / "INDEX.csv"


def listed() -> list[dict[str, str]]:
    if not INDEX.exists():
        return []
    with INDEX.open(newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["file"].startswith("x12/")]


@pytest.mark.skipif(not INDEX.exists(), reason="the public files are not beside the project")
@pytest.mark.parametrize("row", listed(), ids=lambda row: row["file"].removeprefix("x12/"))
def test_public_file(row):
    one = blob((SAMPLES / row["file"]).read_bytes(), row["file"])
    tables = assert_agree([one])
    faults = tables["faults"]
    sets = [fault for fault in faults if fault["scope"] == "set" and fault["reason_code"] != "not_835"]
    assert len(tables["payments"]) + len(sets) == int(row["st"])
    assert len(tables["claims"]) + sum(fault["claim_count"] for fault in faults) == int(row["clp"])
    assert len(tables["service_lines"]) + sum(fault["line_count"] for fault in faults) == int(row["svc"])
    if not faults:
        if "wrong_component_separator" not in {warning["reason_code"] for warning in tables["warnings"]}:
            assert sum(line["submitted_code_source"] == "SVC06" for line in tables["service_lines"]) == int(row["svc06"])
        assert len({pair["adjustment_segment"] for pair in tables["provider_adjustments"]}) == int(row["plb"])
        assert sum(claim["claim_status_code"] == "22" for claim in tables["claims"]) == int(row["reversals"])


@pytest.mark.skipif(not INDEX.exists(), reason="the public files are not beside the project")
def test_all_public_files_at_once():
    blobs = [blob((SAMPLES / row["file"]).read_bytes(), row["file"]) for row in listed()]
    together = rows(x12.read(blobs))
    alone = [rows(x12.read([one])) for one in sorted(blobs, key=lambda one: one.file_id)]
    for name in together:
        assert together[name] == [row for tables in alone for row in tables[name]]
