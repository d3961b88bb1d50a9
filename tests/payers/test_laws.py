"""Laws of payer identity over random names: nothing is joined that a person did not list."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payers.drawn import RAIL, RAIL_TAX_ID, START, payer
from transforms.names import plain_name
from transforms.payers import map_payers
from transforms.tables.parties import PAYMENT_VENDORS
from transforms.tables.policy import PAYERS
from transforms.x12.payer import IDENTIFIERS, payer_ids

WORDS = ("DELTA", "DENTAL", "OF", "OHIO", "IOWA", "PLAN", "A", "AB", "Delta", "dental.", "INC", "PAYMENT", "RAIL", "SAMPLE")
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
numbers = st.one_of(st.none(), st.sampled_from(["1", "12", "123", "0123", "A1"]))
tax_ids = st.sampled_from([None, f"1{RAIL_TAX_ID}", "1990000001", "990000001"])
VENDORS = pl.DataFrame([RAIL], schema=PAYMENT_VENDORS.schema)
Sent = tuple[str | None, str | None, str | None]


def payments(sent: list[Sent]) -> pl.DataFrame:
    """Payments of these names, REF*2U values and tax ids, each with the slug that the lake would hold."""
    rows = [(name, number, None, None, tax_id) for name, number, tax_id in sent]
    columns = {name: pl.String for name in ("payer_name", "payer_ref_2u", "payer_n104", "payer_naic", "payer_tax_id")}
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        payment_id=pl.int_range(pl.len()).cast(pl.String), payment_date=pl.lit(date(2025, 6, 1))
    )
    return frame.with_columns(payer_ids(frame.select(IDENTIFIERS)).alias("payer_id"))


def listed(entries: list[str]) -> pl.DataFrame:
    """One payer a name, as payers.yaml would have them: distinct as they are compared."""
    frame = pl.DataFrame([payer(f"p{number}", name) for number, name in enumerate(entries)], schema=PAYERS.schema)
    plain = frame.with_columns(plain=plain_name(pl.col("name"))).filter(pl.col("plain") != "")
    return plain.unique("plain", keep="first", maintain_order=True).drop("plain")


def plain(text: str | None) -> str:
    return pl.Series([text], dtype=pl.String).to_frame("n").select(plain_name(pl.col("n")).fill_null("")).item()


sent_payments = st.lists(st.tuples(st.one_of(st.none(), names), numbers, tax_ids), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(sent=sent_payments, entries=st.lists(names, max_size=4))
def test_a_payment_goes_to_a_listed_payer_by_its_whole_name_and_never_by_a_part(sent: list[Sent], entries: list[str]) -> None:
    payers = listed(entries)
    known = {plain(name): payer_id for payer_id, name in payers.select("payer_id", "name").iter_rows()}
    found = map_payers(payments(sent), payers, "stated", VENDORS).sort(pl.col("payment_id").cast(pl.Int64))
    vendors_names = {"SAMPLE PAYMENT RAIL", "RAIL PAY"}
    for (name, _, _), payer_id, is_mapped in zip(sent, found["payer_id"], found["is_mapped"], strict=True):
        expected = known.get(plain(name)) if plain(name) and plain(name) not in vendors_names else None
        assert is_mapped == (expected is not None)
        if is_mapped:
            assert payer_id == expected


@settings(max_examples=60, deadline=None)
@given(sent=sent_payments)
def test_unlisted_payers_are_one_only_where_a_number_or_the_whole_name_is(sent: list[Sent]) -> None:
    """Two payments share a payer_id only if they share REF*2U, or neither has one and their names are letter for letter alike."""
    found = map_payers(payments(sent), listed([]), "stated", VENDORS).sort(pl.col("payment_id").cast(pl.Int64))
    letters = ["".join(letter for letter in (name or "").lower() if letter.isalnum()) for name, _, _ in sent]
    rows = list(zip(sent, letters, found["payer_id"], found["payment_vendor_id"], strict=True))
    for (_, number, _), word, payer_id, vendor in rows:
        for (_, other_number, _), other_word, other_id, _ in rows:
            if payer_id == other_id and not payer_id.startswith("vendor-"):
                assert number == other_number if number or other_number else word == other_word
        if payer_id.startswith("vendor-"):
            assert vendor is not None and number is None
            assert word in {"samplepaymentrail", "railpay", ""}


@settings(max_examples=25, deadline=None)
@given(sent=sent_payments, entries=st.lists(names, max_size=4), seed=st.randoms())
def test_the_order_of_payments_changes_nothing_and_none_is_lost(sent: list[Sent], entries: list[str], seed) -> None:
    every = payments(sent)
    shuffled = every.sample(fraction=1, shuffle=True, seed=seed.randrange(2**31))
    one, other = (map_payers(frame, listed(entries), "stated", VENDORS).sort("payment_id") for frame in (every, shuffled))
    assert one.equals(other)
    assert one.height == len(sent)


def test_a_vendor_has_its_days() -> None:
    frame = payments([("SAMPLE PAYMENT RAIL", "1", None)]).with_columns(payment_date=pl.lit(START).dt.offset_by("-1d"))
    assert map_payers(frame, listed([]), "stated", VENDORS)["payment_vendor_id"].to_list() == [None]
