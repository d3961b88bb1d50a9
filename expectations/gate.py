"""The gate: whole tables against their contracts and against each other, before anything is published."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import great_expectations as gx
import pandas as pd
import polars as pl
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

from expectations.checks import MAY_SHRINK, Check, checks_of, growth_check
from expectations.law import Law
from expectations.laws import applicable
from expectations.suites import arrow_pandas, checked_frame, law_suite, suite_of
from transforms.tables.contract import Table

CHECKS_SCHEMA = {
    "table": pl.String,
    "check": pl.String,
    "kind": pl.String,
    "meaning": pl.String,
    "severity": pl.String,
    "owner": pl.String,
    "success": pl.Boolean,
    "errored": pl.Boolean,
    "failed_count": pl.Int64,
    "row_count": pl.Int64,
    "found": pl.String,
}
TOGETHER_ROWS = 10_000
COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}  # no offending value, ever: they are patients' data


@dataclass(frozen=True)
class GateReport:
    """`checks`: one row per check, in words, counts and sums, never with a value of one row.

    `kind` is that of checks.Check, or schema or law; `found` says what a failed law has found, as "off by $12.00".

    `errored` means that the check itself could not run: it has neither passed nor failed, so `success` is false and
    every row counts as failed. `passed` is false where a check of severity `stop` has no success.
    """

    checks: pl.DataFrame
    passed: bool


def check(
    tables: Mapping[str, tuple[Table, pl.DataFrame]],
    previous_rows: Mapping[str, int] | None = None,
    evidence: Mapping[str, pl.DataFrame] | None = None,
    stopping: Collection[str] = (),
    in_parts: Collection[str] = (),
) -> GateReport:
    """Run every check that the contracts of the given tables imply, and every law whose tables are all given.

    `previous_rows`, rows by table at the last publication, adds a warning for a table that has shrunk by half. `evidence`
    holds further frames for laws alone. A law named in `stopping` stops where it would only warn. Tables named in `in_parts`
    were checked part by part (`joined` puts that together), so laws about one of them alone are left out.
    """
    context = _context()
    rows: list[dict[str, Any]] = []
    for name, (table, frame) in tables.items():
        checks = checks_of(table)
        if previous_rows and name in previous_rows and name not in MAY_SHRINK:
            checks.append(growth_check(table, previous_rows[name]))
        rows += [_schema_row(table, frame), *_table_rows(context, name, frame, checks, table)]
    frames = {name: frame for name, (_, frame) in tables.items()} | dict(evidence or {})
    due = [law for law in applicable(frames) if not set(law.tables) <= set(in_parts)]
    laws = [replace(law, severity="stop") if law.name in stopping else law for law in due]
    rows += _law_rows(context, laws, frames)
    report = pl.DataFrame(rows, schema=CHECKS_SCHEMA)
    return GateReport(report, report.filter(severity="stop")["success"].all())


def joined(parts: Sequence[pl.DataFrame], table: Table, heights: int, previous_rows: int | None) -> pl.DataFrame:
    """One row per check (CHECKS_SCHEMA) from the reports of several parts of a table, and the warning where it has shrunk.

    `heights` are the rows of parts that had passed before, so that counts are those of the whole table.
    """
    by = ["table", "check", "kind", "severity", "owner"]
    whole = pl.concat(parts).group_by(by, maintain_order=True).agg(
        pl.col("meaning").sort_by("errored").last(), pl.col("success").all(), pl.col("errored").any(), pl.col("failed_count").sum(),
        pl.col("row_count").sum() + heights, pl.col("found").sort_by("failed_count").last(),
    )  # fmt: skip
    whole = whole.select(CHECKS_SCHEMA.keys())
    if previous_rows is None or table.name in MAY_SHRINK:
        return whole
    count = int(whole.filter(kind="schema")["row_count"].sum())
    planned = growth_check(table, previous_rows)
    grown = _row(planned, planned.kind, planned.table, None, count)
    grown |= {"meaning": planned.meaning, "errored": False, "success": count >= planned.minimum, "failed_count": 0}
    return pl.concat([whole, pl.DataFrame([grown], schema=CHECKS_SCHEMA)])


def _context() -> Any:
    """In memory only (a file context writes offending values to disk), without analytics and progress bars."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    config = DataContextConfig(
        analytics_enabled=False,
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    return gx.get_context(project_config=config, mode="ephemeral")


def _table_rows(context: Any, name: str, frame: pl.DataFrame, checks: list[Check], table: Table) -> list[dict[str, Any]]:
    results = _results(context, name, checked_frame(frame, checks, table), suite_of(table.name, checks, table))
    return [_row(check, check.kind, check.table, results.get(check.name), frame.height) for check in checks]


def _law_rows(context: Any, laws: Sequence[Law], frames: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """One row a law. Laws with few differences are checked together: what a batch costs is far more than what is in it."""
    told = {law.name: found for law in laws if (found := _differences(law, frames)) is not None}
    few = [law for law in laws if law.name in told and told[law.name].len() <= TOGETHER_ROWS]
    many = [[law] for law in laws if law.name in told and law not in few]
    results: dict[str, Any] = {}
    for some in ([few] if few else []) + many:
        side_by_side = pl.concat([told[law.name].to_frame(law.name) for law in some], how="horizontal_extend")
        results |= _results(context, some[0].name, arrow_pandas(side_by_side), law_suite(some))
    for law in laws:
        found = told.get(law.name)
        row = _row(law, "law", " = ".join(law.tables), results.get(law.name), 1 if found is None else found.len())
        yield row if found is None or row["success"] or row["errored"] else row | {"found": law.found(frames, found)}


def _differences(law: Law, frames: Mapping[str, pl.DataFrame]) -> pl.Series | None:
    """None where a column is missing or of another type: the schema check says which."""
    try:
        return law.differences(frames)
    except pl.exceptions.PolarsError:
        return None


def _results(context: Any, name: str, frame: pd.DataFrame, suite: gx.ExpectationSuite) -> dict[str, Any]:
    """Result by name of its check. Great Expectations gives them in an order of its own."""
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe(name).get_batch(batch_parameters={"dataframe": frame})
    found = batch.validate(suite, result_format=COUNTS_ONLY)
    return {result.expectation_config.meta["check"]: result for result in found.results}


def _schema_row(table: Table, frame: pl.DataFrame) -> dict[str, Any]:
    wrong = sum(frame.schema.get(column.name) != column.dtype for column in table.columns)
    wrong += sum(name not in table.names for name in frame.columns)
    words = f"{table.name} has the columns and types of its contract, and no others"
    planned = Check(table.name, "schema", "row_count", (), words)
    unchecked = _row(planned, "schema", table.name, None, frame.height)
    return unchecked | {"meaning": words, "errored": False, "success": wrong == 0, "failed_count": wrong}


def _row(planned: Check | Law, kind: str, table: str, result: Any, height: int) -> dict[str, Any]:
    outcome = None if result is None or _raised(result.exception_info) else result
    errored, success = outcome is None, outcome is not None and bool(outcome.success)
    return {
        "table": table,
        "check": planned.name,
        "kind": kind,
        "meaning": f"{planned.meaning} (the check could not run)" if errored else planned.meaning,
        "severity": planned.severity,
        "owner": planned.owner,
        "success": success,
        "errored": errored,
        "failed_count": height if outcome is None else int(outcome.result.get("unexpected_count") or 0),
        "row_count": height,
        "found": "",
    }


def _raised(info: Any) -> bool:
    """exception_info is one record, or one for each metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    return any(record.get("raised_exception") for record in records if isinstance(record, dict))
