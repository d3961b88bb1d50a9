"""report.yaml: shipped keys, one's own lying over them, and mistakes that name their place."""

import pytest

from config.errors import ConfigError
from config.files import SHIPPED
from config.report import load_report


def own(tmp_path, text):
    (tmp_path / "report.yaml").write_text(text)
    return load_report(tmp_path)


def test_a_key_or_a_table_given_replaces_and_the_rest_stays(tmp_path):
    policy = own(
        tmp_path, "top_count: 3\ntables:\n  wins:\n    - {column: state, head: Paid?, meaning: Is it}\n".replace("Paid?", '"Paid?"')
    )
    shipped = load_report()
    assert (policy.top_count, shipped.top_count) == (3, 10)
    assert [(column.column, column.head, column.meaning) for column in policy.tables["wins"]] == [("state", "Paid?", "Is it")]
    assert policy.tables["payers"] == shipped.tables["payers"] and policy.terms == shipped.terms


@pytest.mark.parametrize(
    ("text", "where", "fact"),
    [
        ("top: 3", "top", "unknown key"),
        ("top_count: 0", "top_count", "not a whole number from 1 to 100"),
        ("recent_weeks: 12\ntrend_weeks: 12", "recent_weeks", "no weeks to compare with"),
        ("tables:\n  winners: []", "tables.winners", "unknown key"),
        ("tables:\n  wins:\n    - {column: state, head: Paid}", "tables.wins[0].meaning", "the key is missing"),
        ("tables:\n  wins:\n    - {column: state, head: Paid, meaning: a, unit: b}", "tables.wins[0].unit", "unknown key"),
        ("tables: [1]", "tables", "a mapping is expected here"),
        ("terms: [a]", "terms[0]", "a mapping is expected here"),
    ],
)
def test_a_mistake_names_its_place(tmp_path, text, where, fact):
    with pytest.raises(ConfigError) as wrong:
        own(tmp_path, text)
    assert (wrong.value.file, wrong.value.where) == ("report.yaml", where)
    assert fact in wrong.value.fact


def test_every_column_has_a_meaning_of_one_line_and_every_number_its_source():
    policy = load_report()
    columns = [column for table in policy.tables.values() for column in table]
    assert [column for column in columns if not 3 < len(column.meaning) < 120 or "\n" in column.meaning] == []
    text = (SHIPPED / "report.yaml").read_text(encoding="utf-8")
    assert text.count("Source:") == 8, "each threshold, or group of them, says whose choice it is"
