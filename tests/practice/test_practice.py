"""The synthetic practice: valid files, true labels, the same bytes from the same seed."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.load import load_settings
from tests.practice.balance import faults, segments_of
from transforms.practice import canaries, make_practice, true_ranking, truth_from_csv
from transforms.practice.payers import PAYERS

CODE = re.compile(r"D\d{4}")
DIGEST = """
import hashlib, sys
from transforms.practice import make_practice
files = make_practice(400, 11).files
print(hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest())
"""


@pytest.fixture(scope="module")
def practice():
    return make_practice(3000, 5)


def inbox(practice):
    return {name.removeprefix("inbox/"): data for name, data in practice.files.items() if name.startswith("inbox/")}


def everything(practice):
    return [segment for data in inbox(practice).values() for segment in segments_of(data)]


def test_every_file_is_valid_and_balanced(practice):
    assert {name: found for name, data in inbox(practice).items() if (found := faults(data))} == {}


def test_the_checker_sees_a_cent():
    """The checker itself can fail: one cent more paid on a line, one segment too many."""
    data = next(data for data in inbox(make_practice(50, 1)).values() if b"\nSVC*" in data)
    line = next(segment for segment in segments_of(data) if segment[0] == "SVC")
    changed = data.replace(
        "*".join(line[:4]).encode() + b"*", "*".join([*line[:3], str(Decimal(line[3]) + Decimal("0.01"))]).encode() + b"*", 1
    )
    assert "a line does not balance" in faults(changed)
    assert "SE does not match" in faults(data.replace(b"LX*1~\n", b"LX*1~\nLX*2~\n", 1))


@given(claims=st.integers(1, 260), seed=st.integers(0, 2**32), months=st.integers(3, 30))
@settings(max_examples=12, deadline=None)
def test_any_size_is_valid_and_holds_as_many_claims_as_asked(claims, seed, months):
    made = make_practice(claims, seed, months)
    assert not any(faults(data) for data in inbox(made).values())
    again = made.truth.filter(pl.col("original_file").is_not_null()).select("source_file", "claim_segment").unique().height
    assert sum(segment[0] == "CLP" for segment in everything(made)) - again == claims


def test_same_seed_same_bytes_in_another_process():
    env = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo"}
    there = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True, env=env).stdout.strip()
    files = make_practice(400, 11).files
    assert there == hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest()
    assert files != make_practice(400, 12).files


def test_truth_has_one_row_a_line_at_its_own_position(practice):
    """Each SVC (or CLP without lines) is in the truth once, with the charge and the codes that stand there."""
    truth = {(row["source_file"], row["line_segment"]): row for row in practice.truth.iter_rows(named=True)}
    seen = 0
    for name, data in inbox(practice).items():
        segments = segments_of(data)
        for position, segment in enumerate(segments, 1):
            is_bare = segment[0] == "CLP" and not _has_lines(segments, position)
            if segment[0] != "SVC" and not is_bare:
                continue
            row = truth[name, position]
            seen += 1
            assert row["charge_amount"] == Decimal(segment[3 if is_bare else 2])
            assert segments[row["claim_segment"] - 1][0] == "CLP"
            if segment[0] == "SVC" and row["counted"] and row["evidence_tier"] == 1:
                codes = CODE.findall("*".join(segment))
                assert (row["paid_code"], row["submitted_code"]) == tuple(codes)
    assert seen == practice.truth.height == len(truth)


def _has_lines(segments, position):
    """Does an SVC follow before the next claim ends?"""
    for segment in segments[position:]:
        if segment[0] in ("CLP", "PLB", "SE"):
            return False
        if segment[0] == "SVC":
            return True
    return False


def test_verdicts_and_money_agree_with_each_other(practice):
    truth = practice.truth
    counted = truth.filter("counted")
    assert (counted["verdict"] == "downgraded").all() and counted["is_live"].all() and counted["not_counted_reason"].is_null().all()
    assert truth.filter(pl.col("verdict") == "needs_review")["surprise_balance"].sum() == 0
    assert truth.filter(~pl.col("is_live"))["verdict"].unique().to_list() == ["none"]
    known = counted.filter(pl.col("expected_patient_responsibility_amount").is_not_null())
    gap = known["patient_responsibility_amount"] - known["expected_patient_responsibility_amount"]
    assert (gap.clip(lower_bound=0) == known["surprise_balance"]).all()
    assert counted.filter(pl.col("surprise_basis") == "upgrade_difference").height > 0
    # In network R - E = shortfall + above schedule, wherever the patient bears the difference (domain 3.2).
    patient_bears = known.filter(
        (pl.col("provider_absorbed_amount") == 0) & (pl.col("liability_unclear_amount") == 0) & (pl.col("situation") != "swap_written_off")
    )
    identity = patient_bears["benefit_shortfall"] + patient_bears["above_schedule_amount"]
    assert (identity == patient_bears["patient_responsibility_amount"] - patient_bears["expected_patient_responsibility_amount"]).all()


def test_a_duplicate_repeats_its_original(practice):
    copies = practice.truth.filter(pl.col("original_file").is_not_null())
    lines = {name: segments_of(data) for name, data in inbox(practice).items()}
    assert copies.height and (copies["not_counted_reason"] == "duplicate").all()
    for row in copies.iter_rows(named=True):
        assert lines[row["source_file"]][row["line_segment"] - 1] == lines[row["original_file"]][row["original_segment"] - 1]


def test_all_manners_and_situations_occur(practice):
    segments = everything(practice)
    inbox_files = list(inbox(practice).values())
    assert {s[2] for s in segments if s[0] == "CLP"} == {"1", "2", "3", "4", "19", "20", "21", "22", "23", "25"}
    assert {re.split("[:>]", s[3])[0] for s in segments if s[0] == "PLB"} >= {"WO", "L6"}
    assert {re.split("[:>]", value)[0] for s in segments if s[0] == "PLB" for value in s[3::2]} >= {"WO", "FB", "L6", "72"}
    assert {s[8] for s in segments if s[0] == "GS"} == {"005010X221A1", "004010X091A1"}
    assert {s[4] for s in segments if s[0] == "BPR"} == {"ACH", "CHK", "NON"}
    pairs = {(s[1], s[i]) for s in segments if s[0] == "CAS" for i in range(2, len(s), 3)}
    assert pairs >= {("PR", "169"), ("CO", "169"), ("PI", "169"), ("OA", "169"), ("PR", "B8"), ("PR", "96"), ("PI", "45"), ("PR", "45"),
                     ("OA", "23"), ("OA", "94"), ("CO", "97"), ("OA", "101"), ("PR", "1"), ("PR", "3"), ("PR", "119")}  # fmt: skip
    assert {s[2] for s in segments if s[0] == "LQ"} >= {"N2", "N22", "N130", "N123", "N640", "N842"}
    assert {s[1].split(">")[0].split(":")[0] for s in segments if s[0] == "SVC"} == {"AD", "HC"}
    assert any(b"AD>" in data and b"*P*:" in data[:110] for data in inbox_files), "an ISA16 that lies"
    assert any(data[105:106] == b"\n" for data in inbox_files) and any(b"~\r\n" in data for data in inbox_files)
    assert any(data.count(b"ISA*") > 1 for data in inbox_files) and any(data.count(b"\nST*") > 1 for data in inbox_files)
    assert practice.truth["situation"].n_unique() >= 45
    assert set(practice.truth["evidence_tier"].drop_nulls()) >= {1, 2, 3}


def test_the_configuration_loads_and_leaves_gaps_on_purpose(practice, tmp_path):
    for name, data in practice.files.items():
        if name.startswith("config/"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    found = load_settings(tmp_path / "config")
    assert set(found.payers["payer_id"]) == {payer.payer_id for payer in PAYERS if payer.is_listed}
    assert set(found.fees.filter(kind="contracted")["payer_id"]) == {payer.payer_id for payer in PAYERS if payer.has_schedule}
    assert set(found.coverage["payer_id"]) == {payer.payer_id for payer in PAYERS if payer.has_coverage}
    assert found.payers.filter(network="out")["payer_id"].to_list() == ["summit"]


def test_truth_survives_its_file_and_names_nobody(practice):
    assert truth_from_csv(practice.files["truth/lines.csv"]).equals(practice.truth)
    planted = canaries(practice)
    assert len(planted) == 9
    outside = b"".join(data for name, data in practice.files.items() if not name.startswith("inbox/"))
    assert not [word for word in planted if word.encode() in outside]


def test_the_true_ranking_is_in_order_and_complete(practice):
    ranking = true_ranking(practice.truth)
    assert ranking["surprise_balance"].sum() == practice.truth.filter("counted")["surprise_balance"].sum() > 0
    assert ranking["surprise_balance"].is_sorted(descending=True)


def test_a_practice_needs_claims_and_months():
    for claims, months in ((0, 12), (10, 2)):
        with pytest.raises(ValueError, match="at least one claim"):
            make_practice(claims, 1, months)


@pytest.mark.slow
def test_a_hundred_thousand_claims_stay_valid():
    assert not any(faults(data) for data in inbox(make_practice(100_000, 3)).values())


def test_a_maximum_that_no_remittance_shows_is_on_the_answer_sheet(practice):
    """Where the year's maximum would have cut the better benefit too, part of the surprise is only apparent."""
    hidden = practice.truth.filter(pl.col("hidden_maximum_amount") > 0)
    assert hidden.height and (hidden["verdict"] == "downgraded").all()
    assert (hidden["hidden_maximum_amount"] <= hidden["surprise_balance"]).all()
