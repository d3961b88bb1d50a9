"""Which rows of an export are lines: blank cells carried down, totals, repeated headers and notes told apart."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.eob.cells import by_distinct, trimmed
from transforms.eob.header import Header, below_header, fields_of, plain
from transforms.eob.sheet import ROW
from transforms.tables.layouts import AMOUNT_FIELDS, TEXT_FIELDS, RowKind

TOTAL = r"(?i)^\W*(grand|claim|sub|page|group|patient|check|provider|payer|report)?[\s-]*totals?\b"
SEARCHED = ("tooth", "surfaces", "reasons", "remark_codes", "remark_text")  # found by pattern, blanks around them or not
TOTALS = ("claim_total", "subtotal", "grand_total", "check")  # kinds that a layout names; others are known by the word
CODES = ("submitted_code", "paid_code")


@dataclass(frozen=True)
class Rows:
    """A sheet's rows that are lines, and those that state totals (with row_kind), as text fields with outer blanks gone."""

    lines: pl.DataFrame
    totals: pl.DataFrame
    header_row: int


def line_rows(sheet: pl.DataFrame, header: Header) -> Rows:
    """The rows of a sheet by what they are. What a check row or a first row of a block says is carried down before those rows go."""
    fields = fields_of(sheet, header)
    texts = [name for name in TEXT_FIELDS if name in fields.columns and name not in SEARCHED]
    fields = fields.with_columns(trimmed(pl.col(name)) for name in texts if _is_spaced(fields.get_column(name)))
    kinds = _kinds(sheet, fields, header)
    for group in header.layout.carried_down:
        names = [name for name in group if name in fields.columns and fields.get_column(name).has_nulls()]
        if names:
            fields = _carried_down(fields, kinds, group[0], names)
    if kinds is None:
        return Rows(fields, fields.clear().with_columns(row_kind=pl.lit("")), header.row)
    totals = fields.with_columns(kinds.alias("row_kind")).filter(kinds.str.starts_with("total") | kinds.is_in(TOTALS))
    return Rows(fields.filter(kinds == "line"), totals, header.row)


def _is_spaced(texts: pl.Series) -> bool:
    """Whether any cell begins or ends with a blank. Amounts, dates and codes see to their own."""
    return any(bool(ends.any()) for ends in (texts.str.starts_with(" "), texts.str.ends_with(" ")))


def _kinds(sheet: pl.DataFrame, fields: pl.DataFrame, header: Header) -> pl.Series | None:
    """line, blank, header, total, skip, or a kind of ROW_KINDS, for each row below the header; None where all are lines."""
    amounts = [pl.col(name).is_null() for name in AMOUNT_FIELDS if name in header.columns]
    is_odd = _without_code([fields.get_column(name) for name in CODES if name in fields.columns])
    places = fields.select((is_odd | pl.all_horizontal(amounts)).arg_true()).to_series()
    odd = pl.DataFrame({ROW: fields.get_column(ROW).gather(places), "place": places})
    own = _own_kinds(sheet, header)
    skipped = _skipped(fields, header)
    if own is None and skipped is None and odd.is_empty():
        return None
    kinds = own if own is not None else pl.Series("row_kind", ["line"]).new_from_index(0, fields.height)
    if odd.height:
        told = _odd_kinds(sheet, odd, header).drop_nulls("row_kind")
        kinds = kinds.scatter(told.get_column("place"), told.get_column("row_kind"))
    if skipped is not None:
        kinds = kinds.scatter((skipped & (kinds == "line")).arg_true(), "skip")
    return kinds


def _without_code(codes: list[pl.Series]) -> pl.Series:
    """Rows with no digit in any code cell; a single false where the first column, as is the rule, has one in every row."""
    first = codes[0]
    if not first.has_nulls() and bool(first.unique().str.contains(r"\d").all()):
        return pl.Series([False])
    has_digit = [by_distinct(texts, lambda distinct: distinct.str.contains(r"\d")).fill_null(False) for texts in codes]
    return ~pl.select(pl.any_horizontal(has_digit)).to_series()


def _skipped(fields: pl.DataFrame, header: Header) -> pl.Series | None:
    """Rows whose status says that they are no payment yet; None where there are none."""
    words = [word.lower() for word in header.layout.statuses.get("skip", ())]
    if not words or "status" not in fields.columns:
        return None
    found = by_distinct(fields.get_column("status"), lambda distinct: distinct.str.to_lowercase().is_in(words)).fill_null(False)
    return found if found.any() else None


def _own_kinds(sheet: pl.DataFrame, header: Header) -> pl.Series | None:
    """Kinds by the layout's own patterns; the first that matches counts."""
    if not header.layout.row_kinds:
        return None
    kind = pl.lit("line")
    for rule in reversed(header.layout.row_kinds):
        kind = pl.when(_matches(rule, header)).then(pl.lit(rule.kind)).otherwise(kind)
    return below_header(sheet, header).select(kind.alias("row_kind")).to_series()


def _matches(rule: RowKind, header: Header) -> pl.Expr:
    wanted = plain(rule.column)
    columns = [column for column, name in header.names.items() if wanted in ("any", plain(name))]
    pattern = rule.pattern if rule.pattern.startswith("(?") else f"(?i){rule.pattern}"
    hits = [pl.col(column).fill_null("").str.contains(pattern) for column in columns]
    return pl.any_horizontal(hits) if hits else pl.lit(False)


def _odd_kinds(sheet: pl.DataFrame, odd: pl.DataFrame, header: Header) -> pl.DataFrame:
    """`place` and row_kind of rows without a procedure code or without any amount; null where they still may be lines."""
    rows = sheet.join(odd.select(ROW, "place"), on=ROW, how="semi")
    cells = [trimmed(pl.col(column)) for column in sheet.columns[1:]]
    filled = pl.sum_horizontal(cell.is_not_null() for cell in cells)
    written = [
        pl.col(column).fill_null("").str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "") == plain(name)
        for column, name in header.names.items()
    ]
    kind = (
        pl.when(filled == 0).then(pl.lit("blank"))
        .when(pl.all_horizontal(written)).then(pl.lit("header"))
        .when(pl.any_horizontal(cell.fill_null("").str.contains(TOTAL) for cell in cells))
        .then(pl.concat_str(pl.lit("total "), pl.coalesce(cell.str.extract(TOTAL, 1).str.to_lowercase() for cell in cells).fill_null("")))
        .when(filled == 1).then(pl.lit("text"))
    )  # fmt: skip
    return rows.select(ROW, row_kind=kind).join(odd.select(ROW, "place"), on=ROW).select("place", "row_kind")


def _carried_down(fields: pl.DataFrame, kinds: pl.Series | None, first: str, names: list[str]) -> pl.DataFrame:
    """Blank cells take what stands above them in their block; a block begins where the group's first field is written."""
    if first not in fields.columns:
        return fields
    is_row = kinds.is_in(["line", "check", "skip", "text"]) if kinds is not None else pl.Series([True]).new_from_index(0, fields.height)
    marked = fields.with_columns(is_row=is_row).with_columns(block=(pl.col("is_row") & pl.col(first).is_not_null()).cum_sum())
    filled = marked.with_columns(pl.when("is_row").then(pl.col(name)).forward_fill().over("block").alias(name) for name in names)
    return filled.drop("is_row", "block")
