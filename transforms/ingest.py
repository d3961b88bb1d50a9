"""What of the remittances read is new, and what the lake holds already.

Clearinghouses deliver a payment again in other wrapping: another file name, another ISA13, bundled with others. A
payment is known by payer, trace number, amount and date; a claim by its payment's payer and trace number and by its own
numbers, status, money and lines. Equal claims inside one payment are real and stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from transforms.tables.remittances import Remittances

TRACE = ["payer_id", "trace_number"]
PAYMENT_KEY = [*TRACE, "payment_amount", "payment_date"]
CLAIM_KEY = [
    "patient_control_number", "payer_claim_control_number", "claim_status_code", "charge_amount", "paid_amount",
]  # fmt: skip
LINE_KEY = ["submitted_code", "paid_code", "charge_amount", "paid_amount"]
HELD_PAYMENT = ["payment_id", *PAYMENT_KEY, "payment_date_source", "is_complete"]
# A FHIR resource states its own claim's part of a payment, so several with one check number and one amount are several claims.
PARTS_OF_PAYMENTS = ("fhir_payment_date", "fhir_created")


@dataclass(frozen=True)
class Held:
    """What the lake holds of the payers and trace numbers at hand.

    payments: HELD_PAYMENT; `is_complete` means that it balances and nothing of its file was set aside.
    claims and service_lines: the columns of the lake, of these payments alone.
    """

    payments: pl.DataFrame
    claims: pl.DataFrame
    service_lines: pl.DataFrame


@dataclass(frozen=True)
class Taken:
    """What is new, what was held already, and which payments of the lake have gained claims and must be settled anew."""

    new: Remittances
    duplicate_claims: pl.DataFrame  # claim_id
    duplicate_payments: pl.DataFrame  # payment_id
    resettled: pl.DataFrame  # payment_id, payment_date


def with_same_trace(held: pl.LazyFrame, payments: pl.DataFrame) -> pl.LazyFrame:
    """The held payments that share payer and trace number with a payment at hand; no trace number equals none."""
    return held.join(payments.lazy().select(TRACE).unique(), on=TRACE, how="semi", nulls_equal=True)


def take_new(read: Remittances, held: Held) -> Taken:
    """Part the remittances into new and known, files taken in the order of their id.

    `read.payments` needs is_complete (as read, before anything is taken out). A payment that was held complete makes all
    its claims duplicates; of any other, only the claims that are held already, as often as they are. New claims of a
    payment already held join it: the payment, its amount and its provider adjustments are not entered twice.
    """
    payments = _in_order(held.payments, read.payments)
    repeated = _repeats_complete(payments)
    known = _known_claims(payments, read, held)
    duplicates = pl.concat([known, read.claims.join(repeated, on="payment_id", how="semi").select("claim_id")]).unique()
    fate = _fates(payments, read, duplicates)
    joined = fate.filter(pl.col("twin_id").is_not_null() & (pl.col("new_count") > 0)).select("payment_id", "twin_id")
    gone = fate.filter(pl.col("is_dropped")).select("payment_id")
    return Taken(
        less(_moved(read, joined), duplicates, gone),
        duplicates,
        gone,
        held.payments.join(joined, left_on="payment_id", right_on="twin_id", how="semi").select("payment_id", "payment_date"),
    )


def _in_order(held: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Held payments first, then those read by file and position; `order` counts."""
    new = read.sort("file_id", "payment_segment").select(HELD_PAYMENT)
    parts = [held.select(HELD_PAYMENT).sort("payment_id").with_columns(is_held=True), new.with_columns(is_held=False)]
    return pl.concat(parts).with_row_index("order")


def _repeats_complete(payments: pl.DataFrame) -> pl.DataFrame:
    """Payments read whose key an earlier complete payment has.

    A payment of zero proves nothing by balancing, so its claims are always compared one by one.
    """
    complete = (pl.col("is_complete") & ~_is_part()).cast(pl.Int32)
    earlier = complete.cum_sum().over(PAYMENT_KEY) - complete
    known = pl.col("trace_number").is_not_null() & (pl.col("payment_amount") != 0)
    return payments.filter(~pl.col("is_held") & known & (earlier > 0)).select("payment_id")


def _is_part() -> pl.Expr:
    return pl.col("payment_date_source").is_in(PARTS_OF_PAYMENTS).fill_null(False)


def claim_keys(claims: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """claim_id, payment_id, claim_segment and a text that equal claims share, the order of their lines aside."""
    line = lines.select("claim_id", line_key=_text(LINE_KEY))
    of_claim = line.group_by("claim_id").agg(pl.col("line_key").sort().str.join("\x1e"))
    keyed = claims.join(of_claim, on="claim_id", how="left")
    return keyed.select("claim_id", "payment_id", "claim_segment", claim_key=_text([*CLAIM_KEY, "line_key"]))


def _text(columns: list[str]) -> pl.Expr:
    return pl.concat_str(pl.col(columns).cast(pl.String).fill_null(""), separator="\x1f")


def _known_claims(payments: pl.DataFrame, read: Remittances, held: Held) -> pl.DataFrame:
    """Claims read that an earlier payment of the same payer and trace number has, each as often as it has them."""
    met = payments.filter(pl.len().over(TRACE) > 1).select("payment_id", "order", "is_held", *TRACE)
    here = read.claims.join(met.filter(~pl.col("is_held")), on="payment_id", how="semi")
    before = claim_keys(held.claims, held.service_lines).with_columns(is_held=True)
    now = claim_keys(here, read.service_lines.join(here, on="claim_id", how="semi")).with_columns(is_held=False)
    keys = pl.concat([before, now]).join(met, on=["payment_id", "is_held"])
    counted = keys.sort("order", "claim_segment", "claim_id").with_columns(
        occurrence=pl.int_range(pl.len()).over("payment_id", "claim_key")
    )
    is_first = pl.struct(*TRACE, "claim_key", "occurrence").is_first_distinct()
    return counted.filter(~is_first & ~pl.col("is_held")).select("claim_id")


def _fates(payments: pl.DataFrame, read: Remittances, duplicates: pl.DataFrame) -> pl.DataFrame:
    """Of each payment read: how many of its claims are new, the earlier payment they join, and whether it is dropped."""
    is_new = ~pl.col("claim_id").is_in(duplicates.get_column("claim_id").implode())
    counts = read.claims.group_by("payment_id").agg(claim_count=pl.len(), new_count=is_new.sum())
    all_of = payments.join(counts, on="payment_id", how="left", maintain_order="left").with_columns(
        pl.col("claim_count", "new_count").fill_null(0)
    )
    all_known = ~pl.col("is_held") & (pl.col("claim_count") > 0) & (pl.col("new_count") == 0)
    first = pl.col("payment_id").filter(~all_known).first().over(PAYMENT_KEY)
    has_twin = pl.col("trace_number").is_not_null() & (first != pl.col("payment_id")) & ~_is_part()
    # A claim released from quarantine comes with a payment that the lake may hold under the same id.
    is_itself = ~pl.col("is_held") & (pl.len().over("payment_id") > 1)
    return (
        all_of.with_columns(twin_id=pl.when(is_itself).then("payment_id").when(has_twin).then(first))
        .with_columns(is_dropped=all_known | pl.col("twin_id").is_not_null())
        .filter(~pl.col("is_held"))
    )


def _moved(read: Remittances, joined: pl.DataFrame) -> Remittances:
    """Claims that join a held payment carry its id."""
    if joined.is_empty():
        return read
    moved = read.claims.join(joined, on="payment_id", how="left", maintain_order="left")
    return replace(read, claims=moved.with_columns(payment_id=pl.coalesce("twin_id", "payment_id")).drop("twin_id"))


def less(read: Remittances, claims: pl.DataFrame, payments: pl.DataFrame) -> Remittances:
    """The tables without these claims (claim_id) and all that hangs on them, and without these payments (payment_id)."""
    gone = [("claim_id", claims, ("claims", "service_lines", "adjustments"))] if claims.height else []
    gone += [("payment_id", payments, ("payments", "provider_adjustments"))] if payments.height else []
    left = {name: getattr(read, name).join(ids, on=key, how="anti") for key, ids, names in gone for name in names}
    return replace(read, **left)
