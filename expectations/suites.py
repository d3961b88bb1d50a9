"""Great Expectations suites, built whole from the contracts. Importing this takes seconds: do it when a gate is due."""

# Great Expectations names its expectations in one module and exports them from another, which it does not declare.
# pyright: reportPrivateImportUsage=false

from __future__ import annotations

from collections.abc import Sequence

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import polars as pl

from expectations.checks import HUNDREDTHS, Check, checks_of
from expectations.law import Law
from transforms.tables.contract import TEXTS, Table


def suite_for(table: Table) -> gx.ExpectationSuite:
    """The suite of one table. Money is expected as whole cents, percentages as hundredths: see `checked_frame`."""
    return suite_of(table.name, checks_of(table), table)


def suite_of(name: str, checks: list[Check], table: Table) -> gx.ExpectationSuite:
    """A suite of the given checks; each expectation carries its check's name in `meta`."""
    return gx.ExpectationSuite(name=name, expectations=[_expectation(check, table) for check in checks])


def law_suite(laws: Sequence[Law]) -> gx.ExpectationSuite:
    """The suite of some laws: every difference, in the column that bears the law's name, is zero."""
    zero = [
        gxe.ExpectColumnValuesToBeInSet(column=law.name, value_set=[0], meta={"check": law.name}, description=law.meaning) for law in laws
    ]
    return gx.ExpectationSuite(name=laws[0].name, expectations=zero)


def checked_frame(frame: pl.DataFrame, checks: list[Check], table: Table) -> pd.DataFrame:
    """An Arrow-backed pandas copy of the columns that are checked, and of no others.

    Money and percentages come as int64 hundredths, since sums and comparisons of decimals are slow there and have come
    out wrong; a list comes as its length, null where the list is. A column the frame lacks stays out, so its checks err.
    """
    wanted = {name for check in checks for name in check.columns}
    types = {column.name: column.dtype for column in table.columns}
    columns = []
    for name in [name for name in frame.columns if name in wanted]:
        column = pl.col(name)
        if types[name] in HUNDREDTHS and isinstance(frame.schema[name], pl.Decimal):
            column = column.to_physical().cast(pl.Int64)
        elif types[name] == TEXTS:
            column = column.list.len().cast(pl.Int64)
        columns.append(column.alias(name))
    return arrow_pandas(frame.select(columns))


def arrow_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """The frame in pandas, still Arrow underneath: nulls stay nulls and integers stay integers."""
    return frame.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)


def _expectation(check: Check, table: Table) -> gxe.Expectation:
    notes = {"meta": {"check": check.name}, "description": check.meaning, "severity": "critical" if check.severity == "stop" else "warning"}
    if check.kind == "unique" and len(check.columns) > 1:
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(check.columns), ignore_row_if="never", **notes)
    if check.kind == "row_count":
        return gxe.ExpectTableRowCountToBeBetween(min_value=check.minimum, **notes)
    column = next(iter(check.columns))
    if check.kind == "unique":
        return gxe.ExpectColumnValuesToBeUnique(column=column, **notes)
    if check.kind == "present":
        return gxe.ExpectColumnValuesToNotBeNull(column=column, **notes)
    if check.kind == "allowed":
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(check.allowed), **notes)
    types = {declared.name: declared.dtype for declared in table.columns}
    scale = 100 if types[column] in HUNDREDTHS else 1
    return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=check.minimum * scale, **notes)
