"""Every recipe runs on the demo's store and prints what the page says; the views are usable as they are."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.docs.recipes import PAGE, Recipe, answer, printed, recipes

VIEWS = PAGE.with_name("views.sql")
MAY_BE_EMPTY = {"Agreed fees that are not paid", "What is set aside"}  # on a demo where nothing is wrong


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.title)
def test_a_recipe_prints_what_the_page_says(demo: Path, recipe: Recipe) -> None:
    found = answer(recipe, demo)
    assert not found.is_empty() or recipe.title in MAY_BE_EMPTY
    assert f"```{recipe.language}\n{recipe.code}```\n\n```text\n{printed(found)}\n```\n" in PAGE.read_text(encoding="utf-8"), "make docs"


def test_there_are_recipes_for_both_languages() -> None:
    languages = [recipe.language for recipe in recipes()]
    assert len(languages) >= 20 and {"sql", "python"} == set(languages)


def test_no_page_shows_a_token() -> None:
    """A patient's token is nobody's name, and still has no place in a page."""
    assert "patient_id |" not in PAGE.read_text(encoding="utf-8")


def test_every_view_can_be_read(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo)
    with duckdb.connect() as connection:
        connection.execute(VIEWS.read_text(encoding="utf-8"))
        names = [name for (name,) in connection.sql("select view_name from duckdb_views() where not internal").fetchall()]
        sizes = {name: connection.sql(f"select count(*) from {name}").fetchall()[0][0] for name in names}
    assert len(names) >= 15
    assert sizes["counted"] < sizes["findings"] < sizes["lines"]
