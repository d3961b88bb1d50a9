"""Reversals against a plain oracle, on random histories of one payer."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.live import settle_claims
from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.claims import CLAIMS
from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.tables.service_lines import SERVICE_LINES

Event = tuple[int, str, int, bool]  # day, payer's claim number, paid, is a reversal


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events on different days, so that their order is beyond doubt."""
    count = draw(st.integers(1, 12))
    numbers, amounts = st.sampled_from(["N1", "N2"]), st.sampled_from([100, 120])
    return [(day, draw(numbers), draw(amounts), draw(st.booleans())) for day in range(count)]


def frame(events: list[Event]) -> pl.DataFrame:
    rows = [
        {
            "claim_id": f"claim-{day:02}",
            "payment_id": f"payment-{day:02}",
            "payer_id": "payer",
            "payer_rank": None if is_reversal else 1,
            "patient_control_number": f"account-{number}-{day}",
            "payer_claim_control_number": number,
            "claim_status_code": "22" if is_reversal else "1",
            "charge_amount": -200 if is_reversal else 200,
            "paid_amount": -paid if is_reversal else paid,
            "remark_codes": ["MA15"],  # parts of a split claim, so that repeats are no reissues here
            "claim_segment": 10,
            "payment_date": date(2026, 1, 1) + timedelta(days=day),
        }
        for day, number, paid, is_reversal in events
    ]
    schema = {name: dtype for name, dtype in CLAIMS.schema.items()} | {"payer_id": pl.String(), "payment_date": pl.Date()}
    whole = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, strict=False)
    return whole


def expected(events: list[Event]) -> dict[str, str]:
    """The latest standing claim of the same number and amount goes first; what is left takes the latest of the number."""
    states = {f"claim-{day:02}": "orphan_reversal" if is_reversal else "live" for day, _, _, is_reversal in events}
    for same_amount in (True, False):
        standing: list[Event] = []
        for event in events:
            day, number, paid, is_reversal = event
            if states[f"claim-{day:02}"] not in ("live", "orphan_reversal"):
                continue
            if not is_reversal:
                standing.append(event)
                continue
            fits = [one for one in standing if one[1] == number and (one[2] == paid or not same_amount)]
            if fits:
                standing.remove(fits[-1])
                states[f"claim-{fits[-1][0]:02}"], states[f"claim-{day:02}"] = "reversed", "reversal"
    return states


@given(histories(), st.randoms())
@settings(max_examples=150, deadline=None)
def test_reversals_take_the_latest_standing_claim(events: list[Event], shuffler) -> None:
    shuffled = list(events)
    shuffler.shuffle(shuffled)
    none = SERVICE_LINES.empty(), ADJUSTMENTS.empty(), PROVIDER_ADJUSTMENTS.empty()
    settled = settle_claims(frame(shuffled), *none)
    assert dict(settled.select("claim_id", "state").iter_rows()) == expected(events)


@given(histories())
@settings(max_examples=50, deadline=None)
def test_every_pair_names_each_other(events: list[Event]) -> None:
    settled = settle_claims(frame(events), SERVICE_LINES.empty(), ADJUSTMENTS.empty(), PROVIDER_ADJUSTMENTS.empty())
    partner = dict(settled.select("claim_id", "counterpart_claim_id").drop_nulls().iter_rows())
    assert all(partner[other] == claim for claim, other in partner.items())
