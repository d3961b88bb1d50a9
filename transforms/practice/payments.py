"""Postings into payments, payments into files, and a few of them sent again by mistake."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from transforms.practice.payers import PAYER
from transforms.practice.records import Posting
from transforms.practice.write_835 import Payment

CLAIMS_PER_PAYMENT = 40
PAYMENTS_PER_FILE = 3
RESENT_SHARE = 0.012


@dataclass(frozen=True)
class Mailing:
    """One file: its name and its payments, all of one payer and one day."""

    name: str
    payments: tuple[Payment, ...]


def mailings(rng: random.Random, postings: list[Posting], ends_on: date) -> list[Mailing]:
    """All files in order of date and payer. A re-sent file has its payments unchanged under new control numbers."""
    files: list[tuple[date, str, tuple[Payment, ...]]] = []
    for (day, payer_id), payments in _payments(postings):
        for start in range(0, len(payments), PAYMENTS_PER_FILE):
            files.append((day, payer_id, tuple(payments[start : start + PAYMENTS_PER_FILE])))
    files.extend(_resent(rng, files, ends_on))
    files.sort(key=lambda item: item[:2])
    return [
        Mailing(f"{day}_{payer_id.replace('-', '')}_{place:06d}.835", payments) for place, (day, payer_id, payments) in enumerate(files, 1)
    ]


def _resent(
    rng: random.Random, files: list[tuple[date, str, tuple[Payment, ...]]], ends_on: date
) -> list[tuple[date, str, tuple[Payment, ...]]]:
    """At least one file comes twice; of a file with several payments, sometimes only the last one."""
    chosen = rng.sample(range(len(files)), max(1, int(len(files) * RESENT_SHARE)))
    again = []
    for place in sorted(chosen):
        day, payer_id, payments = files[place]
        kept = payments if rng.random() < 0.5 else payments[-1:]
        again.append((min(day + timedelta(days=rng.choice((1, 2, 5))), ends_on), payer_id, kept))
    return again


def _payments(postings: list[Posting]) -> Iterator[tuple[tuple[date, str], list[Payment]]]:
    """Payments by day and payer. What a payment cannot bear is carried into the payer's next one (PLB FB)."""
    days: dict[tuple[date, str], list[Posting]] = {}
    for posting in postings:
        days.setdefault((posting.payment_date, posting.payer.payer_id), []).append(posting)
    carried: dict[tuple[str, int], int] = {}
    trace = 0
    for (day, payer_id), found in sorted(days.items(), key=lambda item: item[0]):
        payments = []
        for group in _chunks(found):
            trace += 1
            payments.append(_payment(group, f"EFT{PAYER[payer_id].number}{trace:07d}", carried))
        yield (day, payer_id), payments


def _chunks(postings: list[Posting]) -> Iterator[list[Posting]]:
    """Postings that share a payment: one location, up to so many claims; what stands apart is alone."""
    for location in (0, 1):
        group: list[Posting] = []
        for posting in (posting for posting in postings if posting.location == location and not posting.is_apart):
            group.append(posting)
            if sum(len(item.claims) for item in group) >= CLAIMS_PER_PAYMENT:
                yield group
                group = []
        if group:
            yield group
    yield from ([posting] for posting in postings if posting.is_apart)


def _payment(group: list[Posting], trace: str, carried: dict[tuple[str, int], int]) -> Payment:
    first = group[0]
    claims = tuple(claim for posting in group for claim in posting.claims)
    adjustments = [item for posting in group for item in posting.provider_adjustments]
    total = sum(claim.paid for claim in claims) - sum(cents for _, _, cents in adjustments)
    key = (first.payer.payer_id, first.location)
    owed = carried.pop(key, 0)
    taken = min(owed, max(total, 0))
    if taken:
        adjustments.append(("FB", f"FB{trace}", taken))
    if total < 0:
        adjustments.append(("FB", f"FB{trace}", total))
    if owed - taken - min(total, 0):
        carried[key] = owed - taken - min(total, 0)
    amount = total - taken if total > 0 else 0
    return Payment(first.payer, first.payment_date, first.location, trace, claims, tuple(adjustments), amount)
