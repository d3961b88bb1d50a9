"""Cells of the page's tables: a column of a frame by its type, and columns put together from several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from markupsafe import Markup, escape

from flows.errors import BadUsage
from flows.report import words
from flows.report.charts import sparkline
from transforms.tables.report import ReportColumn, ReportPolicy

Row = Mapping[str, Any]
TOKEN_LETTERS = 8  # of a patient's token: enough to tell patients apart on a page
NUMBER, TEXT = "n", ""


@dataclass(frozen=True)
class Anchors:
    """Where on the page a payer and a pair are told in full; what is beyond the page's limits has no place."""

    payers: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """One cell: its HTML, whether it stands right, and the value it sorts by where the text does not do."""

    html: Markup
    css: str = TEXT
    sort: str | None = None


@dataclass(frozen=True)
class Head:
    """One heading with its meaning."""

    text: str
    meaning: str
    css: str = TEXT


@dataclass(frozen=True)
class Grid:
    """A table ready to be drawn: headings, and rows as (id, class, cells)."""

    name: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str | None, str, tuple[Cell, ...]], ...]


def grid(name: str, frame: pl.DataFrame, policy: ReportPolicy, anchors: Anchors, row_id: Callable[[Row], str | None] | None = None,
         row_class: Callable[[Row], str] | None = None) -> Grid:  # fmt: skip
    """The frame with the columns that report.yaml names for this table. Raises BadUsage for one that it does not have."""
    columns = policy.tables[name]
    _require_columns(name, columns, frame)
    heads = tuple(Head(column.head, column.meaning, _side(column.column, frame.schema)) for column in columns)
    rows = tuple(
        (row_id(row) if row_id else None, row_class(row) if row_class else "",
         tuple(cell(column.column, row, anchors, head.css) for column, head in zip(columns, heads, strict=True)))
        for row in frame.iter_rows(named=True)
    )  # fmt: skip
    return Grid(name, heads, rows)


def _require_columns(name: str, columns: Iterable[ReportColumn], frame: pl.DataFrame) -> None:
    for column in columns:
        if column.column not in COMPOSED and column.column not in frame.columns:
            known = ", ".join(sorted([*frame.columns, *COMPOSED]))
            raise BadUsage(f"the table {name} has no column {column.column}", "report.yaml", f"Columns there are: {known}")


def _side(column: str, schema: Mapping[str, Any]) -> str:
    if column in COMPOSED:
        return NUMBER if column in RIGHT else TEXT
    return NUMBER if schema[column].is_numeric() else TEXT


def cell(column: str, row: Row, anchors: Anchors, css: str = TEXT) -> Cell:
    """One cell by the column's name, else by the value's type; an empty one stands as its column does."""
    if column in COMPOSED:
        return COMPOSED[column](row, anchors)
    if row[column] is None:
        return Cell(escape(words.DASH), css)
    return plain(column, row[column])


def plain(column: str, value: Any) -> Cell:
    """A value by its type; the name says whether a decimal is dollars or a percentage."""
    if isinstance(value, Decimal):
        is_share = column.endswith(("_pct", "_share"))
        return Cell(escape(words.percent(value) if is_share else words.dollars(value)), NUMBER)
    if isinstance(value, bool):
        return Cell(escape("yes" if value else "no"))
    if isinstance(value, int):
        return Cell(escape(words.whole(value)), NUMBER)
    if isinstance(value, date):
        return Cell(escape(value.isoformat()), "d")
    if isinstance(value, list):
        return Cell(bdi(", ".join(map(str, value)) or words.DASH))
    return Cell(bdi(str(value)))


def bdi(text: str) -> Markup:
    """Text that another hand wrote: escaped, and its direction kept to itself."""
    return escape(text) if text.isascii() else Markup("<bdi>{}</bdi>").format(text)


def payer(row: Row, anchors: Anchors) -> Cell:
    """The payer's name, else its id; linked to its part of the page."""
    payer_id = row.get("payer_id") or ""
    name = bdi(row.get("payer_name") or anchors.names.get(payer_id) or payer_id or words.DASH)
    place = anchors.payers.get(payer_id)
    return Cell(Markup('<a href="#payer-{}">{}</a>').format(place, name) if place else name, "w")


def billed(row: Row, anchors: Anchors) -> Cell:
    """The code billed, linked to the pair's lines."""
    code = row["submitted_code"]
    if code is None:
        return Cell(escape(words.DASH))
    place = anchors.pairs.get((row.get("payer_id") or "", code))
    return Cell(Markup('<a href="#{}">{}</a>').format(place, bdi(code)) if place else bdi(code), "c")


def pair(row: Row, anchors: Anchors) -> Cell:
    """Billed, and what it is paid as."""
    alternate = row["alternate_code"] or "unknown"
    html = Markup("<b>{}</b> paid as <b>{}</b><small>{}</small>").format(billed(row, anchors).html, bdi(alternate), row["code_family"])
    return Cell(html, "c", row["submitted_code"])


def volume(row: Row, anchors: Anchors) -> Cell:
    """Claims first, then lines and patients."""
    small = f"{words.count_of(row['line_count'], 'line')}, {words.count_of(row['patient_count'], 'patient')}"
    return Cell(Markup("{}<small>{}</small>").format(words.count_of(row["claim_count"], "claim"), small), NUMBER, str(row["claim_count"]))


def evidence(row: Row, anchors: Anchors) -> Cell:
    """How many lines of which tier."""
    tiers = [f"{words.whole(row[f'tier_{tier}_line_count'])} tier {tier}" for tier in (1, 2, 3, 4) if row[f"tier_{tier}_line_count"]]
    confirmed = row["confirmed_line_count"]
    told = ", ".join(tiers) or words.DASH
    extra = Markup("<small>{} confirmed by you</small>").format(words.whole(confirmed)) if confirmed else Markup()
    return Cell(escape(told) + extra, TEXT, str(row["stated_line_count"]))


def fee_range(row: Row, anchors: Anchors) -> Cell:
    """Median fee; least and most where they differ."""
    median = row["median_alternate_fee"]
    if median is None:
        return Cell(escape(words.DASH), NUMBER)
    return Cell(Markup("{}<small>{}</small>").format(words.dollars(median), fee_spread(row)), NUMBER, str(median))


def fees(row: Row, anchors: Anchors) -> Cell:
    """The alternate fee against the contracted one, and how far it ranges."""
    median, contracted = row["median_alternate_fee"], row["contracted_fee"]
    if median is None:
        return Cell(escape(words.DASH), NUMBER)
    against = f"of {words.dollars(contracted)}" if contracted is not None else "contract unknown"
    spread = fee_spread(row)
    return Cell(Markup("{}<small>{}</small><small>{}</small>").format(words.dollars(median), against, spread), NUMBER, str(median))


def fee_spread(row: Row) -> str:
    """Least to most, or that it never differs."""
    low, high = row["lowest_alternate_fee"], row["highest_alternate_fee"]
    return f"{words.dollars(low)}{words.DASH}{words.dollars(high)}" if low != high else "always"


def trend(row: Row, anchors: Anchors) -> Cell:
    """The weeks as small bars, and a word for their direction."""
    arrow, word = words.TRENDS[row["trend"]]
    html = Markup('{}<small class="t-{}">{} {}</small>').format(sparkline(row["weekly_cents"]), row["trend"], arrow, word)
    return Cell(html, "s", str(row["recent_cents"]))


def ask(row: Row, anchors: Anchors) -> Cell:
    """What to ask for and what it brings; why nothing can be asked where nothing can."""
    if row["asked_fee"] is None:
        return Cell(escape("No contracted fee or alternate code on file: nothing can be worked out."), "k", "-1")
    who = "patients" if row["borne_by"] == "patient" else "you (patients pay more coinsurance)"
    if not row["parity_saving"] or row["parity_saving"] <= 0:
        return Cell(escape("No alternate fee can help: the balance lies above your contract, or a maximum bound."), "k", "0")
    head = Markup("<b>{}</b> for {}, now {}").format(
        words.dollars(row["asked_fee"]), bdi(row["alternate_code"]), words.dollars(row["current_fee"])
    )
    facts = [
        f"worth {words.dollars(row['asked_saving'])} to {who}, over all codes paid as {row['alternate_code']}",
        f"at parity, {words.dollars(row['parity_fee'])}, {words.dollars(row['parity_saving'])}",
        *([f"the same fee for {words.count_of(row['months_unchanged'], 'month')}"] if row["months_unchanged"] else []),
    ]
    return Cell(head + Markup().join(Markup("<small>{}</small>").format(fact) for fact in facts), "k", str(row["asked_saving"]))


def source(row: Row, anchors: Anchors) -> Cell:
    """File, segment, where its claim begins, and the id by which the line is found in Parquet, workbook and `explain`."""
    _, _, claim_segment = (row.get("claim_id") or "").rpartition("-")
    under = f", claim at {claim_segment}" if claim_segment.isdigit() else ""
    html = Markup("{} <b>segment\u00a0{}</b>{} <code>{}</code>").format(bdi(row["source_file"]), row["line_segment"], under, row["line_id"])
    return Cell(html, "f", f"{row['source_file']} {row['line_segment']:09d}")


def patient(row: Row, anchors: Anchors) -> Cell:
    """The first letters of the keyed token."""
    token = row["patient_id"]
    return Cell(Markup("<code>{}</code>").format(token[:TOKEN_LETTERS]) if token else escape(words.DASH))


def claim(row: Row, anchors: Anchors) -> Cell:
    """The claim by file and position; how many counted lines it has where it has several."""
    return Cell(Markup("<code>{}</code>").format(row["claim_id"]))


def worded(column: str, known: Mapping[str, str]) -> Callable[[Row, Anchors], Cell]:
    """A short name told in words."""
    return lambda row, anchors: Cell(escape(known.get(row[column], str(row[column]).replace("_", " "))))


def place(row: Row, anchors: Anchors) -> Cell:
    """A location by its name, else by its id."""
    told = row["location_name"] or row["location_id"]
    return Cell(bdi(told) if told else escape("not told by the remittance"))


def state(row: Row, anchors: Anchors) -> Cell:
    """Of an agreed fee whether it loaded; of a pair what its trend is."""
    if "state" in row:
        return Cell(escape(words.WIN_STATES[row["state"]]))
    return Cell(escape(words.TRENDS[row["trend"]][1].capitalize()))


def reason(row: Row, anchors: Anchors) -> Cell:
    """Why something is set aside, or why a line is not counted."""
    if "reason" in row:
        return Cell(bdi(row["reason"]), "w")
    return Cell(escape(words.NOT_COUNTED.get(row["not_counted_reason"], row["not_counted_reason"])))


def step_amount(row: Row, anchors: Anchors) -> Cell:
    """Dollars of a step: a total as it is, a change with its sign."""
    return Cell(escape(words.dollars(row["amount"]) if row["is_total"] else words.signed(row["amount"])), NUMBER)


COMPOSED: dict[str, Callable[[Row, Anchors], Cell]] = {
    "payer_name": payer, "submitted_code": billed, "pair": pair, "volume": volume, "evidence": evidence, "fee_range": fee_range,
    "fees": fees, "trend": trend, "ask": ask, "source": source, "patient_id": patient, "claim_id": claim, "location_name": place,
    "state": state, "reason": reason, "step_amount": step_amount, "basis": worded("surprise_basis", words.BASES),
    "step_name": worded("step", words.STEPS), "what": worded("step", words.STEPS),
    "explanation": worded("explanation", words.EXPLANATIONS),
    "why": lambda row, anchors: Cell(escape(words.why(row)), "k"),
    "line_id": lambda row, anchors: Cell(Markup("<code>{}</code>").format(row["line_id"])),
}  # fmt: skip
RIGHT = {"volume", "fee_range", "fees", "step_amount"}
