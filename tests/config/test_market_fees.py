"""Market percentiles are read whole or refused with their place."""

from decimal import Decimal

import pytest

from config.load import load_settings
from tests.config.own_files import Write, refused

HEADER = "source,procedure_code,percentile,fee,year,zip3\n"


def test_figures_are_read_with_their_source(write: Write) -> None:
    rows = "A survey,d2150,80,214.00,2025,940\nA survey,D2150,50,180,2025,\n"
    found = load_settings(write({"market_fees/a.csv": HEADER + rows})).market_fees
    assert found.rows() == [
        ("A survey", "D2150", 50, Decimal("180.00"), 2025, None),
        ("A survey", "D2150", 80, Decimal("214.00"), 2025, "940"),
    ]


def test_none_is_shipped() -> None:
    assert load_settings().market_fees.is_empty()


@pytest.mark.parametrize(
    ("row", "column", "fact"),
    [
        (",D2150,80,214,2025,940", "source", "text is expected"),
        ("S,2150,80,214,2025,940", "procedure_code", "'2150' is not a procedure code"),
        ("S,D2150,100,214,2025,940", "percentile", "'100' is not a whole number from 1 to 99"),
        ("S,D2150,80,$214,2025,940", "fee", "'$214' is not an amount"),
        ("S,D2150,80,214,25,940", "year", "'25' is not a whole number"),
        ("S,D2150,80,214,2025,94016", "zip3", "'94016' is not the first three digits"),
    ],
)
def test_a_mistake_names_file_row_and_column(write: Write, row: str, column: str, fact: str) -> None:
    refused(write({"market_fees/a.csv": HEADER + row + "\n"}), "market_fees/a.csv", f"row 2, column {column}", fact)


def test_a_figure_given_twice_is_refused_across_files(write: Write) -> None:
    row = "S,D2150,80,{},2025,940\n"
    files = {"market_fees/a.csv": HEADER + row.format("1"), "market_fees/b.csv": HEADER + row.format("2")}
    refused(write(files), "market_fees/b.csv", "row 2", "the same figure as in market_fees/a.csv, row 2")


def test_an_unknown_column_is_refused(write: Write) -> None:
    refused(write({"market_fees/a.csv": HEADER.replace("zip3", "zip")}), "missing column zip3")
