"""The letter in words, in the order in which a negotiator reads: the members' burden, the ask, why, what is attached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from flows.packet.blocks import Block, Bullets, Document, Grid, Heading, Paragraph, cents, dollars, month
from flows.packet.facts import MINIMUM, Facts
from transforms.packet.packet import Packet

MOST_ASKS = 8  # the letter stays within a page and a half; the evidence holds them all
MOST_REASONS = 2
OLD_MONTHS = 6
EVIDENCE = {
    1: "your remittance shows both codes",
    2: "its reason or remark code states an alternate benefit",
    3: "the amount allowed is exactly the cheaper procedure's fee, and we looked at it ourselves",
    4: "the amount allowed is far below what you usually allow, and we looked at it ourselves",
}


def letter(packet: Packet, facts: Facts) -> Document:
    """The letter; `packet.totals` is there."""
    sender = facts.sender
    return Document(
        name="letter",
        title=f"Alternate benefits, {months(facts)}: {_subject(packet)}, and the fees we ask you to change",
        sender=(sender.name, *sender.address, sender.phone, f"NPI {sender.npi}"),
        above=(f"{facts.letter_date:%B} {facts.letter_date.day}, {facts.letter_date.year}", "", facts.payer_name, "Provider Relations"),
        blocks=tuple(_blocks(packet, facts)),
        closing=("Sincerely,", "", "", sender.signatory, sender.signatory_title, sender.name),
        footer="",
        dated=facts.letter_date,
    )


def _subject(packet: Packet) -> str:
    return "what they left your members with" if (packet.totals or {})["surprise_cents"] > 0 else "what they left to this practice"


def months(facts: Facts) -> str:
    """July 2025 to June 2026."""
    return f"{month(facts.window_start)} to {month(facts.window_end)}"


def _blocks(packet: Packet, facts: Facts) -> Iterator[Block]:
    yield Paragraph("Dear Provider Relations team,")
    yield from _burden(packet, facts)
    yield Heading("What we ask")
    yield from _ask(packet, facts)
    reasons = tuple(_reasons(packet, facts))
    if reasons:
        yield Heading("Why")
        yield Bullets(reasons)
    yield Paragraph(
        "Attached are the evidence by procedure, what each step from a modest increase to parity would bring and cost, and how every "
        f"figure was reckoned. No patient is named, and no figure speaks of fewer than {MINIMUM} of them; claim by claim we will "
        "gladly go through it with you."
    )
    yield Paragraph("Please let us have your answer within 30 days. We should be glad to talk it over before.")


def _burden(packet: Packet, facts: Facts) -> Iterator[Block]:
    totals = packet.totals or {}
    patients, lines, surprise = totals["patient_count"], totals["line_count"], totals["surprise_cents"]
    when = f"In payments of {months(facts)}"
    why = f"Each line counts because {because(facts)}."
    if surprise > 0:
        yield Paragraph(
            f"{when}, {patients:,} of your members were left with {cents(surprise)} beyond what they would have owed had you "
            f"benefited the procedure they received. On {lines:,} service lines you paid another, cheaper procedure instead: an "
            "alternate benefit. A member cannot reckon with it when consenting to care, since it is decided with the claim."
        )
        absorbed = totals["absorbed_cents"]
        written_off = f" This practice wrote {cents(absorbed)} off." if absorbed > 0 else ""
        yield Paragraph(f"Your plan paid {cents(totals['shortfall_cents'])} less on these lines.{written_off} {why}")
    else:
        yield Paragraph(
            f"{when}, you paid another, cheaper procedure than the one performed on {lines:,} service lines for {patients:,} of your "
            f"members, and your contract had this practice write off the difference: {cents(totals['absorbed_cents'])}. Your members "
            f"were not billed for it; we were not paid for it. {why}"
        )


def _ask(packet: Packet, facts: Facts) -> Iterator[Block]:
    if packet.asks.is_empty():
        yield Paragraph(
            f"Please benefit the procedure performed, or pay the alternate procedure at the fee that {_sets(facts)} for the procedure "
            "performed (parity). Please tell us which alternate fees you can offer."
        )
        return
    yield Paragraph(
        "With the next update of our fee schedule, please pay these alternate procedures at the fees named below. None of them is "
        f"above the fee that {_sets(facts)} for the procedure performed."
    )
    for borne_by in ("patient", "provider"):
        asks = packet.asks.filter(pl.col("borne_by") == borne_by)
        if not asks.is_empty():
            yield _grid(packet, asks, borne_by)
    coinsurance = -packet.asks.filter(pl.col("borne_by") == "provider").select(pl.col("patient_saving").sum()).item()
    if coinsurance > 0:
        yield Paragraph(f"Where the practice bears the difference, your members' coinsurance would rise by {dollars(coinsurance)} in all.")
    if packet.asks.height > MOST_ASKS:
        yield Paragraph("The evidence lists the other fees.", is_quiet=True)


def because(facts: Facts) -> str:
    """What makes a line count, by the tiers chosen."""
    return ", or because ".join(EVIDENCE[tier] for tier in facts.tiers)


def _grid(packet: Packet, asks: pl.DataFrame, borne_by: str) -> Grid:
    worth = ("Relief to your members", "patient_saving") if borne_by == "patient" else ("Paid to the practice", "practice_gain")
    is_patients = borne_by == "patient"
    where = "" if is_patients else " where our contract has the practice bear the difference"
    caption = f"Fees asked for{where}, with {'relief' if is_patients else 'payment'} and cost on the volume of these months"
    rows = [_row(packet, row, worth[1]) for row in asks.head(MOST_ASKS).iter_rows(named=True)]
    if asks.height > 1:
        sums = asks.select(pl.col("lines", worth[1], "plan_cost").sum()).row(0)
        rows.append(
            (
                "All" if asks.height <= MOST_ASKS else "All, with the others",
                "",
                f"{sums[0]:,}",
                "",
                "",
                "",
                dollars(sums[1]),
                dollars(sums[2]),
            )
        )
    heads = ("You pay", "For", "Lines", "Fee today", "We ask", "Change", worth[0], "Cost to your plan")
    return Grid(caption, heads, tuple(rows), first_numbers=2, total_rows=int(asks.height > 1))


def _row(packet: Packet, row: dict[str, Any], worth: str) -> tuple[str, ...]:
    today, asked = row["current_fee"], row["asked_fee"]
    return (
        row["alternate_code"], performed(packet, row["alternate_code"]), f"{row['lines']:,}", dollars(today), dollars(asked),
        change(today, asked), dollars(row[worth]), dollars(row["plan_cost"]),
    )  # fmt: skip


def performed(packet: Packet, alternate_code: str) -> str:
    """The codes billed that are paid as this one and may be shown."""
    own = packet.pairs.filter(pl.col("alternate_code") == alternate_code)
    return ", ".join(sorted(own.get_column("submitted_code"))) or "several"


def change(today: Decimal, asked: Decimal) -> str:
    """+15 %, rounded half up to the whole percent."""
    tenths = (asked - today) * 1000 / today
    return f"+{int((tenths + 5) // 10)} %"


def _reasons(packet: Packet, facts: Facts) -> Iterator[str]:
    known = packet.pairs.drop_nulls("fee_share")
    for row in known.head(1).iter_rows(named=True):
        medians = cents(row["median_alternate_cents"]), cents(row["median_fee_cents"])
        yield (
            f"For {row['submitted_code']} you allowed the fee of {row['alternate_code']}: a median of {medians[0]}, "
            f"{row['fee_share']:.0f} % of the {medians[1]} that {_sets(facts)} for what was done."
        )
    asked = packet.asks.select("alternate_code", "current_fee").unique("alternate_code", keep="first", maintain_order=True)
    old = packet.ages.filter(pl.col("months_unchanged") >= OLD_MONTHS).join(asked, on="alternate_code", maintain_order="right")
    for row in old.head(MOST_REASONS).iter_rows(named=True):
        yield f"Your fee for {row['alternate_code']} has stood at {cents(row['fee_cents'])} since {in_words(row['first_month'])} at least."
    if facts.has_comparators:
        better = asked.join(packet.higher, on="alternate_code", maintain_order="left")
        for row in better.head(MOST_REASONS).iter_rows(named=True):
            payers = "another payer allows" if row["payer_count"] == 1 else f"{row['payer_count']} other payers allow"
            yield (
                f"{row['alternate_code']}: {payers} this practice a median of {cents(row['median_cents'])} "
                f"({row['claim_count']:,} claims); you allow {dollars(row['current_fee'])}."
            )
    quoted = packet.market.join(asked, left_on="procedure_code", right_on="alternate_code", maintain_order="right")
    for row in quoted.filter(pl.col("fee") > pl.col("current_fee")).head(MOST_REASONS).iter_rows(named=True):
        yield f"{row['source']}, {row['year']}: {percentile(row)} for {row['procedure_code']} is {dollars(row['fee'])}."


def percentile(row: dict[str, Any]) -> str:
    """the 80th percentile in ZIP area 940."""
    number = row["percentile"]
    ending = "th" if 10 < number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"the {number}{ending} percentile" + (f" in ZIP area {row['zip3']}" if row["zip3"] else "")


def in_words(month_id: str) -> str:
    """December 2025 for 2025-12."""
    return month(date.fromisoformat(f"{month_id}-01"))


def _sets(facts: Facts) -> str:
    return "our contract sets" if facts.is_in_network else "you allow"
