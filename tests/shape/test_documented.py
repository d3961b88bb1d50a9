"""Exit codes, configuration keys, layouts' keys and make targets are told where their reader looks."""

from __future__ import annotations

import re

import pytest

from flows import errors
from flows.lake_tables import LAKE_TABLES
from flows.mart_tables import MART_TABLES
from tests.shape.tree import ROOT

PAGES = {
    path.name: path.read_text(encoding="utf-8") for path in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
}
TEXT = "\n".join(PAGES.values())


def test_every_exit_code_is_in_the_table_for_ops() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, int)}
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGES["ops.md"], re.M)}
    assert codes == told == {0, 1, 2, 3, 4, 5, 75}


@pytest.mark.parametrize("file", ["audit.yaml", "report.yaml"])
def test_every_key_of_the_configuration_stands_under_a_comment(file: str) -> None:
    """The shipped file is the manual of its keys: a comment above each, or above the block it belongs to."""
    blocks = re.split(r"\n\s*\n", (ROOT / "config" / file).read_text(encoding="utf-8"))
    silent = [block.splitlines()[0] for block in blocks if re.search(r"^[a-z_]+:", block, re.M) and "#" not in block and block != "tables:"]
    assert [block for block in silent if not block.startswith("tables:")] == []


@pytest.mark.parametrize("name", sorted({*LAKE_TABLES, *MART_TABLES}))
def test_every_table_has_its_section(name: str) -> None:
    assert f"\n## {name}\n" in PAGES["tables.md"]


def test_every_environment_variable_is_told() -> None:
    """A name that the code reads from the environment stands in some page."""
    sources = [path for room in ("flows", "config") for path in (ROOT / room).rglob("*.py")]
    read = {name for path in sources for name in re.findall(r"ALTBENEFIT_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))}
    assert read and {name for name in read if name not in TEXT} == set()


def test_every_make_target_is_told_by_help_and_in_contributing_or_readme() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert [target for target in targets if f"make {target}" not in TEXT] == []
