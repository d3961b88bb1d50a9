"""What needs a person this week: one line each, with its dollars and where on the page it is told."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from flows.report import words
from transforms.report.week import Week

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Need:
    """One thing to do: in a few words, why, and the section that tells more."""

    what: str
    why: str
    href: str


def needs(week: Week) -> list[Need]:
    """Only what there is to do, the most pressing first."""
    trust = week.trust
    waits, off, strange, unpriced = map(
        words.dollars, (trust.waiting_charge_amount, trust.unbalanced_amount, trust.unmapped_amount, trust.unpriced_charge_amount)
    )
    found = (
        _not_loaded(week),
        _some(trust.waiting_count, "item", "set aside", f"{waits} of charges are in no figure here until they can be read", "#unusable"),
        _some(trust.unbalanced_count, "payment", "not in balance", f"by {off} in all; ask the payer for a corrected remittance", "#trust"),
        _review(week),
        _silent(week),
        _some(
            trust.unmapped_payer_count, "payer", "not in payers.yaml", f"{strange} paid by them; add them, so that one payer is one row",
            "#unmapped",
        ),
        _some(
            trust.unpriced_line_count, "downgraded line", "without a price", f"{unpriced} of charges; a fee or a coverage is missing",
            "#unpriced",
        ),
        _schedule(week),
    )  # fmt: skip
    return [need for need in found if need]


def _some(count: int, thing: str, what: str, why: str, href: str) -> Need | None:
    """`3 items set aside`, where there are any."""
    return Need(f"{words.count_of(count, thing)} {what}", why, href) if count else None


def _not_loaded(week: Week) -> Need | None:
    late = week.wins.filter("is_alert")
    if late.is_empty():
        return None
    lost = words.dollars(sum(late["lost_since_amount"], NOTHING))
    return Need(
        f"{words.count_of(late.height, 'agreed fee')} not paid yet", f"{lost} of plan payments lost since; write to the payer", "#wins"
    )


def _review(week: Week) -> Need | None:
    lines = int(week.review_totals["line_count"].sum())
    if not lines:
        return None
    worth = words.dollars(sum(week.review_totals["candidate_amount"].drop_nulls(), NOTHING))
    return Need(f"{words.count_of(lines, 'line')} to confirm or reject", f"up to {worth} more if all are confirmed", "#review")


def _silent(week: Week) -> Need | None:
    if week.silent.is_empty():
        return None
    names = [row["payer_name"] or row["payer_id"] for row in week.silent.iter_rows(named=True)]
    return Need(
        f"{words.count_of(len(names), 'payer')} silent", f"{words.one_or_listed(names)}: longer than ever in the year before", "#freshness"
    )


def _schedule(week: Week) -> Need | None:
    """Dollars that rest on the payer's own tag, which overstates."""
    tagged = week.by_basis.filter(pl.col("surprise_basis") == "upgrade_difference")
    if tagged.is_empty():
        return None
    row = tagged.row(0, named=True)
    part = f"{words.dollars(row['surprise_balance'])} ({words.percent(row['surprise_share'])})"
    return Need("Fees or coverage to add", f"{part} rest on the difference the payer tagged, which overstates", "#basis")
