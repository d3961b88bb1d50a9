"""The comparison with the truth: a perfect audit scores full marks, each kind of slip shows where it was made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from flows.night import Order, audit
from transforms.evaluate import AMOUNTS, evaluate
from transforms.practice import make_practice

CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def truth():
    return make_practice(1200, 21).truth


@pytest.fixture(scope="module")
def flawless(truth):
    """Findings as an audit without a fault would publish them."""
    columns = ["source_file", "line_segment", "verdict", "counted", "payer_id", "submitted_code", "paid_code", "evidence_tier", *AMOUNTS]
    return truth.filter(pl.col("verdict") != "none").select(columns)


def counted_row(flawless):
    return flawless.with_row_index().filter(pl.col("counted") & (pl.col("surprise_balance") > 0)).row(0, named=True)["index"]


def altered(flawless, place, **values):
    here = pl.int_range(pl.len()) == place
    return flawless.with_columns(
        pl.when(here).then(pl.lit(value)).otherwise(name).cast(flawless.schema[name]).alias(name) for name, value in values.items()
    )


def scored(frame, column, name):
    return frame.filter(pl.col(column) == name).row(0, named=True)


def test_a_flawless_audit_is_perfect(truth, flawless):
    found = evaluate(flawless, None, truth)
    assert found.is_perfect and found.is_ranking_equal and found.surprise_error == 0
    assert set(found.verdicts["precision"]) == set(found.verdicts["recall"]) == {Decimal("1.0000")}
    assert (found.situations["right_share"] == 1).all()
    assert (found.amounts["true_total"] == found.amounts["found_total"]).all()


def test_a_missed_line_costs_recall_and_is_named(truth, flawless):
    place = counted_row(flawless)
    gone = flawless.row(place, named=True)
    found = evaluate(flawless.with_row_index().filter(pl.col("index") != place).drop("index"), None, truth)
    score = scored(found.verdicts, "verdict", "downgraded")
    assert score["precision"] == 1 and score["matched_count"] == score["true_count"] - 1
    wrong = found.wrong.row(0, named=True)
    assert found.wrong.height == 1 and (wrong["source_file"], wrong["line_segment"]) == (gone["source_file"], gone["line_segment"])
    assert wrong["found_verdict"] == "none" and not found.is_ranking_equal
    assert found.surprise_error == pytest.approx(float(gone["surprise_balance"] / truth.filter("counted")["surprise_balance"].sum()))


def test_a_finding_too_many_costs_precision(truth, flawless):
    clean = truth.filter((pl.col("verdict") == "none") & pl.col("is_live")).row(0, named=True)
    extra = flawless.head(1).with_columns(
        source_file=pl.lit(clean["source_file"]), line_segment=pl.lit(clean["line_segment"], pl.Int64), verdict=pl.lit("downgraded")
    )
    score = scored(evaluate(pl.concat([flawless, extra]), None, truth).verdicts, "verdict", "downgraded")
    assert score["recall"] == 1 and score["found_count"] == score["true_count"] + 1


def test_a_finding_where_no_line_is(truth, flawless):
    extra = flawless.head(1).with_columns(line_segment=pl.lit(999_999, pl.Int64))
    found = evaluate(pl.concat([flawless, extra]), None, truth)
    assert found.wrong["situation"].to_list() == ["no_such_line"]


def test_one_cent_shows(truth, flawless):
    place = counted_row(flawless)
    found = evaluate(altered(flawless, place, surprise_balance=flawless["surprise_balance"][place] + CENT), None, truth)
    assert found.wrong["differs"].to_list() == [["surprise_balance"]]
    row = scored(found.amounts, "amount", "surprise_balance")
    assert row["difference_total"] == CENT and row["wrong_count"] == 1
    assert scored(found.verdicts, "verdict", "downgraded")["recall"] == 1


def test_a_wrong_tier_lowers_both_tiers(truth, flawless):
    place = counted_row(flawless)
    true = flawless["evidence_tier"][place]
    tiers = evaluate(altered(flawless, place, evidence_tier=3 - true), None, truth).tiers
    assert scored(tiers, "tier", f"downgraded {true}")["recall"] < 1
    assert scored(tiers, "tier", f"downgraded {3 - true}")["precision"] < 1


def test_either_copy_of_a_duplicate_will_do(truth, flawless):
    copies = truth.filter(pl.col("original_file").is_not_null()).select(
        "original_file", "original_segment", copy_file="source_file", copy_segment="line_segment"
    )
    moved = flawless.join(copies, left_on=["source_file", "line_segment"], right_on=["original_file", "original_segment"], how="left")
    assert moved["copy_file"].is_not_null().any()
    moved = moved.with_columns(
        source_file=pl.coalesce("copy_file", "source_file"), line_segment=pl.coalesce("copy_segment", "line_segment")
    )
    assert evaluate(moved.drop("copy_file", "copy_segment"), None, truth).is_perfect


def test_the_audit_against_the_truth(tmp_path):
    """The whole nightly run on a practice that it has never seen: every downgrade, every cent, every place of the ranking."""
    practice = make_practice(1500, 77)
    for name, data in practice.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    audit(Order(tmp_path / "inbox", tmp_path / "store", date(2026, 6, 30), tmp_path / "config"))
    marts = tmp_path / "store" / "reports" / "current"
    found = evaluate(pl.read_parquet(marts / "findings.parquet"), pl.read_parquet(marts / "explained_otherwise.parquet"), practice.truth)
    assert found.wrong.select("source_file", "line_segment", "situation", "verdict", "found_verdict", "differs").rows() == []
    assert found.is_ranking_equal and found.surprise_error == 0
    published = pl.read_parquet(marts / "payer_code_ranking.parquet").select("payer_id", "submitted_code", "surprise_balance")
    assert published.rows() == found.ranking.select("payer_id", "submitted_code", "surprise_balance").rows()
