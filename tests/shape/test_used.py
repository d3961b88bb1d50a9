"""Nothing stays behind that nothing uses any more."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.shape.tree import ROOMS, ROOT, modules, name_of, parsed

FOR_TESTS = {
    "build_marts": "every mart at once and in memory, which the months of a store must come to (tests/scale)",
    "suite_for": "the suite of one table, as tests of the gate look at it",
}


def test_nothing_is_defined_that_nothing_uses() -> None:
    """A name at a module's top is used somewhere in the rooms; what is decorated is a command, task or flow."""
    kinds = {".py", ".yaml", ".html", ".txt"}
    sources = [path.read_text(encoding="utf-8") for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in kinds]
    counts = Counter(word for text in sources for word in re.findall(r"\b[A-Za-z_]\w*\b", text))
    wrong = [f"{name_of(path)} {name}" for path in modules(*ROOMS) for name in defined(path) if counts[name] < 2 and name not in FOR_TESTS]
    assert wrong == []


def defined(path: Path) -> Iterator[str]:
    """Functions, classes and constants at a module's top."""
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list and not node.name.startswith("__"):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name) and not target.id.startswith("__"))
