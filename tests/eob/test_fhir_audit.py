"""FHIR resources through the whole chain: an alternate benefit stated by its reason is found and priced."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from flows.inbox import look
from flows.reading import read_in_order
from tests.eob.fhir_drawn import concept, eob, item, read_all, written
from tests.spec.audit_bytes import NO_DECISIONS, lake_of
from tests.spec.practice_fixture import settings_for
from transforms.ingest import HELD_PAYMENT, Held, take_new
from transforms.marts import build_marts
from transforms.tables.claims import CLAIMS
from transforms.tables.remittances import Blob, Remittances
from transforms.tables.service_lines import SERVICE_LINES
from transforms.x12 import gather

INSURER = {"display": "Example Dental Plan", "identifier": {"type": concept("http://x", "payerid"), "value": "EX001"}}
DOWNGRADED = item("D2392", 1, "169", "N2", "innetwork", submitted="275.00", eligible="120.00", benefit="96.00", coinsurance="24.00",
                  noncovered="155.00", memberliability="179.00")  # fmt: skip
CLEANING = item("D1110", 2, submitted="110.00", eligible="78.00", benefit="78.00", discount="32.00")


def marts(read: Remittances) -> dict[str, pl.DataFrame]:
    return build_marts(lake_of(read), settings_for({"coverage": "80"}), date(2026, 12, 31), NO_DECISIONS)


def test_an_alternate_benefit_by_its_reason() -> None:
    """Evidence tier 2: there is no paid-as code, but the payer states the reason and the eligible amount."""
    found = marts(read_all(eob(DOWNGRADED, CLEANING, insurer=INSURER)))
    rows = found["findings"].select("submitted_code", "verdict", "evidence_tier", "counted", "payer_id").rows()
    assert rows == [("D2392", "downgraded", 2, True, "example")]
    assert found["payer_code_ranking"]["submitted_code"].to_list() == ["D2392"]
    assert found["findings"]["surprise_balance"].sum() > 0


def test_estimates_and_second_payers_do_not_count() -> None:
    estimate = eob(DOWNGRADED, insurer=INSURER, use="predetermination", number="A")
    second = eob(DOWNGRADED, insurer=INSURER, precedence="2", number="B")
    assert marts(read_all(estimate, second))["findings"].filter("counted").is_empty()


def test_claims_of_one_check_with_equal_amounts_are_all_kept_and_none_twice() -> None:
    """Two patients' cleanings on one check: the same check number, amount and date; the second file repeats the second one."""
    first, second = eob(CLEANING, insurer=INSURER, number="A"), eob(CLEANING, insurer=INSURER, number="B")
    read = gather([read_all(first), read_all(second), read_all([second, eob(CLEANING, insurer=INSURER, number="C")])])
    whole = dataclasses.replace(read, payments=read.payments.with_columns(is_complete=pl.lit(True)))
    nothing = Held(whole.payments.clear().select(HELD_PAYMENT), CLAIMS.empty(), SERVICE_LINES.empty())
    taken = take_new(whole, nothing)
    assert sorted(taken.new.claims["payer_claim_control_number"]) == ["A", "B", "C"]
    assert taken.new.payments.height == 3 and taken.duplicate_claims.height == 1
    assert taken.new.payments["payment_amount"].to_list() == [Decimal("78.00")] * 3


def test_the_inbox_knows_fhir_by_its_content(tmp_path: Path) -> None:
    one = written(eob(CLEANING, insurer=INSURER))
    files = {"a.txt": one, "b.ndjson": one + b"\n" + one, "c.json": one.decode().encode("utf-16"),
             "d.json": b'{"resourceType":"ClaimResponse"}', "e.json": b'{"fees": []}'}  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    arrivals = {one.source_file: one for one in look(tmp_path, wait=lambda _: None).arrivals}
    assert {name: one.kind for name, one in arrivals.items()} == {**dict.fromkeys(files, "fhir"), "e.json": "unknown"}
    blobs = [Blob(one.file_id, name, memoryview(files[name])) for name, one in sorted(arrivals.items()) if not one.fault]
    read = gather(read_in_order(blobs))
    assert read.claims.height == 4 and read.faults["reason_code"].to_list() == ["no_eob"]
