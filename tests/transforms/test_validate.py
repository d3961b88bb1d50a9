"""Row checks: good + bad = read, and every reason is named."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.tables.contract import Table, count, text
from transforms.validate import split

TABLE = Table(
    name="toy",
    grain="one row per id",
    key=("id",),
    columns=(
        text("id", "the id"),
        text("colour", "a colour", allowed=("red", "green"), null="unknown"),
        count("size", "a size", minimum=1),
    ),
)


def rows(*values: tuple[str | None, str | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(list(values), schema=TABLE.schema, orient="row")


def test_each_reason_is_named_and_good_rows_stay() -> None:
    frame = rows(("a", "red", 1), ("b", None, 0), ("c", "blue", None), ("d", "green", 5), (None, "red", 2))
    good, bad = split(frame, TABLE)
    assert good["id"].to_list() == ["a", "d"]
    assert bad["why"].to_list() == [["size is below 1"], ["colour is none of red, green", "size is missing"], ["id is missing"]]


def test_all_rows_of_a_key_that_repeats_are_set_aside() -> None:
    good, bad = split(rows(("a", "red", 1), ("b", "red", 1), ("a", "green", 2)), TABLE)
    assert good["id"].to_list() == ["b"]
    assert bad["why"].to_list() == [["id occurs more than once"]] * 2


def test_nothing_in_nothing_out() -> None:
    good, bad = split(TABLE.empty(), TABLE)
    assert good.schema == TABLE.schema
    assert bad.schema == {**TABLE.schema, "why": pl.List(pl.String)}


def test_a_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        split(TABLE.empty().drop("size"), TABLE)


VALUE = st.tuples(
    st.one_of(st.none(), st.sampled_from("abcdefgh")),
    st.one_of(st.none(), st.sampled_from(["red", "green", "blue", ""])),
    st.one_of(st.none(), st.integers(-2, 3)),
)


def reasons_of(value: tuple, values: list[tuple]) -> list[str]:
    """The same checks, row by row in plain Python."""
    ident, colour, size = value
    found = ["id occurs more than once"] if sum(other[0] == ident for other in values) > 1 else []
    found += ["id is missing"] if ident is None else []
    found += ["colour is none of red, green"] if colour not in (None, "red", "green") else []
    return found + (["size is missing"] if size is None else ["size is below 1"] if size < 1 else [])


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUE, max_size=12))
def test_agrees_with_a_plain_reading(values: list[tuple]) -> None:
    good, bad = split(rows(*values), TABLE)
    expected = [(value, reasons_of(value, values)) for value in values]
    assert good.rows() == [value for value, why in expected if not why]
    assert bad.rows() == [(*value, why) for value, why in expected if why]
