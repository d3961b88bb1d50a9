"""What is taken as new: payments and claims delivered again, whole, in part, in other wrapping."""

from datetime import date
from decimal import Decimal

import polars as pl

from transforms.ingest import HELD_PAYMENT, Held, take_new
from transforms.tables.claims import CLAIMS
from transforms.tables.remittances import READ_LINES, READ_PAYMENTS, Remittances
from transforms.tables.service_lines import SERVICE_LINES

DAY = date(2026, 3, 10)
NOTHING = Held(
    pl.DataFrame(schema={name: READ_PAYMENTS.get(name, pl.Boolean()) for name in HELD_PAYMENT}), CLAIMS.empty(), SERVICE_LINES.empty()
)


def _row(schema: dict, **known) -> dict:
    return {name: known.get(name) for name in schema}


def _read(*payments) -> Remittances:
    """payments: (file_id, segment, trace, amount, is_complete, [claim numbers]); every claim has one line of 50.00."""
    heads, claims, lines = [], [], []
    for file_id, segment, trace, amount, complete, numbers in payments:
        payment_id = f"{file_id}-{segment}"
        heads.append(_row(READ_PAYMENTS, payment_id=payment_id, file_id=file_id, payer_id="2u-a", trace_number=trace,
                          payment_amount=Decimal(amount), payment_date=DAY, payment_segment=segment))  # fmt: skip
        heads[-1]["is_complete"] = complete
        for at, number in enumerate(numbers, segment + 1):
            claim_id = f"{file_id}-{at}"
            money = {"charge_amount": Decimal("100.00"), "paid_amount": Decimal("50.00")}
            claims.append(_row(CLAIMS.schema, claim_id=claim_id, payment_id=payment_id, file_id=file_id, claim_segment=at,
                               payer_claim_control_number=number, claim_status_code="1", **money))  # fmt: skip
            lines.append(_row(READ_LINES, line_id=f"{claim_id}L", claim_id=claim_id, file_id=file_id, submitted_code="D2392",
                              paid_code="D2150", **money))  # fmt: skip
    empty = Remittances.empty()
    return Remittances(
        pl.DataFrame(heads, schema={**READ_PAYMENTS, "is_complete": pl.Boolean()}), pl.DataFrame(claims, schema=CLAIMS.schema),
        pl.DataFrame(lines, schema=READ_LINES), empty.adjustments, empty.provider_adjustments, empty.faults, empty.warnings,
    )  # fmt: skip


def _held(read: Remittances) -> Held:
    lines = read.service_lines.with_columns(is_live=True)
    return Held(read.payments.select(HELD_PAYMENT), read.claims, lines.select(SERVICE_LINES.names))


def _claims(read: Remittances) -> list[str]:
    return sorted(read.claims["claim_id"])


def test_a_payment_delivered_again_in_another_file_adds_nothing():
    taken = take_new(_read(("f1", 1, "T1", "100.00", True, ["A", "B"]), ("f2", 9, "T1", "100.00", True, ["A", "B"])), NOTHING)
    assert _claims(taken.new) == ["f1-2", "f1-3"]
    assert taken.new.payments["payment_id"].to_list() == ["f1-1"]
    assert sorted(taken.duplicate_claims["claim_id"]) == ["f2-10", "f2-11"]


def test_a_payment_held_by_the_lake_adds_nothing():
    held = _held(_read(("f1", 1, "T1", "100.00", True, ["A", "B"])))
    taken = take_new(_read(("f0", 1, "T1", "100.00", True, ["A", "B"])), held)
    assert taken.new.claims.is_empty() and taken.new.payments.is_empty() and taken.new.service_lines.is_empty()
    assert taken.resettled.is_empty()


def test_the_claim_missing_from_the_first_delivery_joins_the_held_payment():
    held = _held(_read(("f1", 1, "T1", "100.00", False, ["A"])))
    taken = take_new(_read(("f2", 1, "T1", "100.00", True, ["A", "B"])), held)
    assert _claims(taken.new) == ["f2-3"]
    assert taken.new.claims["payment_id"].to_list() == ["f1-1"]
    assert taken.new.payments.is_empty()
    assert taken.resettled["payment_id"].to_list() == ["f1-1"]


def test_equal_claims_inside_one_payment_are_real():
    taken = take_new(_read(("f1", 1, "T1", "100.00", True, ["A", "A"])), NOTHING)
    assert _claims(taken.new) == ["f1-2", "f1-3"]


def test_equal_claims_are_known_only_as_often_as_they_are_held():
    held = _held(_read(("f1", 1, "T1", "150.00", False, ["A", "A"])))
    taken = take_new(_read(("f2", 1, "T1", "150.00", True, ["A", "A", "A"])), held)
    assert _claims(taken.new) == ["f2-4"]


def test_another_trace_number_is_another_payment():
    held = _held(_read(("f1", 1, "T1", "100.00", True, ["A", "B"])))
    taken = take_new(_read(("f2", 1, "T2", "100.00", True, ["A", "B"])), held)
    assert _claims(taken.new) == ["f2-2", "f2-3"]


def test_a_payment_of_zero_is_compared_claim_by_claim():
    """Payers reuse a trace number such as 0 for remittances without money: balancing proves nothing there."""
    held = _held(_read(("f1", 1, "0", "0.00", True, ["A"])))
    taken = take_new(_read(("f2", 1, "0", "0.00", True, ["A", "B"])), held)
    assert _claims(taken.new) == ["f2-3"]


def test_without_a_trace_number_only_claims_are_compared():
    held = _held(_read(("f1", 1, None, "100.00", True, ["A", "B"])))
    taken = take_new(_read(("f2", 1, None, "100.00", True, ["A", "B"]), ("f3", 1, None, "100.00", True, ["C"])), held)
    assert _claims(taken.new) == ["f3-2"]
    assert taken.new.payments["payment_id"].to_list() == ["f3-1"]


def test_files_are_taken_by_id_whatever_their_order():
    first, second = ("f1", 1, "T1", "100.00", True, ["A"]), ("f2", 1, "T1", "100.00", True, ["A"])
    one, other = take_new(_read(first, second), NOTHING), take_new(_read(second, first), NOTHING)
    assert _claims(one.new) == _claims(other.new) == ["f1-2"]


def test_the_same_claims_split_over_two_remittances_of_one_trace_stay_two_payments():
    taken = take_new(_read(("f1", 1, "T1", "50.00", True, ["A"]), ("f1", 5, "T1", "70.00", True, ["B"])), NOTHING)
    assert _claims(taken.new) == ["f1-2", "f1-6"]
    assert taken.new.payments.height == 2
