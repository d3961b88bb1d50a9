"""ST to SE: one row per transaction set, with its payer and payee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.tables.remittances import READ_PAYMENTS
from transforms.x12.elements import Spans, cents, code, days, element, is_sent, short_code, spans, text
from transforms.x12.faults import Problems, amount_problems
from transforms.x12.fields import dates, money
from transforms.x12.identity import as_declared, texts
from transforms.x12.names import Names
from transforms.x12.payer import IDENTIFIERS, payer_ids
from transforms.x12.scan import Segments
from transforms.x12.structure import NONE, Structure, first_in, is_qualified, qualified
from transforms.x12.tags import BPR, DTM, N1, REF, TRN

DATE_SOURCES = ("BPR16", "DTM405", "GS04", "ISA09")


@dataclass(frozen=True)
class Headers:
    """Per set, the segments before its first claim that say what the payment is; -1 where one was not sent."""

    bpr: np.ndarray
    trn: np.ndarray
    dtm: np.ndarray
    group: np.ndarray
    interchange: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    payer_2u: np.ndarray
    payer_nf: np.ndarray
    payee_tj: np.ndarray


@dataclass(frozen=True)
class SetFacts:
    """Per set: amount in cents, day paid and where it was found, and what makes the set unreadable."""

    headers: Headers
    amount: np.ndarray
    day: np.ndarray
    day_source: np.ndarray
    problems: list[Problems]


def set_facts(segments: Segments, parts: Structure) -> SetFacts:
    """What must be readable for a set's claims to be loaded."""
    found = _headers(segments, parts)
    at = parts.set_at
    owner = np.arange(len(at))
    is_835 = is_qualified(segments, at, "835")
    (amount,), (status,) = cents(segments, spans(segments, [found.bpr], [(0, 2)]))
    day, source = _payment_days(segments, found)
    problems = []
    for reason_code, rows in (("not_835", ~is_835), ("payment_segment_missing", is_835 & (found.bpr == NONE))):
        if rows.any():
            problems.append(Problems(reason_code, at[rows], owner[rows]))
    has_bpr = is_835 & (found.bpr != NONE)
    problems += amount_problems("payment", status[has_bpr], found.bpr[has_bpr], owner[has_bpr])
    undated = has_bpr & (source == NONE)
    if undated.any():
        problems.append(Problems("payment_date_unreadable", found.bpr[undated], owner[undated]))
    return SetFacts(found, amount, day, source, problems)


def payments(segments: Segments, parts: Structure, facts: SetFacts, kept: np.ndarray, called: Names) -> pl.DataFrame:
    """READ_PAYMENTS rows of the sets `kept` (numbers)."""
    at = parts.set_at[kept]
    head = Headers(**{name: value[kept] for name, value in vars(facts.headers).items()})

    def sent(of: np.ndarray, index: int) -> Spans:
        return element(segments, of, index)

    def value(of: np.ndarray, index: int) -> pl.Series:
        return text(segments, sent(of, index))

    payee_qualifier = short_code(segments, element(segments, head.payee, 3))
    payee_id = element(segments, head.payee, 4)
    columns = {
        "payment_id": called.payment_id.take(kept),
        "file_id": called.file_id.take(segments.piece[at]),
        "source_file": called.source_file.take(segments.piece[at]),
        "payer_name": value(head.payer, 2),
        "payer_ref_2u": value(head.payer_2u, 2),
        "payer_n104": value(head.payer, 4),
        "payer_naic": value(head.payer_nf, 2),
        "payer_tax_id": _first_sent(segments, sent(head.trn, 3), sent(head.bpr, 10)),
        "payee_name": value(head.payee, 2),
        "payee_npi": text(segments, _only(payee_id, payee_qualifier == code("XX"))),
        "payee_tax_id": _first_sent(segments, _only(payee_id, payee_qualifier == code("FI")), sent(head.payee_tj, 2)),
        "trace_number": value(head.trn, 2),
        "payment_method": value(head.bpr, 4),
        "payment_amount": money(facts.amount[kept]),
        "payment_date": dates(facts.day[kept], facts.day_source[kept] != NONE),
        "payment_date_source": texts(DATE_SOURCES).take(facts.day_source[kept]),
        "version": _first_sent(segments, sent(head.group, 8), element(segments, at, 3)),
        "payment_segment": segments.number[at],
    }
    columns["payer_id"] = payer_ids(pl.DataFrame({name: columns[name] for name in IDENTIFIERS}))
    return as_declared(columns, READ_PAYMENTS)


def _headers(segments: Segments, parts: Structure) -> Headers:
    count = len(parts.set_at)
    first_claim = np.full(count, len(segments))
    inside = parts.set_of_claim != NONE
    first_claim[parts.set_of_claim[inside][::-1]] = parts.claim_at[inside][::-1]

    def before_claims(tag: int) -> np.ndarray:
        at = segments.tagged(tag)
        at = at[(parts.claim_of[at] == NONE) & (parts.set_of[at] != NONE)]
        return at[at < first_claim[parts.set_of[at]]]

    def first(at: np.ndarray) -> np.ndarray:
        return first_in(at, parts.set_of[at], count)

    names, references = before_claims(N1), before_claims(REF)
    payer, payee = (first(qualified(segments, names, value)) for value in ("PR", "PE"))
    named_by = names[np.searchsorted(names, references) - 1] if len(names) else np.full(len(references), NONE)

    def reference(of: np.ndarray, value: str) -> np.ndarray:
        owner = of[parts.set_of[references]]
        return first(qualified(segments, references[(owner != NONE) & (owner == named_by) & (named_by < references)], value))

    return Headers(
        first(before_claims(BPR)),
        first(before_claims(TRN)),
        first(qualified(segments, before_claims(DTM), "405")),
        _in_force(parts.group_at, parts.group_of[parts.set_at]),
        _in_force(parts.isa_at, parts.isa_of[parts.set_at]),
        payer,
        payee,
        reference(payer, "2U"),
        reference(payer, "NF"),
        reference(payee, "TJ"),
    )


def _in_force(opened: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The envelope segments in force, by their numbers, or -1."""
    return np.where(number == NONE, NONE, opened[number]) if len(opened) else np.full(len(number), NONE)


def _payment_days(segments: Segments, head: Headers) -> tuple[np.ndarray, np.ndarray]:
    """Days since 1970 and the number of the source in DATE_SOURCES, -1 where none can be read."""
    value, source = np.zeros(len(head.bpr), np.int64), np.full(len(head.bpr), NONE)
    sent = spans(segments, [head.bpr, head.dtm, head.group, head.interchange], [(0, 16), (1, 2), (2, 4), (3, 9)])
    for number, (day, is_day) in enumerate(zip(*days(segments, sent), strict=True)):
        is_new = is_day & (source == NONE)
        value, source = np.where(is_new, day, value), np.where(is_new, number, source)
    return value, source


def _only(spans: Spans, wanted: np.ndarray) -> Spans:
    return np.where(wanted, spans[0], spans[1]), spans[1]


def _first_sent(segments: Segments, one: Spans, other: Spans) -> pl.Series:
    """The first of two elements, or the second where the first was not sent."""
    is_one = is_sent(segments, one)
    return text(segments, (np.where(is_one, one[0], other[0]), np.where(is_one, one[1], other[1])))
