"""The last net under the readers: a row that breaks its contract takes its claim out, and nothing else."""

from dataclasses import replace

import polars as pl

from tests.flows.helpers import an_835, claim
from transforms.setting_aside import broken_rows, quarantine_items
from transforms.tables.remittances import Blob
from transforms.x12 import read

TWO = read([Blob("f" * 64, "a.835", an_835(claim("1") + claim("2"), "160"))])


def test_a_good_file_has_no_broken_row():
    assert broken_rows(TWO).is_empty()


def test_a_missing_amount_is_told_by_segment_and_column_never_by_value():
    first = TWO.service_lines["line_segment"].min()
    lines = TWO.service_lines.with_columns(paid_amount=pl.when(pl.col("line_segment") == first).then(None).otherwise("paid_amount"))
    found = broken_rows(replace(TWO, service_lines=lines))
    assert found.select("scope", "segment", "segment_tag", "reason", "claim_count", "line_count").rows() == [
        ("claim", first, "SVC", "paid_amount is missing", 1, 1)
    ]


def test_faults_of_one_kind_at_one_place_are_one_item_with_all_their_claims():
    fault = broken_rows(replace(TWO, claims=TWO.claims.with_columns(charge_amount=None))).with_columns(segment=pl.lit(9))
    items = quarantine_items(fault, TWO.payments["payment_date"][0])
    assert items.select("claim_count", "line_count", "charge_amount").rows() == [(2, 2, None)]
