"""What the practice should know before it sends a packet: where the evidence is thin. It stays in the practice."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from flows.packet.blocks import Document, cents, dollars
from flows.packet.facts import MINIMUM, Facts
from transforms.packet.cells import PAIR
from transforms.packet.packet import Packet

WIDTH = 100
FEW_COMPARISONS = 1


def notes(packet: Packet, facts: Facts, findings: pl.DataFrame, outcomes: pl.DataFrame) -> tuple[str, ...]:
    """Each a sentence or two, most weighty first. `findings` and `outcomes` are the published marts."""
    own = findings.filter(pl.col("payer_id") == facts.payer_id)
    return (
        *_what_it_rests_on(packet, facts, own),
        *_withheld(packet),
        *_about_asks(packet),
        *_about_comparisons(packet, facts),
        *_won_before(outcomes.filter(pl.col("payer_id") == facts.payer_id)),
        *_places(packet),
        *_blanks(facts),
    )


def as_text(found: tuple[str, ...], facts: Facts, documents: tuple[Document, ...]) -> str:
    """The note as a text file."""
    import textwrap

    head = [
        "FOR YOUR OWN EYES: NOT FOR THE PAYER",
        "",
        f"Before you send the packet for {facts.payer_name}. To send: {', '.join(one.name for one in documents)} in ../send.",
        "",
    ]
    body = [line for note in found for line in [*textwrap.wrap(note, WIDTH, initial_indent="- ", subsequent_indent="  "), ""]]
    return "\n".join([*head, *(body or ["Nothing in the evidence is thin.", ""])])


def few(count: int) -> str:
    """A count of lines, or that it is small: the note may get lost too."""
    return f"{count:,} lines" if count >= MINIMUM else f"fewer than {MINIMUM} lines"


def _what_it_rests_on(packet: Packet, facts: Facts, own: pl.DataFrame) -> Iterator[str]:
    lines = packet.lines
    if not facts.is_in_network:
        yield (
            "You are out of this payer's network, so there is no contract to point to. Read the letter with that in mind before "
            "you send it."
        )
    guessed = lines.filter(pl.col("surprise_basis") == "upgrade_difference").height
    if guessed:
        yield (
            f"{few(guessed).capitalize()} are priced by the difference that the payer tagged, since your fee or the coverage is unknown. "
            "That overstates. Fill fee_schedules/ and coverage/ and run the audit again before you argue with the total."
        )
    unknown = lines.filter(~pl.col("is_askable")).height
    if unknown:
        yield f"For {few(unknown)} the contracted fee or the alternate code is unknown, so no fee is asked for them. Fill fee_schedules/."
    observed = lines.filter(pl.col("contracted_fee_source") != "schedule").height
    if observed:
        yield (
            f"{few(observed).capitalize()} have no contracted fee on file: what the payer usually allows stands in. The payer knows "
            "the contract; so should you."
        )
    above = (packet.totals or {}).get("above_cents", 0)
    if above > 0:
        yield (
            f"{cents(above)} of the total lies above your own contracted fees. No alternate fee can reach that part; have your "
            "contract looked at."
        )
    bound = lines.filter("is_maximum_reached").height
    if bound:
        yield f"On {few(bound)} the annual maximum bound: a higher fee changes nothing there, and none is claimed."
    if packet.left_out_count:
        yield (
            f"{few(packet.left_out_count).capitalize()} without a contracted fee are left out, since they would point at somebody. Fill "
            "fee_schedules/ and run the audit again, and their dollars come in."
        )
    left_out = own.filter(pl.col("counted")).height - lines.height - packet.left_out_count
    if left_out:
        yield f"{few(left_out).capitalize()} count in your ranking but are of other evidence tiers, and are not in the packet (--tiers)."
    waiting = own.filter(pl.col("verdict") == "needs_review").height
    if waiting:
        yield (
            f"{few(waiting).capitalize()} of this payer wait for a person: altbenefit review list. Confirmed ones of a chosen tier "
            "would add to the packet."
        )


def _withheld(packet: Packet) -> Iterator[str]:
    shown = packet.pairs.drop_nulls("submitted_code").select(PAIR)
    hidden = packet.lines.select(PAIR).unique().join(shown, on=PAIR, how="anti").sort(PAIR)
    if not hidden.is_empty():
        pairs = ", ".join(f"{performed} paid as {paid}" for performed, paid in hidden.iter_rows())
        yield f"Shown only together, since a row of its own would speak of fewer than {MINIMUM} patients or give another row away: {pairs}."


def _about_asks(packet: Packet) -> Iterator[str]:
    if packet.asks.is_empty():
        yield "The letter names no fee. Either no contracted fee is on file, or every code that could be asked for has too few patients."
    for row in packet.limits.iter_rows(named=True):
        if row["asked_cents"] > row["cap_cents"] > row["current_cents"]:
            yield (
                f"{row['alternate_code']}: {cents(row['asked_cents'])} would be above your contracted fee; the letter asks for "
                f"{cents(row['cap_cents'])}."
            )
        else:
            yield (
                f"{row['alternate_code']}: nothing is asked. The fee today is {cents(row['current_cents'])}, the least contracted fee of "
                f"what was performed {cents(row['cap_cents'])}, and {cents(row['asked_cents'])} was to be asked."
            )
    if packet.asks.filter((pl.col("borne_by") == "provider") & (pl.col("patient_saving") < 0)).height:
        yield (
            "Where your contract has you write the difference off, a higher fee makes the members' coinsurance larger. The "
            "evidence says so."
        )
    older = packet.asks.join(_medians(packet), on="alternate_code").filter(pl.col("current_fee").to_physical() > pl.col("median_cents"))
    if not older.is_empty():
        codes = ", ".join(
            f"{row['alternate_code']} to {dollars(row['current_fee'])} (median {cents(row['median_cents'])})"
            for row in older.iter_rows(named=True)
        )
        yield f"Fees that rose within these months: {codes}. The letter asks from today's fee, so its figures are below those of fee_asks."


def _medians(packet: Packet) -> pl.DataFrame:
    from transforms.fees import exact_median

    return exact_median(packet.lines.drop_nulls("unit_cents").lazy(), ["alternate_code"], "unit_cents").select(
        "alternate_code", median_cents="median"
    ).collect()  # fmt: skip


def _about_comparisons(packet: Packet, facts: Facts) -> Iterator[str]:
    asked = packet.asks.select("alternate_code").unique()
    compared = packet.pooled.join(asked, on="alternate_code")
    worse = compared.join(packet.higher, on="alternate_code", how="anti").sort("alternate_code")
    is_shown = not packet.higher.is_empty()
    if not facts.has_comparators:
        yield "Other payers' fees are left out, as you wished."
    elif not worse.is_empty():
        codes = ", ".join(f"{row['alternate_code']} ({cents(row['median_cents'])})" for row in worse.iter_rows(named=True))
        yield f"Your other payers allow no more than this one for {codes}: the packet does not compare there. Be ready for the question."
    alone = packet.higher.filter(pl.col("payer_count") <= FEW_COMPARISONS).get_column("alternate_code").sort().to_list()
    if facts.has_comparators and alone:
        yield f"For {', '.join(alone)} the comparison is a single payer."
    missing = asked.join(packet.pooled, on="alternate_code", how="anti").get_column("alternate_code").sort().to_list()
    if missing:
        yield f"No other payer has enough claims to compare with for {', '.join(missing)}."
    if facts.has_comparators and facts.is_named and is_shown:
        yield "The packet NAMES your other payers. Their contracts may forbid it, and antitrust law may too: ask counsel first."
    elif facts.has_comparators and is_shown:
        yield (
            "The packet shows other payers' fees without their names. Read your contracts: some forbid even that (--no-comparators "
            "leaves them out)."
        )
    if packet.market.is_empty():
        yield "No market percentiles are in it. If you hold a survey, put it into market_fees/ of your --config."


def _won_before(outcomes: pl.DataFrame) -> Iterator[str]:
    for row in outcomes.filter(pl.col("paid_at_agreed_count") < pl.col("eligible_line_count")).iter_rows(named=True):
        yield (
            f"{row['alternate_code']}: this payer agreed to {dollars(row['agreed_fee'])} from {row['effective_from']}, and "
            f"{'no line' if row['paid_at_agreed_count'] == 0 else 'not every line'} since is paid so. Claim that first."
        )


def _places(packet: Packet) -> Iterator[str]:
    moved = packet.ranks.filter(pl.col("rank_after") != pl.col("rank"))
    if not moved.is_empty():
        words = ", ".join(f"{row['alternate_code']} from {row['rank']} to {row['rank_after']}" for row in moved.iter_rows(named=True))
        yield f"Were these fees paid, its places in your ranking by alternate code would move: {words}."


def _blanks(facts: Facts) -> Iterator[str]:
    if facts.sender.blanks:
        yield f"Blanks to fill in, or to set in the environment or .env: {', '.join(facts.sender.blanks)}."
