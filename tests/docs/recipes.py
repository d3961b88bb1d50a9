"""docs/recipes.md: its queries, run on a store, and what they print. `python -m tests.docs.recipes` writes the page anew."""

from __future__ import annotations

import contextlib
import re
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from flows.commands.practice import DEMO_CLAIMS, DEMO_SEED
from flows.night import audit
from flows.practice import order_for, write_practice

PAGE = Path(__file__).parents[2] / "docs/recipes.md"
RECIPE = re.compile(
    r"^## (?P<title>.+?)$(?P<words>.+?)^```(?P<language>sql|python)\n(?P<code>.+?)^```\n(?:\n```text\n.*?^```\n)?", re.M | re.S
)
EARLIER = date(2026, 3, 31)


@dataclass(frozen=True)
class Recipe:
    """A question, and the query that answers it."""

    title: str
    language: str
    code: str


def recipes() -> list[Recipe]:
    return [Recipe(found["title"], found["language"], found["code"]) for found in RECIPE.finditer(PAGE.read_text(encoding="utf-8"))]


def demo_store(folder: Path) -> Path:
    """The store of `altbenefit demo`, published for an earlier day first."""
    write_practice(folder, DEMO_CLAIMS, DEMO_SEED)
    order = order_for(folder, folder / "store")
    for as_of in (EARLIER, order.as_of):
        audit(replace(order, as_of=as_of))
    return folder / "store"


def answer(recipe: Recipe, store: Path) -> pl.DataFrame:
    """What the recipe gives in the store's folder; in Python it is the frame named `answer`."""
    with contextlib.chdir(store):
        if recipe.language == "python":
            names: dict = {}
            exec(recipe.code, names)  # the page's own code
            return names["answer"]
        with duckdb.connect() as connection:
            return connection.sql(recipe.code).pl()


def printed(frame: pl.DataFrame) -> str:
    """A frame as the page shows it."""
    show = pl.Config(
        tbl_formatting="ASCII_MARKDOWN", tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True,
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=400, fmt_str_lengths=80, fmt_table_cell_list_len=6,
    )  # fmt: skip
    with show:
        return str(frame)


def page(store: Path) -> str:
    """The page with each result below its query."""

    def with_result(found: re.Match) -> str:
        result = printed(answer(Recipe(found["title"], found["language"], found["code"]), store))
        code = f"```{found['language']}\n{found['code']}```\n"
        return f"## {found['title']}{found['words']}{code}\n```text\n{result}\n```\n"

    return RECIPE.sub(with_result, PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PAGE.write_text(page(demo_store(Path(scratch))), encoding="utf-8")
