"""A night and the night after: what is taken in, what is left alone, and that nothing is counted twice."""

import gzip
import io
import os
import random
import zipfile
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from flows.errors import GateFailed
from flows.night import audit, rehearse
from flows.order import Order
from flows.practice import order_for
from tests.flows.helpers import an_835, claim, mart, put, run, tree, without_gate

TOTALS = ("payer_code_ranking", "payer_alternate_ranking", "payment_totals", "weekly_trend", "fee_asks")


def test_a_second_audit_finds_nothing_new_and_changes_no_byte(audited):
    before = tree(audited)
    summary = run(audited)
    assert summary.exit_code == 4
    assert tree(audited) == before


def test_every_file_and_every_claim_is_accounted_for(audited):
    files = mart(audited, "files")
    assert files.height == sum(1 for _ in (audited / "inbox").iterdir())
    counts = files.select("claim_count", parts=pl.sum_horizontal("claim_loaded_count", "claim_duplicate_count", "claim_quarantined_count"))
    assert counts["claim_count"].to_list() == counts["parts"].to_list()
    assert files["claim_duplicate_count"].sum() > 0, "the practice re-sends payments by mistake"


@pytest.mark.parametrize("wrapping", ["zip in zip", "gz", "renumbered"])
def test_the_same_payments_in_other_wrapping_change_no_total(audited, wrapping):
    totals = {name: mart(audited, name) for name in TOTALS}
    findings = mart(audited, "findings")
    inbox = audited / "inbox"
    old = sorted(inbox.iterdir())
    if wrapping == "gz":
        for path in old:
            put(inbox, f"again/{path.stem}.DAT.GZ", gzip.compress(path.read_bytes()))
    elif wrapping == "zip in zip":
        inner, outer = io.BytesIO(), io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in old:
                archive.writestr(f"../../{path.name}", path.read_bytes())
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("inner.zip", inner.getvalue())
        put(inbox, "bundle.ZIP", outer.getvalue())
    else:
        for at, path in enumerate(old):
            data = path.read_bytes()
            put(inbox, f"renumbered_{at}.txt", data[:90] + b"%09d" % (900_000_000 + at) + data[99:])
    summary = run(audited)
    for name in TOTALS:
        assert mart(audited, name).equals(totals[name]), name
    assert mart(audited, "findings")["surprise_balance"].sum() == findings["surprise_balance"].sum()
    assert summary.claims["loaded"] == 0
    if wrapping == "renumbered":
        assert summary.files == {"duplicate": len(old)}
    else:
        assert summary.exit_code == 4 and summary.already_known == 2 * len(old)


def test_names_order_and_times_of_the_inbox_do_not_matter(audited, practice):
    shuffle = random.Random(3)
    for path in sorted((practice / "inbox").iterdir()):
        name = "".join(shuffle.choices("abcdefgh", k=12))
        path.rename(path.with_name(f"{name}.x12"))
        os.utime(path.with_name(f"{name}.x12"), (shuffle.randrange(1_500_000_000, 1_700_000_000),) * 2)
    run(practice)
    for path in sorted((audited / "store/reports/current/").glob("*.parquet")):
        one, other = (pl.read_parquet(p) for p in (path, practice / "store/reports/current" / path.name))
        assert one.drop("source_file", strict=False).equals(other.drop("source_file", strict=False)), path.name


def test_another_business_date_publishes_anew_and_the_old_one_comes_back_byte_for_byte(audited):
    before = tree(audited / "store/reports/current/")
    summary = run(audited, as_of=date(2026, 3, 31))
    assert (summary.exit_code, summary.is_new_publication) == (4, True)
    assert mart(audited, "findings")["payment_date"].max() <= date(2026, 3, 31)
    run(audited)
    assert tree(audited / "store/reports/current/") == before


def test_an_empty_inbox_has_nothing_new(tmp_path):
    (tmp_path / "inbox").mkdir()
    summary = audit(Order(tmp_path / "inbox", tmp_path / "store", date(2026, 6, 30)))
    assert summary.exit_code == 4
    assert (tmp_path / "store/reports/current/findings.parquet").exists()


def test_a_dry_run_writes_nothing_and_tells_what_an_audit_would_do(audited, practice):
    put(audited / "inbox", "new.835", an_835(claim("1")))
    before = tree(audited)
    told = rehearse(order_for(audited, audited / "store"))
    assert tree(audited) == before
    assert told.claims["loaded"] == 1
    done = run(audited)
    assert (done.published, done.surprise_balance) == (told.published, told.surprise_balance)
    rehearse(order_for(practice, practice / "store"))
    assert not (practice / "store").exists()


def test_a_file_that_is_still_being_written_waits_for_the_next_run(tmp_path, monkeypatch):
    inbox = tmp_path / "inbox"
    path = put(inbox, "growing.835", an_835(claim("1"))[:200])
    put(inbox, "whole.835.part", b"half")
    os.utime(path)

    def grow(seconds: float) -> None:
        with path.open("ab") as out:
            out.write(b"more")

    monkeypatch.setattr("time.sleep", grow)
    from flows.inbox import look

    found = look(inbox, wait=grow)
    assert not found.arrivals
    assert found.still_arriving == ("growing.835", "whole.835.part")


def test_a_failed_check_publishes_nothing_and_the_last_report_stays(audited):
    put(audited / "inbox", "new.835", an_835(claim("1")))
    before = tree(audited / "store/reports")

    def losing_a_row(name, function, *args):
        result = function(*args)
        if name != "work out":
            return result
        return replace(result, frames={**result.frames, "payer_code_ranking": result.frames["payer_code_ranking"].head(1)})

    given = order_for(audited, audited / "store")
    with pytest.raises(GateFailed) as failure:
        audit(given, step=losing_a_row)
    assert failure.value.exit_code == 5 and len(failure.value.lines()) <= 5
    assert tree(audited / "store/reports") == before
    assert run(audited).exit_code == 4, "taken in already; published as soon as the checks pass"
    assert tree(audited / "store/reports") != before


def test_a_correction_delivered_later_completes_its_payment(tmp_path):
    """The first delivery has a claim that does not balance; the second brings it right, and nothing counts twice."""
    inbox, store = tmp_path / "inbox", tmp_path / "store"
    order = Order(inbox, store, date(2026, 6, 30))
    put(inbox, "first.835", an_835(claim("1") + claim("2", adjusted=5), "160"))
    assert audit(order, without_gate).exit_code == 3
    put(inbox, "second.835", an_835(claim("1") + claim("2"), "160", control=2))
    summary = audit(order, without_gate)
    assert summary.claims == {"loaded": 1, "duplicate": 1, "quarantined": 0}
    payments = pl.read_parquet(store / "lake/payments/**/*.parquet")
    assert payments.select("payment_amount", "is_balanced").rows() == [(160, True)]


def test_a_strict_run_sets_aside_what_does_not_add_up(tmp_path):
    put(tmp_path / "inbox", "off.835", an_835(claim("1"), "99"))
    lax = audit(Order(tmp_path / "inbox", tmp_path / "lax", date(2026, 6, 30)), without_gate)
    strict = audit(Order(tmp_path / "inbox", tmp_path / "strict", date(2026, 6, 30), is_strict=True), without_gate)
    assert (lax.exit_code, lax.claims["loaded"]) == (0, 1)
    assert (strict.exit_code, strict.claims) == (3, {"loaded": 0, "duplicate": 0, "quarantined": 1})
