"""Decisions of people: kept, dated, in force from the next audit, and taken back."""

import json

import polars as pl

from flows import review
from tests.flows.helpers import command, mart, run


def _verdict(folder, line_id: str) -> tuple[str, bool] | None:
    found = mart(folder, "findings").filter(pl.col("line_id") == line_id)
    return found.select("verdict", "counted").row(0) if found.height else None


def test_a_decision_counts_until_it_is_taken_back(audited):
    store = audited / "store"
    before = mart(audited, "findings")
    queue = json.loads(command("review", "list", "--store", store, "--json").stdout)
    line_id = next(row["line_id"] for row in queue if row["candidate_amount"] is not None)
    assert command("review", "confirm", line_id, "--store", store, "--reason", "note says composite", "--by", "ada").returncode == 0
    summary = run(audited)
    assert (summary.exit_code, summary.is_new_publication) == (4, True)
    assert _verdict(audited, line_id) == ("downgraded", True)
    assert command("review", "reject", line_id, "--store", store).returncode == 0
    run(audited)
    assert _verdict(audited, line_id) is None
    assert command("review", "reject", line_id, "--store", store, "--undo").returncode == 0
    run(audited)
    assert mart(audited, "findings").equals(before)
    assert review.history(store)["decision"].to_list() == ["confirmed", "rejected", "undone"]
    assert review.history(store)["by"][0] == "ada"


def test_explain_shows_every_number_of_a_finding_and_where_it_stands(audited):
    finding = mart(audited, "findings").filter("counted").row(0, named=True)
    done = command("explain", finding["line_id"], "--store", audited / "store", "--json")
    told = json.loads(done.stdout)
    values = [fact["value"] for facts in told.values() for fact in facts]
    assert {"Verdict", "Money", "Where it stands"} <= told.keys()
    words = command("explain", finding["line_id"], "--store", audited / "store").stdout
    for number in (finding["source_file"], str(finding["line_segment"]), str(finding["surprise_balance"])):
        assert any(number in str(value) for value in values), number
        assert number in words
