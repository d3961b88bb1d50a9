"""Which rows of an export are lines: blank cells carried down, totals, repeated headers and notes told apart."""

from __future__ import annotations

import polars as pl

from transforms.eob.cells import trimmed
from transforms.eob.header import Header, fields_of, plain
from transforms.eob.sheet import ROW
from transforms.tables.layouts import AMOUNT_FIELDS, RowKind

TOTAL = r"(?i)^\W*(grand|claim|sub|page|group|patient|check|provider|payer|report)?[\s-]*totals?\b"
CODES = ("submitted_code", "paid_code")


def line_rows(sheet: pl.DataFrame, header: Header) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows that are lines, as text fields with outer blanks gone, and how many rows of each other kind were left out.

    What a check row or a first row of a block says is carried down before those rows go.
    """
    fields = fields_of(sheet, header)
    texts = [name for name in fields.columns if name not in (ROW, "is_wide")]
    spaced = [name for name in texts if fields.get_column(name).str.contains(r"^\s|\s$|[\u00a0\u2007\u202f]").any()]
    fields = fields.with_columns(trimmed(pl.col(name)) for name in spaced)
    fields = fields.with_columns(row_kind=_kinds(sheet, fields, header))
    for group in header.layout.carried_down:
        fields = _carried_down(fields, [name for name in group if name in fields.columns])
    counts = fields.filter(pl.col("row_kind") != "line").group_by("row_kind").len()
    lines = fields.filter(pl.col("row_kind") == "line").drop("row_kind")
    return lines, {kind: count for kind, count in counts.iter_rows() if kind != "blank"}


def _kinds(sheet: pl.DataFrame, fields: pl.DataFrame, header: Header) -> pl.Series:
    """line, blank, header, skip, or a kind of ROW_KINDS, for each row below the header."""
    code = pl.coalesce(pl.col(name) for name in CODES if name in fields.columns)
    amounts = [pl.col(name) for name in AMOUNT_FIELDS if name in header.columns]
    odd = fields.with_row_index("place").filter(code.is_null() | ~code.str.contains(r"\d") | pl.all_horizontal(a.is_null() for a in amounts))
    kinds = pl.Series("row_kind", ["line"], dtype=pl.String).new_from_index(0, fields.height)
    own = _own_kinds(sheet, header)
    if own is not None:
        kinds = own
    if odd.height:
        told = _odd_kinds(sheet, odd, header)
        places = told.filter(pl.col("row_kind").is_not_null())
        kinds = kinds.scatter(places.get_column("place"), places.get_column("row_kind"))
    skip = header.layout.statuses.get("skip", ())
    if skip and "status" in fields.columns:
        is_skipped = fields.get_column("status").str.to_lowercase().is_in([word.lower() for word in skip]).fill_null(False)
        kinds = pl.select(pl.when(is_skipped & (kinds == "line")).then(pl.lit("skip")).otherwise(kinds).alias("row_kind")).to_series()
    return kinds


def _below(sheet: pl.DataFrame, header: Header) -> pl.DataFrame:
    return sheet.filter(pl.col(ROW) > header.row)


def _own_kinds(sheet: pl.DataFrame, header: Header) -> pl.Series | None:
    """Kinds by the layout's own patterns; the first that matches counts."""
    if not header.layout.row_kinds:
        return None
    kind = pl.lit("line")
    for rule in reversed(header.layout.row_kinds):
        kind = pl.when(_matches(rule, header)).then(pl.lit(rule.kind)).otherwise(kind)
    return _below(sheet, header).select(kind.alias("row_kind")).to_series()


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
    written = [pl.col(column).fill_null("").str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "") == plain(name) for column, name in header.names.items()]
    kind = (
        pl.when(filled == 0).then(pl.lit("blank"))
        .when(pl.all_horizontal(written)).then(pl.lit("header"))
        .when(pl.any_horizontal(cell.fill_null("").str.contains(TOTAL) for cell in cells)).then(pl.lit("total"))
        .when(filled == 1).then(pl.lit("text"))
    )  # fmt: skip
    return rows.select(ROW, row_kind=kind).join(odd.select(ROW, "place"), on=ROW).select("place", "row_kind")


def _carried_down(fields: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """Blank cells take what stands above them in their block; a block begins where the group's first field is written."""
    if not group:
        return fields
    is_row = pl.col("row_kind").is_in(["line", "check", "skip", "text"])
    block = (is_row & pl.col(group[0]).is_not_null()).cum_sum()
    filled = fields.with_columns(block=block).with_columns(
        pl.when(is_row).then(pl.col(name)).forward_fill().over("block").alias(name) for name in group
    )
    return filled.drop("block")
