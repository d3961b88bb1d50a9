"""A payment vendor is never the payer, and never makes one payer of all those that it pays for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.payers.drawn import ACME, BETA, PAID, RAIL, RAIL_NUMBER, RAIL_TAX_ID, Sent, marts_of, payer_tables, settings_with

BY_RAIL = f"1{RAIL_TAX_ID}"


def routes(*sent: Sent, **parties) -> list[tuple[str, str | None, int]]:
    table = payer_tables(settings_with(**parties), *sent)["payer_routes"]
    return sorted(table.select("payer_id", "payment_vendor_id", "claim_count").rows(), key=repr)


@pytest.mark.parametrize(
    ("sent", "payer_id"),
    [
        (Sent("ACME DENTAL, INC.", tax_id=BY_RAIL), "acme"),  # its name, the vendor's account
        (Sent("Sample Payment Rail", ref_2u="A1"), "acme"),  # the vendor's name, its own number
        (Sent("RAIL PAY", naic="77"), "acme"),
        (Sent("RAIL PAY", n104="B1", tax_id=BY_RAIL), "beta"),
        (Sent("BETA DENTAL", ref_2u=RAIL_NUMBER, tax_id=BY_RAIL), "beta"),  # the vendor's number beside its name
        (Sent("GAMMA DENTAL", tax_id=BY_RAIL), "name-gamma-dental"),  # unmapped, and itself
        (Sent("RAIL PAY", ref_2u="G9", tax_id=BY_RAIL), "2u-g9"),
    ],
)
def test_the_payer_is_who_adjudicated(sent: Sent, payer_id: str) -> None:
    assert routes(sent) == [(payer_id, "rail", 1)]


def test_a_payment_of_no_vendor_has_none() -> None:
    assert routes(Sent("ACME DENTAL")) == [("acme", None, 1)]
    assert routes(Sent("SAMPLE PAYMENT RAIL OF OHIO")) == [("tin-999999999-sample-payment-rail-of-ohio", None, 1)]  # not by a prefix


def test_a_vendor_that_names_itself_alone_stays_unmapped_with_its_dollars() -> None:
    marts = marts_of(
        settings_with(), Sent("RAIL PAY", tax_id=BY_RAIL), Sent("SAMPLE PAYMENT RAIL", ref_2u=RAIL_NUMBER), Sent("ACME DENTAL")
    )
    row = marts["unmapped_payers"].row(0, named=True)
    assert marts["unmapped_payers"].height == 1
    assert (row["payer_id"], row["unmapped_reason"], row["payment_vendor_ids"]) == ("vendor-rail", "vendor_only", ["rail"])
    assert (row["payment_count"], row["payment_amount"], row["own_keys"]) == (2, 2 * PAID, [])
    assert marts["findings"].sort("payer_id")["payment_vendor_id"].to_list() == [None, "rail", "rail"]


def test_a_payment_that_names_nobody_says_so() -> None:
    row = payer_tables(settings_with(vendors=()), Sent("", tax_id=""))["unmapped_payers"].row(0, named=True)
    assert (row["payer_id"], row["unmapped_reason"], row["own_keys"]) == ("unknown", "nothing_sent", [])


def test_one_payer_that_pays_itself_and_through_a_vendor_is_one() -> None:
    assert routes(Sent("ACME DENTAL"), Sent("ACME DENTAL", tax_id=BY_RAIL)) == [("acme", "rail", 1), ("acme", None, 1)]


def test_a_vendor_is_known_from_its_first_day_on() -> None:
    late = RAIL | {"effective_from": date(2025, 12, 15), "effective_until": date(2025, 12, 16)}
    for paid_on, vendor in ((date(2025, 12, 14), None), (date(2025, 12, 15), "rail"), (date(2025, 12, 16), None)):
        assert routes(Sent("ACME DENTAL", tax_id=BY_RAIL, paid_on=paid_on), vendors=[late]) == [("acme", vendor, 1)]


def test_without_its_tax_id_on_file_a_vendors_payers_stay_apart_still() -> None:
    unknown = RAIL | {"tax_ids": []}
    found = routes(Sent("GAMMA DENTAL", tax_id=BY_RAIL), Sent("DELTA DENTAL", tax_id=BY_RAIL), vendors=[unknown])
    assert len({payer_id for payer_id, _, _ in found}) == 2


def test_a_name_that_is_only_a_legal_form_is_nobodys() -> None:
    inc = BETA | {"name": "Beta Company", "aliases": ["Inc."]}
    assert routes(Sent("LLC", tax_id=""), payers=[ACME, inc], vendors=()) == [("name-llc", None, 1)]


def test_who_pays_changes_no_dollar() -> None:
    plain, railed = (
        marts_of(settings_with(), *(replace(sent, tax_id=tax) for sent in (Sent("ACME DENTAL"), Sent("BETA DENTAL"))))
        for tax in ("1999999999", BY_RAIL)
    )
    assert plain["payer_code_ranking"].equals(railed["payer_code_ranking"])
    assert plain["payment_totals"].equals(railed["payment_totals"])
    left = plain["findings"].select(pl.exclude("payment_vendor_id", "line_id", "claim_id"))
    assert left.equals(railed["findings"].select(left.columns))
