"""Which layout a sheet has, where its header is, and which column holds which field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from transforms.eob.sheet import ROW
from transforms.tables.layouts import FIELDS, Layout

HEADER_WITHIN = 40  # rows in which a header may stand


@dataclass(frozen=True)
class Header:
    """A layout found in a sheet. columns: field to sheet column; names: sheet column to its header as written.

    told: the headers that may be shown, and unknown those of them that the layout does not know; see _tellable.
    """

    layout: Layout
    row: int
    columns: dict[str, str]
    names: dict[str, str]
    told: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def called(self) -> dict[str, str]:
        """Field to its header as written."""
        return {field: self.names[column] for field, column in self.columns.items()}


def plain(cell: str | None) -> str:
    """A header for comparison: lower case letters and digits only."""
    return re.sub(r"[^a-z0-9]+", "", (cell or "").lower())


def find_header(sheet: pl.DataFrame, layouts: Iterable[Layout]) -> Header | None:
    """The layout with the most identifying cells in one row of the sheet's beginning, the first of equals; null for none."""
    found: tuple[int, Layout, tuple] | None = None
    for cells in sheet.head(HEADER_WITHIN).iter_rows():
        present = {plain(cell) for cell in cells[1:] if cell}
        for layout in layouts:
            wanted = {plain(name) for name in layout.header}
            if wanted <= present and (found is None or len(wanted) > found[0]):
                found = (len(wanted), layout, cells)
    return _header(sheet, found[1], found[2]) if found else None


@dataclass(frozen=True)
class Near:
    """The layout that a row comes nearest to: its identifying cells that the row lacks, and the row's cells as written."""

    layout: Layout
    lacks: tuple[str, ...]
    cells: tuple[str, ...]


def nearest(sheet: pl.DataFrame, layouts: Iterable[Layout]) -> Near | None:
    """For a sheet of no layout, the one with the fewest identifying cells lacking in one row; None where more than half do."""
    found: Near | None = None
    for cells in sheet.head(HEADER_WITHIN).iter_rows():
        present = {plain(cell) for cell in cells[1:] if cell}
        for layout in layouts:
            lacks = tuple(name for name in layout.header if plain(name) not in present)
            if len(lacks) * 2 <= len(layout.header) and (found is None or len(lacks) < len(found.lacks)):
                names = {column: str(cell).strip() for column, cell in zip(sheet.columns[1:], cells[1:], strict=True) if cell}
                found = Near(layout, lacks, _tellable(sheet, cells[0], names))
    return found


def _header(sheet: pl.DataFrame, layout: Layout, cells: tuple) -> Header:
    names = {column: str(cell).strip() for column, cell in zip(sheet.columns[1:], cells[1:], strict=True) if cell and str(cell).strip()}
    by_name: dict[str, str] = {}
    for column, name in names.items():
        by_name.setdefault(plain(name), column)
    columns = {}
    for field, synonyms in layout.columns.items():
        here = next((by_name[plain(name)] for name in synonyms if plain(name) in by_name), None)
        if here is not None:
            columns[field] = here
    known = {plain(name) for synonyms in layout.columns.values() for name in synonyms} | {plain(name) for name in layout.ignore}
    known |= {plain(name) for name in layout.header} | {plain(kind.column) for kind in layout.row_kinds}
    told = _tellable(sheet, cells[0], names)
    unknown = tuple(name for name in told if plain(name) not in known)
    return Header(layout, cells[0], columns, names, told, unknown, _missing(layout, columns))


def _tellable(sheet: pl.DataFrame, row: int, names: dict[str, str]) -> tuple[str, ...]:
    """Headers of columns with anything below them, long numbers masked: where a line end was lost, the header row holds data."""
    below = sheet.slice(sheet.get_column(ROW).search_sorted(row, side="right"))
    return tuple(re.sub(r"\d{4,}", "#", name) for column, name in names.items() if below.is_empty() or below.get_column(column).count())


def _missing(layout: Layout, columns: dict[str, str]) -> tuple[str, ...]:
    """Required fields without a column; a field that rows above the header state needs none."""
    present = {*columns, *layout.title}
    wanted = [*layout.required, *(() if {"submitted_code", "paid_code"} & present else ("submitted_code",))]
    return tuple(field for field in FIELDS if field in wanted and field not in present)


def fields_of(sheet: pl.DataFrame, header: Header) -> pl.DataFrame:
    """`row`, one text column a field that the file has, and `is_wide` where a record has more cells than the header.

    Only rows below the header. A constant of the rows above it (layout.title) becomes a column of its own.
    """
    last = next(reversed(header.names))
    beyond = sheet.columns[sheet.columns.index(last) + 1 :]
    below = below_header(sheet, header)
    titles = [pl.lit(text, pl.String).alias(field) for field, text in _titles(sheet, header).items()]
    fields = [pl.col(column).alias(field) for field, column in header.columns.items()]
    is_wide = pl.any_horizontal(pl.col(name).is_not_null() for name in beyond) if beyond else pl.lit(False)
    return below.select(ROW, *fields, *titles, is_wide=is_wide)


def below_header(sheet: pl.DataFrame, header: Header) -> pl.DataFrame:
    """The rows below the header, without copying them."""
    return sheet.slice(sheet.get_column(ROW).search_sorted(header.row, side="right"))


def _titles(sheet: pl.DataFrame, header: Header) -> dict[str, str | None]:
    """Fields stated above the header, by the layout's patterns; null where they are not found."""
    above = ["  ".join(str(cell) for cell in cells[1:] if cell) for cells in sheet.filter(pl.col(ROW) < header.row).iter_rows()]
    found: dict[str, str | None] = {}
    for field, pattern in header.layout.title.items():
        if field not in header.columns:
            hits = (re.search(pattern, line, re.IGNORECASE) for line in above)
            found[field] = next((hit.group(1).strip() for hit in hits if hit), None)
    return found
