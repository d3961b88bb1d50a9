"""Tables, rules, dependencies and messages say what they must, and nothing that they must not."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator

import pytest

from tests.shape.tree import ROOMS, ROOT, calls, dotted, modules, name_of, tracked
from transforms.tables.contract import Table

# A value under one of these names belongs to a patient or a claim.
PATIENT = re.compile(
    r"(patient|member|subscriber|insured)_?(name|id|last|first|birth)|last_name|first_name|birth|control_number|"
    r"charge_amount|paid_amount|trace_number|reference$"
)
SPEAKS = {"print", "click.echo", "click.secho", "echo", "info", "warning", "error", "debug", "exception", "critical", "log"}
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error", "X" * 3 + " "]
INDEX_HOSTS = ["pypi" + ".org", "python" + "hosted", "npm" + "js.", "proxy.go" + "lang"]
INDEX_OPTIONS = ["--extra-index" + "-url", "--index" + "-url", "--find" + "-links"]
READ_ONLY = {"ledger"}  # given to us, never written
BINARY = {".png", ".jpg", ".xlsx", ".parquet", ".gz", ".zip", ".ico"}


def tables() -> list[Table]:
    """Every contract, found where it is declared."""
    found: dict[str, Table] = {}
    for path in modules("transforms/tables"):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        found |= {value.name: value for value in vars(module).values() if isinstance(value, Table)}
    return list(found.values())


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_column_has_unit_and_meaning(table: Table) -> None:
    assert table.grain.startswith("one row per")
    assert [column.name for column in table.columns if not column.unit or len(column.meaning) < 3] == []
    assert [column.name for column in table.columns if column.null == ""] == []
    assert table.sort or table.name in READ_ONLY, "rows need an order, or equal inputs would not give equal bytes"


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_type_has_an_arrow_type(table: Table) -> None:
    assert table.arrow_schema.names == table.names


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_money_and_percentages_are_named_as_such(table: Table) -> None:
    """`_amount`, `_fee`, `_balance` and the like are dollars; `_pct` and `_share` percentages; `_date` dates; `_count` counts."""
    endings = {"_amount": "US dollars", "_pct": "percent", "_share": "percent", "_date": "date", "_count": "count", "_segment": "count"}
    wrong = [
        column.name for column in table.columns for ending, unit in endings.items() if column.name.endswith(ending) and column.unit != unit
    ]
    assert wrong == []


def test_no_message_holds_a_patients_value() -> None:
    """No value of a column that belongs to a patient or claim goes into a log line or a line on the terminal."""
    wrong = [
        f"{name_of(path)}:{call.lineno} {word}"
        for path in modules(*ROOMS)
        for name, call in calls(path)
        if name in SPEAKS or name.split(".")[-1] in SPEAKS - {"echo", "print"}
        for word in spoken(call)
        if PATIENT.search(word)
    ]
    assert wrong == []


def test_no_error_holds_a_patients_value() -> None:
    wrong = [
        f"{name_of(path)}:{node.lineno} {word}"
        for path in modules(*ROOMS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        for word in spoken(node.exc)
        if PATIENT.search(word)
    ]
    assert wrong == []


def spoken(call: ast.Call) -> Iterator[str]:
    """Names, attributes and subscripts whose values a call's arguments use; a literal text is no value."""
    for argument in [*call.args, *(word.value for word in call.keywords)]:
        for node in ast.walk(argument):
            if isinstance(node, ast.Name | ast.Attribute):
                yield dotted(node)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                yield str(node.slice.value)


def test_the_message_test_would_notice() -> None:
    call = ast.parse("logger.info(f'claim {row[\"patient_last_name\"]} in {file}')").body[0]
    assert isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)
    assert any(PATIENT.search(word) for word in spoken(call.value))


def test_no_prefect_task_prints_or_keeps_results() -> None:
    wrong = [
        f"{name_of(path)}:{call.lineno} {word.arg}"
        for path in modules("flows")
        for name, call in calls(path)
        if name.split(".")[-1] in {"flow", "task"}
        for word in call.keywords
        if word.arg in {"log_prints", "persist_result"} and not (isinstance(word.value, ast.Constant) and word.value.value is False)
    ]
    assert wrong == []


def test_nothing_is_left_unfinished() -> None:
    wrong = [f"{name_of(path)} has {word}" for path, text in texts() for word in UNFINISHED if word in text]
    assert wrong == []


def test_no_package_index_is_named() -> None:
    """The practice's own index serves; a lock file with host names would fail behind it."""
    wrong = [f"{name_of(path)} has {word}" for path, text in texts() for word in INDEX_HOSTS + INDEX_OPTIONS if word in text]
    assert wrong == []


def test_every_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if re.match(r'    "[a-z]', line)]
    assert [line for line in named if not re.search(r"# \w+", line) and "PLR" not in line] == []


def test_requirements_are_hashed_and_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for file, wanted in (
        ("requirements.txt", project["dependencies"] + extras["build"]),
        ("requirements-dev.txt", project["dependencies"] + extras["build"] + extras["dev"] + extras["docs"]),
    ):
        text = (ROOT / file).read_text(encoding="utf-8")
        pinned = dict.fromkeys(re.findall(r"^([a-z0-9._-]+)==\S+", text, flags=re.MULTILINE))
        entries = [entry for entry in re.split(r"\n(?=\S)", text) if "==" in entry]
        assert [name for name in (re.match(r"[a-z0-9._-]+", need).group() for need in wanted) if name not in pinned] == []
        assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    used = {
        word
        for page in pages
        for word in re.findall(r"`?make ([a-z-]+)`?$|`make ([a-z-]+)`", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {one or other for one, other in used} <= targets


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    from flows.cli import altbenefit

    pages = [ROOT / "README.md", *(page for page in (ROOT / "docs").glob("*.md") if page.name != "commands.md")]  # written by a hand
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    mentioned = set(re.findall(r"(?:`|bin/)altbenefit ([a-z]+)\b", text))
    assert set(altbenefit.commands) - mentioned == set()
    assert {word for word in mentioned if word not in altbenefit.commands} == set()


def texts() -> Iterator[tuple]:
    """Path and text of every file git keeps, but for binary ones."""
    for path in tracked():
        if path.suffix not in BINARY:
            yield path, path.read_text(encoding="utf-8", errors="replace")
