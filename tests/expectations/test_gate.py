"""The gate on real frames: what passes, what stops, and that no value of a patient comes out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations.catalogue import tables
from expectations.checks import checks_of
from expectations.gate import GateReport, check
from expectations.laws import LAWS
from expectations.suites import checked_frame, suite_for
from transforms.tables.contract import DATE, FLAG, TEXTS, Column, Table, count, money, percent, text, texts
from transforms.tables.contract import date as date_column
from transforms.tables.files import FILES
from transforms.tables.findings import FINDINGS
from transforms.tables.rankings import PAYER_ALTERNATE_RANKING, PAYER_CODE_RANKING
from transforms.tables.views import CLAIM_STATES, RUNS

CANARY = "ZZCANARY"

TOY = Table(
    name="toy",
    grain="one row per a and b",
    key=("a", "b"),
    columns=(
        text("a", "first half"),
        count("b", "second half", null="none"),
        money("fee", "a fee", minimum=10, null="unknown"),
        percent("share", "a share", null="unknown"),
        text("colour", "a colour", allowed=("red", "green"), null="unknown"),
        texts("codes", "codes"),
        date_column("day", "a day", null="unknown"),
    ),
)


def toy(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of TOY; what a row leaves out has a good value."""
    good = {"a": "x", "b": 1, "fee": Decimal("10.00"), "share": Decimal("0.00"), "colour": "red", "codes": [], "day": date(2026, 1, 1)}
    return pl.DataFrame([good | {"b": number} | row for number, row in enumerate(rows)], schema=TOY.schema)


def failed(report: GateReport) -> dict[str, int]:
    """Failed count by check."""
    return dict(report.checks.filter(~pl.col("success")).select("check", "failed_count").iter_rows())


def filler(column: Column) -> Any:
    """Some value that the column may hold."""
    if column.dtype.is_decimal():
        return Decimal(column.minimum or 0)
    by_type = {DATE: date(2026, 3, 10), FLAG: True, TEXTS: []}
    if column.dtype in by_type:
        return by_type[column.dtype]
    return (column.minimum or 0) if column.dtype == pl.Int64 else (column.allowed or ("x",))[0]


def row_of(table: Table, **values: Any) -> pl.DataFrame:
    """One row that keeps the contract, with the given values."""
    return pl.DataFrame([{column.name: filler(column) for column in table.columns} | values], schema=table.schema)


def test_good_rows_pass() -> None:
    report = check({"toy": (TOY, toy({}, {"b": None, "fee": None, "colour": None}, {"codes": ["N2"]}))})
    assert report.passed
    assert report.checks["success"].all()
    assert not report.checks["errored"].any()


def test_no_rows_pass() -> None:
    assert check({"toy": (TOY, TOY.empty())}).passed


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"b": 7}, {"b": 7}, {"b": 8}], {"unique(a + b)": 2}),
        ([{"b": None}, {"b": None}], {"unique(a + b)": 2}),
        ([{"a": None}], {"present(a)": 1}),
        ([{"codes": None}], {"present(codes)": 1}),
        ([{"fee": Decimal("9.99")}, {"fee": Decimal("10.00")}], {"minimum(fee)": 1}),
        ([{"share": Decimal("-0.01")}], {"minimum(share)": 1}),
        ([{"b": -1}], {"minimum(b)": 1}),
        ([{"colour": "blue"}, {"colour": "Red"}, {"colour": "red"}], {"allowed(colour)": 2}),
    ],
)
def test_a_broken_promise_stops(rows: list[dict[str, Any]], expected: dict[str, int]) -> None:
    report = check({"toy": (TOY, toy(*rows))})
    assert failed(report) == expected
    assert not report.passed


def test_a_check_that_cannot_run_has_not_passed() -> None:
    """A missing column: the schema check says so, the checks on it have errored, and no error text is passed on."""
    report = check({"toy": (TOY, toy({"a": CANARY}).drop("colour"))})
    assert failed(report) == {"schema": 1, "allowed(colour)": 1}
    assert report.checks.filter("errored")["check"].to_list() == ["allowed(colour)"]
    assert not report.passed


@pytest.mark.parametrize("change", [pl.col("fee").cast(pl.Float64), pl.lit("x").alias("surplus"), pl.col("b").cast(pl.Int32)])
def test_another_type_or_column_stops(change: pl.Expr) -> None:
    assert failed(check({"toy": (TOY, toy({}).with_columns(change))}))["schema"] == 1


def test_money_is_compared_to_the_cent() -> None:
    """One cent at twelve digits: no float between the data and the verdict."""
    table = Table("big", "one row per a", ("a",), (text("a", "id"), money("fee", "fee", minimum=9_999_999_999)))
    frame = pl.DataFrame({"a": ["x", "y"], "fee": [Decimal("9999999999.00"), Decimal("9999999998.99")]}, schema=table.schema)
    assert failed(check({"big": (table, frame)})) == {"minimum(fee)": 1}


def test_money_reaches_pandas_as_whole_cents() -> None:
    copy = checked_frame(toy({"fee": Decimal("12.34")}), checks_of(TOY), TOY)
    assert copy["fee"].to_list() == [1234]
    assert str(copy["fee"].dtype) == "int64[pyarrow]"
    assert "day" not in copy.columns  # nothing is promised about it, so it is not copied


def test_suite_has_one_expectation_for_each_check() -> None:
    named = {(expectation.meta or {})["check"] for expectation in suite_for(FINDINGS).expectations}
    assert named == {planned.name for planned in checks_of(FINDINGS)}


def test_no_value_comes_out(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: Any) -> None:
    """Bad rows full of canaries: neither report, nor output, nor log, nor a file holds one."""
    monkeypatch.chdir(tmp_path)
    rows = toy(*({"a": CANARY, "b": 7, "colour": CANARY} for _ in range(3)))
    report = check({"toy": (TOY, rows), "broken": (TOY, rows.drop("b"))})
    printed = capfd.readouterr()
    assert not report.passed
    assert CANARY not in report.checks.write_ndjson() + printed.out + printed.err + caplog.text
    assert printed.out == printed.err == ""
    assert list(tmp_path.iterdir()) == []


def test_shrinking_by_half_warns_but_does_not_stop() -> None:
    tables = {"toy": (TOY, toy({}, {}, {}))}
    assert check(tables, previous_rows={"toy": 6}).checks.filter(severity="warn")["success"].to_list() == [True]
    report = check(tables, previous_rows={"toy": 7})
    assert list(failed(report)) == ["row_count"]
    assert report.passed


def marts(surprise: str, by_code: str, by_alternate: str, **finding: Any) -> dict[str, tuple[Table, pl.DataFrame]]:
    """One counted finding and its two rankings."""
    counted = {"verdict": "downgraded", "payer_rank": 1, "counted": True, "not_counted_reason": None, "candidate_amount": None}
    return {
        "findings": (FINDINGS, row_of(FINDINGS, **{"surprise_balance": Decimal(surprise), **counted, **finding})),
        "payer_code_ranking": (PAYER_CODE_RANKING, row_of(PAYER_CODE_RANKING, surprise_balance=Decimal(by_code))),
        "payer_alternate_ranking": (PAYER_ALTERNATE_RANKING, row_of(PAYER_ALTERNATE_RANKING, surprise_balance=Decimal(by_alternate))),
    }


def test_control_totals_agree() -> None:
    assert failed(check(marts("155.00", "155.00", "155.00"))) == {}


@pytest.mark.parametrize(
    ("tables", "law"),
    [
        (marts("155.00", "155.01", "155.00"), "code_ranking_total"),
        (marts("155.00", "155.00", "154.99"), "alternate_ranking_total"),
        (marts("155.00", "155.00", "155.00", payer_rank=2), "counted_lines"),
        (marts("155.00", "0.00", "0.00", counted=False), "not_counted_reason"),
        (marts("1.00", "0.00", "0.00", counted=False, not_counted_reason="needs_review", verdict="needs_review"), "review_has_no_balance"),
    ],
)
def test_a_broken_law_stops(tables: dict[str, tuple[Table, pl.DataFrame]], law: str) -> None:
    report = check(tables)
    assert failed(report) == {law: 1}
    assert not report.passed


def test_files_conserve_claims_and_charges() -> None:
    conserved = row_of(FILES, claim_count=3, claim_loaded_count=2, claim_duplicate_count=1)
    lost = row_of(FILES, file_id="y", claim_count=3, claim_loaded_count=2, charge_amount=Decimal("0.01"))
    assert failed(check({"files": (FILES, conserved)})) == {}
    assert failed(check({"files": (FILES, pl.concat([conserved, lost]))})) == {"claims_conserved": 1, "charges_conserved": 1}
    assert failed(check({"runs": (RUNS, row_of(RUNS, is_conserved=False))})) == {"runs_conserved": 1}


def states(**paid: str) -> dict[str, tuple[Table, pl.DataFrame]]:
    """One claim in each of the states named, with what it paid."""
    rows = [row_of(CLAIM_STATES, state=state, paid_total_amount=Decimal(amount)) for state, amount in paid.items()]
    return {"claim_states": (CLAIM_STATES, pl.concat(rows))}


def test_a_reversal_that_takes_back_another_amount_warns_with_the_dollars() -> None:
    assert failed(check(states(live="80.00", reversed="100.00", reversal="-100.00", orphan_reversal="-7.00"))) == {}
    report = check(states(reversed="1100.00", reversal="-89.95"))
    assert failed(report) == {"reversals_cancel": 1}
    assert report.passed
    assert report.checks.filter(check="reversals_cancel")["found"].to_list() == ["off by $1,010.05"]


DRIFT = pl.DataFrame(
    {"measure": ["line_count", "payer_mix", "payer_mix"], "is_unusual": [True, False, None], "words": ["12, usually 50", "a", "b"]}
)


@pytest.mark.parametrize(("stopping", "severity"), [((), "warn"), ({"drift_line_count"}, "stop")])
def test_an_unusual_week_warns_or_stops_as_configured(stopping: Any, severity: str) -> None:
    report = check({}, evidence={"drift": DRIFT}, stopping=stopping)
    assert failed(report) == {"drift_line_count": 1}
    assert report.passed == (severity == "warn")
    row = report.checks.filter(check="drift_line_count").row(0, named=True)
    assert (row["severity"], row["found"], row["owner"]) == (severity, "12, usually 50", "billing manager")


@pytest.mark.parametrize(
    ("name", "frame", "expected"),
    [
        ("lake_payments", {"is_balanced": [True, False], "gap_cents": [0, 500], "stated_gap_cents": [0, 500]}, {}),
        ("lake_payments", {"is_balanced": [True], "gap_cents": [1], "stated_gap_cents": [1]}, {"payments_balance": "off by $0.01"}),
        ("lake_payments", {"is_balanced": [False], "gap_cents": [9], "stated_gap_cents": [8]}, {"payment_gaps_stated": "off by $0.01"}),
        ("lake_files", {"claim_gap_count": [1, 0], "charge_gap_cents": [0, 0]}, {"loaded_claims_held": ""}),
        ("lake_files", {"claim_gap_count": [0, 0], "charge_gap_cents": [-7, 0]}, {"loaded_charges_held": "off by $0.07"}),
        ("lake_keys", {"table_name": ["claims", "files"], "repeated_count": [2, 0]}, {"lake_keys_once": "2 rows of claims"}),
        ("lake_parents", {"table_name": ["claims"], "orphan_count": [3]}, {"lake_parents_held": "3 rows of claims"}),
    ],
)  # fmt: skip
def test_laws_of_the_lake(name: str, frame: dict[str, list[Any]], expected: dict[str, str]) -> None:
    report = check({}, evidence={name: pl.DataFrame(frame)})
    assert dict(report.checks.filter(~pl.col("success")).select("check", "found").iter_rows()) == expected
    assert report.passed == (not expected)


def test_every_check_says_who_acts_and_what_fails_it() -> None:
    """Names are unique within a table, words are whole, and nothing breaks the table it is printed in."""
    laws = [(law.name, law.meaning, law.owner, law.example) for law in LAWS]
    checks = [(f"{one.table} {one.name}", one.meaning, one.owner, one.example) for table in tables() for one in checks_of(table)]
    every = [*laws, *checks]
    assert len({name for name, *_ in every}) == len(every) > 400
    assert [words for words in every if not all(words) or "|" in "".join(words)] == []


def test_a_hundred_thousand_findings_in_seconds() -> None:
    """The gate's share of a night stays small; the bound is ten times what it takes on two cores."""
    from time import perf_counter

    row = marts("1.00", "1.00", "1.00")["findings"][1]
    many = pl.concat([row] * 100_000).with_columns(line_id=pl.int_range(pl.len()).cast(pl.String))
    start = perf_counter()
    assert check({"findings": (FINDINGS, many)}).passed
    assert perf_counter() - start < 30
