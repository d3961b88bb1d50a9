"""Settling only the claims that may meet gives what settling all of them gives, on random claims that came together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.first_live import meeting, with_live
from transforms.live import settle_claims
from transforms.tables.remittances import READ_LINES, READ_PAYMENTS, Remittances

FEW = st.sampled_from([None, "N1", "N2", "N3", "N4"])
CLAIMS = st.fixed_dictionaries({
    "payer_claim_control_number": FEW, "original_claim_control_number": FEW,
    "patient_control_number": st.sampled_from([None, "A1", "A2", "A3"]),
    "claim_status_code": st.sampled_from(["1", "2", "4", "22", "25", None]), "payer_rank": st.sampled_from([1, 1, 2, None]),
    "charge_amount": st.sampled_from([200, 300]), "paid_amount": st.sampled_from([0, 100, 120]),
    "remark_codes": st.sampled_from([[], [], ["MA15"], ["MA67"]]), "payment": st.integers(0, 3), "day": st.integers(1, 3),
    "reason": st.sampled_from(["45", "45", "B13"]),
})  # fmt: skip
TAKEN_BACK = st.lists(st.tuples(st.integers(0, 3), FEW), max_size=3)


def _read(drawn: list[dict], taken_back: list[tuple]) -> Remittances:
    """Claims with one line and one adjustment each, in four payments of four days."""
    claims, lines, adjustments = [], [], []
    for number, one in enumerate(drawn):
        sign = -1 if one["claim_status_code"] == "22" else 1
        ids = {"claim_id": f"f-{number:02}", "file_id": "f"}
        amounts = {name: one[name] * sign for name in ("charge_amount", "paid_amount")}
        claims.append(one | ids | amounts | {"payment_id": f"p-{one['payment']}", "claim_segment": number})
        lines.append(ids | amounts | {"line_id": f"l-{number:02}", "service_date": date(2026, 1, one["day"]), "remark_codes": []})
        adjustments.append(ids | {"reason_code": one["reason"], "amount": 100 * sign, "adjustment_segment": number, "position": 1})
    empty = Remittances.empty()
    payments = [
        {"payment_id": f"p-{number}", "payer_id": "2u-a", "payment_date": date(2026, 2, 1) + timedelta(number)} for number in range(4)
    ]
    moved = [{"payment_id": f"p-{number}", "reason_code": "WO", "reference": named, "amount": 100} for number, named in taken_back]

    def framed(rows: list[dict], like: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame([{name: row.get(name) for name in like.schema} for row in rows], schema=like.schema, strict=False)

    return replace(
        empty, payments=framed(payments, pl.DataFrame(schema=READ_PAYMENTS)), claims=framed(claims, empty.claims),
        service_lines=framed(lines, pl.DataFrame(schema=READ_LINES)), adjustments=framed(adjustments, empty.adjustments),
        provider_adjustments=framed(moved, empty.provider_adjustments),
    )  # fmt: skip


@given(st.lists(CLAIMS, min_size=1, max_size=10), TAKEN_BACK)
@settings(max_examples=150, deadline=None)
def test_what_meets_nothing_need_not_be_settled(drawn, taken_back):
    read = _read(drawn, taken_back)
    dated = read.claims.join(read.payments.select("payment_id", "payer_id", "payment_date"), on="payment_id")
    states = settle_claims(dated, read.service_lines, read.adjustments, read.provider_adjustments)
    wanted = dict(states.select("claim_id", pl.col("state") == "live").iter_rows())
    assert dict(with_live(read, read.payments).select("claim_id", "is_live").iter_rows()) == wanted


def test_claims_alone_are_not_settled():
    numbers = {"patient_control_number": ["A", "B", None, None], "payer_claim_control_number": ["1", "2", "3", None]}
    claims = pl.DataFrame(numbers | {"original_claim_control_number": [None, None, "2", None], "charge_amount": [1, 1, 1, 1]})
    assert meeting(claims).to_list() == [False, True, True, False]
