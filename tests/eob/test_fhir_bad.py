"""Whatever a file holds, the reader says what it is, keeps the rest, loses no claim and names no value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.eob.fhir_drawn import blob_of, eob, item, read_all, written
from transforms.balance import settle_payments, unbalanced
from transforms.eob.fhir import read
from transforms.setting_aside import broken_rows

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples/fhir"
PLAIN = {"submitted": "110.00", "eligible": "78.00", "benefit": "78.00", "discount": "32.00"}
GOOD = written(eob(item(**PLAIN), item("D0120", 2, **PLAIN), number="SECRET1"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GOOD[:-5], "not_json"), (b"", "not_json"), (b"\n\n", "not_json"), (GOOD.replace(b"110.00", b"NaN"), "not_json"),
        (GOOD.replace(b"110.00", b"-Infinity"), "not_json"), (GOOD.replace(b"SECRET1", b"\xff\xfe"), "not_utf8"),
        (b'{"a":' * 100_000, "too_deep"), (b"[" * 100_000, "too_deep"), (GOOD[:-1] + b',"status":"active"}', "name_twice"),
        (b'{"resourceType":"ClaimResponse"}', "no_eob"), (b'{"resourceType":"Jane Doe"}', "no_eob"), (b"[]", "no_eob"), (b"7", "no_eob"),
        (b"\xff\xfe{\x00\"", "not_utf8"), (b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}}]}', "no_eob"),
    ],
)  # fmt: skip
def test_files_that_are_refused(data: bytes, reason: str) -> None:
    found = read([blob_of(data)])
    assert found.faults.select("scope", "reason_code").rows() == [("file", reason)]
    assert found.claims.is_empty() and not any("Jane" in text for text in found.faults["reason"])


def test_a_document_too_large_is_refused_and_lines_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.eob.fhir_json.LARGEST_DOCUMENT_BYTES", len(GOOD) - 1)
    assert read([blob_of(GOOD)]).faults["reason_code"].to_list() == ["document_too_large"]
    assert read([blob_of(GOOD + b"\n" + GOOD)]).claims.height == 2


def test_a_bad_line_leaves_the_others() -> None:
    found = read([blob_of(b"\n".join([GOOD, GOOD[:-9] + b"}", GOOD.replace(b"SECRET1", b"B"), b"", b"{}"]))])
    assert found.claims["claim_segment"].to_list() == [1, 3]
    assert found.faults.select("scope", "segment", "reason_code").rows() == [("row", 2, "not_json")]
    assert found.warnings["reason_code"].to_list() == ["other_resources"]


def test_a_spoilt_first_line_leaves_the_others() -> None:
    found = read([blob_of(b"\n".join([GOOD[3:], GOOD])), blob_of(b"\n".join([b'{"a":}', GOOD]))])
    assert found.claims.height == 2
    assert found.faults.select("scope", "segment", "reason_code").rows() == [("row", 1, "not_json")] * 2


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.name)
def test_public_samples_load_or_say_why(path: Path) -> None:
    """The samples of other versions and resources are refused; those without amounts, or that do not add up, are set aside."""
    found = read([blob_of(path.read_bytes(), path.name)])
    reasons = {*found.faults["reason_code"], *unbalanced(found)["reason_code"]}
    expected = {
        "ClaimResponse": {"no_eob"}, "carrier_v1": {"other_fhir_version"}, "ExplanationOfBenefit-R3500": {"other_fhir_version"},
        "EOBOral1": {"item_without_amounts"}, "inpatient": {"item_without_amounts"}, "carrier_v2": {"line_unbalanced"},
        "EB3500": {"line_unbalanced"}, "microsoft": {"line_unbalanced"},
    }  # fmt: skip
    assert [reasons] == [reason for name, reason in expected.items() if name in path.name]
    assert broken_rows(found).is_empty()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_resource_with_any_part_replaced_is_read_or_set_aside(data: st.DataObject) -> None:
    """Every resource that says it is an ExplanationOfBenefit is one claim or one fault, whatever else it says."""
    whole = json.loads(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        holder: Any = whole
        while True:
            places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not places:
                break
            place = data.draw(st.sampled_from(places))
            if isinstance(holder[place], dict | list) and holder[place] and data.draw(st.booleans()):
                holder = holder[place]
                continue
            holder[place] = data.draw(VALUES)
            break
    whole["resourceType"] = "ExplanationOfBenefit"
    found = read([blob_of(json.dumps(whole).encode())])
    assert found.claims.height + found.faults["claim_count"].sum() == 1 or found.faults["reason_code"].to_list() == ["name_twice"]
    assert broken_rows(found).is_empty()
    assert "SECRET1" not in " ".join([*found.faults["reason"], *found.faults["next_step"], *found.warnings["reason"]])
    settle_payments(found.payments, found.claims, found.provider_adjustments)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=6), st.integers(0, 6))
def test_spoilt_bytes_never_raise(at: int, put: bytes, cut: int) -> None:
    data = GOOD[:at] + put + GOOD[at + cut :]
    assert broken_rows(read([blob_of(data)])).is_empty()
    beside = read([blob_of(GOOD + b"\n" + data)])
    assert beside.claims["claim_segment"].to_list()[0] == 1 and broken_rows(beside).is_empty()
    read([blob_of(data + b"\n" + GOOD)])


AMOUNT = st.integers(0, 50_000).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
STATED = st.fixed_dictionaries(
    {"submitted": AMOUNT, "benefit": AMOUNT},
    optional={name: AMOUNT for name in ("eligible", "deductible", "coinsurance", "copay", "noncovered", "memberliability", "discount",
                                         "priorpayerpaid")} | {"carcs": st.sampled_from(["", "169", "45 169", "96 1", "169 B8 45"]),
                                                               "network": st.sampled_from(["innetwork", "outofnetwork"])},
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(STATED, min_size=1, max_size=3), min_size=1, max_size=4))
def test_money_is_kept(claims: list[list[dict[str, str]]]) -> None:
    """Charges and payments are those stated; adjustments are only what is stated, and the patient never bears more than said."""
    drawn = [eob(*(item(f"D{2000 + place}", place + 1, **one) for place, one in enumerate(items)), number=str(number))
             for number, items in enumerate(claims)]  # fmt: skip
    found = read_all(*drawn)
    every = [one for items in claims for one in items]
    assert found.service_lines["charge_amount"].to_physical().to_list() == [_cents(one["submitted"]) for one in every]
    assert found.claims["paid_amount"].to_physical().sum() == sum(_cents(one["benefit"]) for one in every)
    sums = dict(found.adjustments.group_by("line_id").agg(pl.col("amount").to_physical().sum()).iter_rows())
    borne = dict(found.adjustments.filter(group_code="PR").group_by("line_id").agg(pl.col("amount").to_physical().sum()).iter_rows())
    for line_id, one in zip(found.service_lines["line_id"], every, strict=True):
        share = sum(_cents(one.get(name, "0")) for name in ("deductible", "coinsurance", "copay"))
        fixed = share + sum(_cents(one.get(name, "0")) for name in ("discount", "priorpayerpaid"))
        if "noncovered" in one:
            assert sums.get(line_id, 0) == fixed + _cents(one["noncovered"])
        assert borne.get(line_id, 0) <= max(share, _cents(one.get("memberliability", "0")))


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))
