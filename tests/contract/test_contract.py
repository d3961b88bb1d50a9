"""Against the last release, a table may grow; anything else has to be declared, and moves the version."""

from __future__ import annotations

import copy

from flows.dictionary import tables
from tests.contract.released import added, broken, now, released
from transforms.tables.contract import CONTRACT_VERSION

# What this version takes from readers, as `broken` words it, each with its reason. Emptied at a release, with a new major version.
DECLARED: dict[str, str] = {}


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def test_nothing_that_readers_rely_on_is_gone() -> None:
    assert [change for change in broken(released(), now()) if change not in DECLARED] == []
    assert [change for change in DECLARED if change not in broken(released(), now())] == [], "declared, and not so"


def test_the_version_says_what_changed() -> None:
    before = _version(released()["version"])
    if broken(released(), now()):
        assert _version(CONTRACT_VERSION)[0] > before[0], "a major version"
    elif added(released(), now()):
        assert _version(CONTRACT_VERSION) > before, "a minor version, or release the contract: python -m tests.contract.released"
    else:
        assert _version(CONTRACT_VERSION) == before


def test_a_new_column_says_since_when() -> None:
    news = set(added(released(), now()))
    wrong = [
        f"{table.name}.{column.name}"
        for _, table in tables()
        for column in table.columns
        if f"{table.name}.{column.name}" in news and column.since != CONTRACT_VERSION
    ]
    assert wrong == []


def test_the_comparison_would_notice() -> None:
    before = released()
    columns = before["tables"]["findings"]["columns"]
    for spoil, word in (
        (lambda found: found.pop("surprise_balance"), "findings.surprise_balance: gone"),
        (lambda found: found["surprise_balance"].update(type="DOUBLE"), "findings.surprise_balance: type changed"),
        (lambda found: found["line_id"].update(is_nullable=True), "findings.line_id: may be null now"),
    ):
        after = copy.deepcopy(before)
        spoil(after["tables"]["findings"]["columns"])
        assert broken(before, after) == [word]
    fewer = copy.deepcopy(before)
    del fewer["tables"]["findings"]["columns"]["line_id"]
    assert added(fewer, before) == ["findings.line_id"] and "line_id" in columns
