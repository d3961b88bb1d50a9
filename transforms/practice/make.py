"""A whole practice from a seed: visits in order of date, adjudicated, gathered into payments, written as files."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from transforms.practice.fees import FeeBook, fee_book, month_start
from transforms.practice.payers import PAYER, Payer
from transforms.practice.payments import mailings
from transforms.practice.people import CANARY_ACCOUNT, CANARY_CLAIM, CANARY_MEMBER, CANARY_NAMES, Patient, make_patients
from transforms.practice.records import Posting
from transforms.practice.settings_files import settings_files
from transforms.practice.situations import CHECK_UP, RARE, TREATMENT, Situation
from transforms.practice.truth import true_ranking, truth_frame
from transforms.practice.visit import Visit
from transforms.practice.write_835 import Written, write_file

MINIMUM_MONTHS = 3  # a correction comes up to seven weeks after the visit
WINDOW_MONTHS = 12
LAST_VISIT_DAYS = 20  # before the end, so that every first payment still falls into the history
LAST_TRAIL_SHARE = 0.35  # visits that need later claims come in this first part
ROOM_LEFT = 120_000
YEARS_ALREADY_USED = 0.2
CHECK_UP_SHARE = 0.6


@dataclass(frozen=True)
class Practice:
    """Files by relative path (inbox/, config/, truth/) and the truth, one row a line (see truth.TRUTH)."""

    files: dict[str, bytes]
    truth: pl.DataFrame


def make_practice(claims: int, seed: int, months: int = 12, ends_on: date = date(2026, 6, 30)) -> Practice:
    """A believable practice with so many claims adjudicated; payments re-sent by mistake come on top.

    The same arguments give the same bytes on any machine. Raises ValueError for fewer than one claim or three months.
    """
    if claims < 1 or months < MINIMUM_MONTHS:
        raise ValueError(f"a practice needs at least one claim and {MINIMUM_MONTHS} months")
    rng = random.Random(seed)
    book = fee_book(ends_on)
    postings = _postings(rng, claims, book, _start(ends_on, months), ends_on)
    files: dict[str, bytes] = {}
    listed: list[tuple[str, bytes, list[Written]]] = []
    control = 1000
    for mailing in mailings(rng, postings, ends_on):
        data, written = write_file(list(mailing.payments), control)
        control += len(mailing.payments)
        listed.append((mailing.name, data, written))
        files[f"inbox/{mailing.name}"] = data
    truth = truth_frame(listed, _start(ends_on, WINDOW_MONTHS))
    files |= {f"config/{name}": data for name, data in settings_files(book).items()}
    files |= {"truth/lines.csv": truth.write_csv().encode(), "truth/ranking.csv": true_ranking(truth).write_csv().encode()}
    return Practice(files, truth)


def canaries(practice: Practice) -> list[str]:
    """Words planted in patient fields of the inbox. Found anywhere else, patient data has leaked."""
    planted = [*(name for pair in CANARY_NAMES for name in pair), CANARY_MEMBER, CANARY_ACCOUNT, CANARY_CLAIM]
    inbox = [data for name, data in practice.files.items() if name.startswith("inbox/")]
    return [word for word in planted if any(word.encode() in data for data in inbox)]


def _start(ends_on: date, months: int) -> date:
    """The day after the same day so many months ago."""
    month = month_start(ends_on + timedelta(days=1), months)
    following = month_start(month, -1)
    return min(month + timedelta(days=(ends_on + timedelta(days=1)).day - 1), following)


def _postings(rng: random.Random, claims: int, book: FeeBook, start: date, ends_on: date) -> list[Posting]:
    deck = _deck(rng, claims)
    patients = make_patients(rng, max(40, claims // 3))
    span = (ends_on - start).days - LAST_VISIT_DAYS
    years: dict[tuple[str, int, int], list[int]] = {}
    seen: set[str] = set()
    postings: list[Posting] = []
    for number, situation in enumerate(deck, 1):
        day = start + timedelta(days=(number - 1) * span // len(deck))
        payer = _payer(rng, situation)
        patient = patients[payer.payer_id][0] if payer.payer_id not in seen else rng.choice(patients[payer.payer_id])
        seen.add(payer.payer_id)
        left = years.setdefault((payer.payer_id, patient.index, day.year), _new_year(rng, payer))
        if situation.starts_fresh and left[1] < ROOM_LEFT:
            left[1] = ROOM_LEFT
        visit = Visit(rng, book, payer, patient, day, number, left)
        postings.extend(_posted(visit, situation, ends_on, patient))
    return postings


def _posted(visit: Visit, situation: Situation, ends_on: date, patient: Patient) -> list[Posting]:
    first = _pay_day(visit.payer, visit.service_date + timedelta(days=7 + visit.payer.number % 7))
    found = []
    for draft in situation.write(visit):
        payer = draft.payer or visit.payer
        day = first if not draft.weeks else _pay_day(payer, first + timedelta(days=7 * draft.weeks))
        if day > ends_on:
            raise ValueError("a payment falls after the end of the history")
        found.append(Posting(payer, day, patient.location, draft.claims, draft.provider_adjustments, draft.is_apart))
    return found


def _pay_day(payer: Payer, day: date) -> date:
    """The payer's weekday, that day or the next one."""
    return day + timedelta(days=(payer.number % 5 - day.weekday()) % 7)


def _payer(rng: random.Random, situation: Situation) -> Payer:
    names = situation.payers
    return PAYER[names[0]] if len(names) == 1 else PAYER[rng.choices(names, [PAYER[name].weight for name in names])[0]]


def _new_year(rng: random.Random, payer: Payer) -> list[int]:
    """[deductible, maximum] at a patient's first visit of the year; some have had most of theirs used elsewhere."""
    is_used = rng.random() < YEARS_ALREADY_USED
    share = rng.randrange(10, 60) if is_used else 100
    return [payer.deductible if rng.random() < 0.7 else 0, payer.annual_maximum * share // 100]


def _deck(rng: random.Random, claims: int) -> list[Situation]:
    """So many claims' worth of situations in random order: the rare ones by their share, at least once each if there is
    room, the rest check-ups and treatments. What needs later claims comes early."""
    deck: list[Situation] = []
    room = claims // 2
    for situation in (situation for situation in RARE if claims >= situation.from_claims):
        wanted = max(1, (claims * situation.per_10000 + 5000 * situation.claims) // (10_000 * situation.claims))
        dealt = min(wanted, room // situation.claims)
        deck.extend([situation] * dealt)
        room -= dealt * situation.claims
    common = claims - sum(situation.claims for situation in deck)
    deck.extend(CHECK_UP if rng.random() < CHECK_UP_SHARE else TREATMENT for _ in range(common))
    rng.shuffle(deck)
    early = int(len(deck) * LAST_TRAIL_SHARE)
    spare = iter([place for place in range(early) if deck[place].claims == 1])
    for place in range(early, len(deck)):
        if deck[place].claims > 1:
            other = next(spare)
            deck[place], deck[other] = deck[other], deck[place]
    return deck
