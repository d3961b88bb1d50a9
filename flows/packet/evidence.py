"""The evidence in words and tables: by procedure, by step of the ladder, by comparison, and how it was reckoned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from flows.packet.blocks import Block, Bullets, Document, Grid, Heading, Paragraph, cents, dollars
from flows.packet.facts import MINIMUM, Facts
from flows.packet.letter import because, months, percentile
from transforms.asks import PARITY
from transforms.packet.asking import CHOSEN
from transforms.packet.packet import Packet

HIDDEN = "All other codes"
WHY_HIDDEN = f"All other codes: fewer than {MINIMUM} patients or claims each, or a row that would give another one away."


def evidence(packet: Packet, facts: Facts) -> Document:
    """The attachment; `packet.totals` is there."""
    return Document(
        name="evidence",
        title=f"Evidence: alternate benefits by {facts.payer_name}",
        sender=(facts.sender.name,),
        above=(f"Attachment to our letter of {facts.letter_date:%B} {facts.letter_date.day}, {facts.letter_date.year}. "
               f"Payments of {months(facts)}, by payment date.",),
        blocks=tuple(_blocks(packet, facts)),
        closing=(),
        footer="",
        dated=facts.letter_date,
    )  # fmt: skip


def _blocks(packet: Packet, facts: Facts) -> Iterator[Block]:
    yield Heading("A. By procedure")
    yield _by_procedure(packet)
    if packet.pairs.get_column("submitted_code").null_count():
        yield Paragraph(WHY_HIDDEN, is_quiet=True)
    yield Heading("B. What a higher fee brings")
    yield from _ladders(packet)
    compared = tuple(_compared(packet, facts))
    if compared:
        yield Heading("C. What others allow")
        yield from compared
    yield Heading(f"{'D' if compared else 'C'}. How the figures were reckoned")
    yield Bullets(tuple(_method(packet, facts)))


def _by_procedure(packet: Packet) -> Grid:
    totals = packet.totals or {}
    has_absorbed = totals["absorbed_cents"] > 0
    rows = [_pair(row, has_absorbed) for row in packet.pairs.iter_rows(named=True)]
    rows.append(("All", "", *_sums(totals, has_absorbed, ("", "", ""))))
    heads = (
        "Performed",
        "Paid as",
        "Lines",
        "Patients",
        "Fee allowed, median",
        "Contracted fee, median",
        "Share",
        "Left to members",
        "Plan paid less by",
    )
    return Grid(
        "Lines paid as another procedure, by what was performed",
        (*heads, "Written off by the practice") if has_absorbed else heads, tuple(rows), first_numbers=2, total_rows=1,
    )  # fmt: skip


def _pair(row: dict[str, Any], has_absorbed: bool) -> tuple[str, ...]:
    share = f"{row['fee_share']:.0f} %" if row["fee_share"] is not None else "–"
    medians = (cents(row["median_alternate_cents"]), cents(row["median_fee_cents"]), share)
    return (row["submitted_code"] or HIDDEN, row["alternate_code"] or "", *_sums(row, has_absorbed, medians))


def _sums(row: dict[str, Any], has_absorbed: bool, medians: tuple[str, ...]) -> tuple[str, ...]:
    absorbed = (cents(row["absorbed_cents"]),) if has_absorbed else ()
    counts = (f"{row['line_count']:,}", f"{row['patient_count']:,}")
    return (*counts, *medians, cents(row["surprise_cents"]), cents(row["shortfall_cents"]), *absorbed)


def _ladders(packet: Packet) -> Iterator[Block]:
    if packet.rungs.is_empty():
        yield Paragraph("No contracted fee is on file for the procedures performed, so no step can be reckoned.")
        return
    for borne_by in ("patient", "provider"):
        rungs = packet.rungs.filter(pl.col("borne_by") == borne_by)
        if rungs.is_empty():
            continue
        yield _together(rungs, borne_by)
        yield _by_code(rungs, packet.asks.filter(pl.col("borne_by") == borne_by), borne_by)
    yield Paragraph(
        "Each line of these months paid anew at the fee named, at most at its own contracted fee, against the fee paid today. Lines "
        "where the annual maximum bound stay as they are. An increase that would pass the contracted fee ends there.",
        is_quiet=True,
    )


def _heads(borne_by: str) -> tuple[str, ...]:
    if borne_by == "patient":
        return ("Left to members at today's fee", "Left after", "Relief to members", "Cost to the plan")
    return ("Paid to the practice", "Change in members' coinsurance", "Cost to the plan")


def _worth(row: dict[str, Any], borne_by: str) -> tuple[str, ...]:
    if borne_by == "patient":
        names = ("surprise_balance_before", "surprise_balance_after", "patient_saving", "plan_cost")
        return tuple(dollars(row[name]) for name in names)
    return dollars(row["practice_gain"]), dollars(-row["patient_saving"]), dollars(row["plan_cost"])


def _together(rungs: pl.DataFrame, borne_by: str) -> Grid:
    amounts = ("surprise_balance_before", "surprise_balance_after", "patient_saving", "plan_cost", "practice_gain")
    sums = rungs.group_by("increase", maintain_order=True).agg(pl.col(amounts).sum())
    rows = tuple((_step(row["increase"]), *_worth(row, borne_by)) for row in sums.iter_rows(named=True))
    caption = "All fees together" if borne_by == "patient" else "All fees together, where the practice bears the difference"
    return Grid(caption, ("Increase", *_heads(borne_by)), rows, first_numbers=1)


def _by_code(rungs: pl.DataFrame, asks: pl.DataFrame, borne_by: str) -> Grid:
    order = asks.get_column("alternate_code").to_list()
    codes = [*order, *(code for code in rungs.get_column("alternate_code").unique(maintain_order=True) if code not in order)]
    rows = [row for code in codes for row in _steps_of(code, rungs, asks, borne_by)]
    heads = ("You pay", "Increase", "Lines", "Fee today", "New fee", *_heads(borne_by))
    return Grid(
        "Fee by fee" if borne_by == "patient" else "Fee by fee, where the practice bears the difference",
        heads,
        tuple(rows),
        first_numbers=2,
        is_grouped=True,
    )


def _steps_of(code: str, rungs: pl.DataFrame, asks: pl.DataFrame, borne_by: str) -> Iterator[tuple[str, ...]]:
    """Steps up to parity in the order of their fees, a fee once: an increase that ends at parity is named there."""
    steps = pl.concat([rungs, asks]).filter(pl.col("alternate_code") == code).sort("asked_fee", maintain_order=True)
    for same in steps.partition_by("asked_fee", maintain_order=True):
        row = same.row(0, named=True)
        step = _named(same.get_column("increase").to_list())
        fees = dollars(row["current_fee"]), dollars(row["asked_fee"])
        yield (code, step, f"{row['lines']:,}", *fees, *_worth(row, borne_by))


def _named(increases: list[str]) -> str:
    """15 %, asked; parity, from 20 % on."""
    asked = ", asked" if CHOSEN in increases else ""
    percents = [increase for increase in increases if increase not in (CHOSEN, PARITY)]
    if PARITY in increases:
        return "parity" + (f", from {percents[0]} % on" if percents else "") + asked
    return (_step(percents[0]) + asked) if percents else "asked"


def _step(increase: str) -> str:
    return increase if increase == PARITY else f"{increase} %"


def _compared(packet: Packet, facts: Facts) -> Iterator[Block]:
    others = packet.others.join(packet.higher.select("alternate_code", "current_fee"), on="alternate_code", maintain_order="left")
    if facts.has_comparators and not others.is_empty():
        rows = tuple(
            (row["alternate_code"], row["payer_name"] or row["payer_id"] if facts.is_named else row["mask"], f"{row['claim_count']:,}",
             cents(row["median_cents"]), dollars(row["current_fee"]))
            for row in others.iter_rows(named=True)
        )  # fmt: skip
        yield Grid(f"Fee allowed for the same alternate procedure by this practice's other payers, payments of {months(facts)}",
                   ("Alternate", "Payer", "Claims", "Fee allowed, median", "Yours today"), rows, first_numbers=2)  # fmt: skip
    if not packet.market.is_empty():
        rows = tuple(
            (row["procedure_code"], f"{row['source']}, {row['year']}: {percentile(row)}", dollars(row["fee"]))
            for row in packet.market.iter_rows(named=True)
        )
        yield Grid("Market percentiles", ("Procedure", "Source", "Fee"), rows, first_numbers=2)


def _method(packet: Packet, facts: Facts) -> Iterator[str]:
    totals = packet.totals or {}
    yield f"Counted are primary, paid, unreversed service lines of your remittances of {months(facts)}, each because {because(facts)}."
    yield (
        "Left to members is, line by line, what you assigned to the member less what the member would have owed had the procedure "
        "performed been benefited: by its contracted fee, with the deductible and the coverage of the line. Ordinary deductibles, "
        "coinsurance and exhausted maximums are not in it."
    )
    if totals["above_cents"] > 0:
        yield f"{cents(totals['above_cents'])} of it lies above our contracted fees; we do not ask you for that part."
    yield "Fee allowed is the payment, deductible and coinsurance of one unit; medians are of the lines of a row."
    yield (
        f"No row speaks of fewer than {MINIMUM} patients or claims, nor does any sum or difference of rows. No patient, claim number or "
        "date of service is in this packet. Patients who appear in several rows are counted in each, and once in the total."
    )
