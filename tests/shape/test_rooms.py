"""Imports point one way, transforms stay pure, modules stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.shape.tree import ROOMS, ROOT, calls, dotted, imported, modules, name_of, parsed

MAY_IMPORT = {  # besides itself; flows may import everything and nothing imports it
    "transforms": set(),
    "config": {"transforms.tables"},
    "expectations": {"transforms.tables"},
    "flows": {"transforms", "config", "expectations"},
}
IMPURE = (
    {"os", "io", "pathlib", "shutil", "tempfile", "subprocess", "socket", "urllib", "http", "time", "logging", "random", "secrets", "uuid"}
    | {"threading", "multiprocessing", "concurrent", "prefect", "great_expectations", "pandas", "click", "rich", "dotenv", "yaml"}
)  # fmt: skip
CLOCK_AND_DISK = {"today", "now", "utcnow", "read_parquet", "scan_parquet", "write_parquet", "scan_csv", "sink_csv", "sink_parquet"}
FRACTIONS = {  # where a fraction is no money
    "transforms/practice": "odds that something happens to a synthetic patient",
    "transforms/evaluate.py": "precision and recall",
}
HARD_LIMIT_LINES = 300
SHORT_LINES = 10
ONE_PIECE = {"tests/oracle/row_reader.py"}  # an independent second reading, kept together so that it can be read as one


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_one_way(room: str) -> None:
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if name.split(".")[0] in ROOMS and not any(name == may or name.startswith(f"{may}.") for may in MAY_IMPORT[room] | {room})
    ]
    assert wrong == []


def test_transforms_import_nothing_of_the_world() -> None:
    """The synthetic practice alone may import `random`, for generators made from the caller's seed."""
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules("transforms")
        for name in imported(path)
        if name.split(".")[0] in IMPURE and not (name == "random" and "practice" in path.parts)
    ]
    assert wrong == []


def test_the_practice_draws_only_from_its_seed() -> None:
    """random.Random(seed) is made from a parameter; the module's own hidden state is never used."""
    wrong = [
        f"{name_of(path)}:{call.lineno} {name}"
        for path in modules("transforms")
        for name, call in calls(path)
        if name.startswith(("random.", "np.random.", "numpy.random."))
        and (name.split(".")[-1] not in {"Random", "Generator", "PCG64"} or not call.args)
    ]
    assert wrong == []


def test_transforms_read_no_clock_and_no_file() -> None:
    wrong = [
        f"{name_of(path)}:{call.lineno} {name}"
        for path in modules("transforms")
        for name, call in calls(path)
        if name == "open" or ("." in name and name.split(".")[-1] in CLOCK_AND_DISK)
    ]
    assert wrong == []


def test_no_float_in_transforms() -> None:
    """Money is whole cents or Decimal: no transform names a floating type, casts to one or writes a fractional number."""
    wrong = []
    for path in modules("transforms"):
        if name_of(path).startswith(tuple(FRACTIONS)):
            continue
        for node in ast.walk(parsed(path)):
            is_type = dotted(node).split(".")[-1] in {"float", "Float32", "Float64", "float32", "float64"}
            is_number = isinstance(node, ast.Constant) and isinstance(node.value, float)
            if is_type or is_number:
                wrong.append(f"{name_of(path)}:{getattr(node, 'lineno', 0)}")
    assert wrong == []


def test_the_practice_reckons_in_cents() -> None:
    """Its odds are fractions; its amounts never are, so no value is turned into a floating one."""
    names = {"float", "Float32", "Float64", "float32", "float64"}
    wrong = [
        name_of(path) for path in modules("transforms/practice") for node in ast.walk(parsed(path)) if dotted(node).split(".")[-1] in names
    ]
    assert wrong == []


@pytest.mark.parametrize("path", modules(*ROOMS, "tests"), ids=name_of)
def test_modules_stay_small(path: Path) -> None:
    assert name_of(path) in ONE_PIECE or len(path.read_text(encoding="utf-8").splitlines()) <= HARD_LIMIT_LINES


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name_of)
def test_classes_are_frozen_data_or_errors(path: Path) -> None:
    wrong = [
        node.name
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and not _is_frozen(node) and not _is_error(node) and not _is_click(node)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", [path for path in modules(*ROOMS) if path.stat().st_size], ids=name_of)
def test_modules_and_public_functions_say_what_they_do(path: Path) -> None:
    tree = parsed(path)
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")]
    wrong = [node.name for node in public if not ast.get_docstring(node) and not _is_short(node)]
    assert ast.get_docstring(tree), "the module has no docstring"
    assert wrong == []


def test_no_drawer_for_odds_and_ends() -> None:
    assert [
        name_of(path) for path in modules(*ROOMS) if path.stem in {"utils", "util", "helpers", "common", "misc", "base", "registry"}
    ] == []
    assert [path.name for path in ROOT.iterdir() if path.suffix == ".py"] == []


def _is_frozen(node: ast.ClassDef) -> bool:
    return any(
        isinstance(decorator, ast.Call) and any(word.arg == "frozen" and _is_true(word.value) for word in decorator.keywords)
        for decorator in node.decorator_list
    )


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_error(node: ast.ClassDef) -> bool:
    known = {"Exception", "ValueError", "RuntimeError", "Failure"}
    return any(dotted(base) in known or dotted(base).endswith("Error") for base in node.bases)


def _is_click(node: ast.ClassDef) -> bool:
    """Click has no other way to order its commands than a subclass of its own."""
    return any(dotted(base).startswith("click.") for base in node.bases)


def _is_short(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """A function so short that its name and types say it all."""
    return isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno < SHORT_LINES
