"""Whether a week looks like the weeks before it: line count, payer mix, downgrade share, dollars set aside.

Whole numbers only. A week is unusual where it lies outside everything that the 13 weeks before it showed and is far from
their usual: both, because small practices swing widely and a warning that comes every week is not read.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

WEEK = timedelta(weeks=1)
TRAILING_WEEKS = 13
LEARNING_WEEKS = 8  # weeks on file before anything can be called usual
ENOUGH_LINES = 20  # in a usual week, or in the week judged: fewer say nothing
ENOUGH_DOWNGRADES = 5
MIX_POINTS = 20  # percentage points by which a payer's share may move
SET_ASIDE_PCT = 1  # of the charges read; less is everyday
Judged = tuple[bool | None, str]  # is it unusual, None where there is too little to tell; what was found and expected
DRIFT_SCHEMA = {"measure": pl.String, "subject": pl.String, "week": pl.String, "is_unusual": pl.Boolean, "words": pl.String}


def line_days(lines: pl.DataFrame) -> pl.DataFrame:
    """payer_id, payment_date and line_count of live lines; additive."""
    return lines.group_by("payer_id", "payment_date").agg(line_count=pl.len().cast(pl.Int64))


def finding_days(findings: pl.DataFrame) -> pl.DataFrame:
    """payment_date and line_count of downgraded lines; additive."""
    downgraded = findings.filter(pl.col("verdict") == "downgraded")
    return downgraded.group_by("payment_date").agg(line_count=pl.len().cast(pl.Int64))


def weekly_drift(lines: pl.DataFrame, downgraded: pl.DataFrame, files: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per measure and subject (payer_id for the mix, else empty) that could be judged, with what was found and expected.

    lines, downgraded: line_days and finding_days of all that is on file; files: its contract. Lines are judged in the last ISO
    week of payment that is over on the business date, since half a week is no week; dollars set aside in the week of the
    business date itself. is_unusual is null where the lines are too few to tell. No row where fewer than 8 earlier weeks are on file.
    """
    newest = _monday(as_of + timedelta(days=1)) - WEEK
    in_week = _by_week(lines, "payment_date").group_by("week_start", "payer_id").agg(amount=pl.col("line_count").sum())
    flagged = _by_week(downgraded, "payment_date").group_by("week_start").agg(amount=pl.col("line_count").sum())
    totals = in_week.group_by("week_start").agg(whole=pl.col("amount").sum())
    aside = _by_week(files, "loaded_on").group_by("week_start").agg(
        amount=_cents("quarantined_charge_amount").sum(), whole=_cents("charge_amount").sum()
    )  # fmt: skip
    everything = totals.with_columns(amount="whole")
    rows = [
        *_judged(_calendar(everything, newest), _line_count, newest),
        *(row for payer in _payers(in_week, newest) for row in _judged(_shares(in_week, totals, newest, payer), _payer_mix, newest, payer)),
        *_judged(_calendar(totals.join(flagged, on="week_start", how="left"), newest), _downgrade_share, newest),
        *_judged(_calendar(aside, _monday(as_of)), _set_aside, _monday(as_of)),
    ]
    return pl.DataFrame(rows, schema=DRIFT_SCHEMA)


def _judged(weeks: pl.DataFrame, judge: Any, newest: date, subject: str = "") -> list[dict[str, Any]]:
    """No row, or the one of this measure. weeks: week_start, amount, whole, oldest first, the week judged last."""
    if weeks.height <= LEARNING_WEEKS:
        return []
    facts = _facts(weeks)
    is_unusual, words = judge(facts, subject)
    measure = judge.__name__.removeprefix("_")
    week = f"{newest:%G-W%V}"
    return [{"measure": measure, "subject": subject, "week": week, "is_unusual": is_unusual, "words": f"{week}: {words}"}]


def _facts(weeks: pl.DataFrame) -> dict[str, int]:
    """The week judged against the weeks before: whole numbers, shares in thousandths; usual is the lower median."""
    share = pl.when(pl.col("whole") > 0).then(pl.col("amount") * 1000 // pl.col("whole")).otherwise(0)
    weeks = weeks.with_columns(share=share)
    before, now = weeks.head(-1), weeks.row(-1, named=True)
    row = before.select(
        weeks=pl.len(),
        low=pl.col("amount").min(), high=pl.col("amount").max(), usual=pl.col("amount").sort().get((pl.len() - 1) // 2),
        low_share=pl.col("share").filter(pl.col("whole") > 0).min(), high_share=pl.col("share").max(),
        past=pl.col("amount").sum(), past_whole=pl.col("whole").sum(),
    ).row(0, named=True)  # fmt: skip
    return {name: int(value or 0) for name, value in {**row, **now}.items() if name != "week_start"}


def _line_count(f: dict[str, int], subject: str) -> Judged:
    outside = not f["low"] <= f["amount"] <= f["high"]
    far = 2 * f["amount"] < f["usual"] or f["amount"] > 2 * f["usual"]
    words = f"{f['amount']:,} service lines; the {f['weeks']} weeks before had {f['low']:,} to {f['high']:,}, usually {f['usual']:,}"
    return (outside and far) if f["usual"] >= ENOUGH_LINES else None, words


def _payer_mix(f: dict[str, int], subject: str) -> Judged:
    gap = abs(f["amount"] * f["past_whole"] - f["past"] * f["whole"])
    far = gap * 100 > MIX_POINTS * f["whole"] * f["past_whole"]
    words = f"payer {subject} sent {_pct(f['share'])} of the lines; {_expected(f)}"
    return (_outside(f) and far) if f["whole"] >= ENOUGH_LINES else None, words


def _downgrade_share(f: dict[str, int], subject: str) -> Judged:
    now, then = f["amount"] * f["past_whole"], f["past"] * f["whole"]
    far = now > 2 * then or 2 * now < then
    enough = max(now, then) >= ENOUGH_DOWNGRADES * f["past_whole"]
    return (_outside(f) and far) if enough else None, f"{_pct(f['share'])} of the lines were downgraded; {_expected(f)}"


def _set_aside(f: dict[str, int], subject: str) -> Judged:
    far = f["amount"] > f["high"] and f["amount"] > 2 * f["usual"] and f["amount"] * 100 > SET_ASIDE_PCT * f["whole"]
    words = f"{_dollars(f['amount'])} of charges set aside; the {f['weeks']} weeks before had at most {_dollars(f['high'])} a week"
    return far, words


def _outside(f: dict[str, int]) -> bool:
    return not f["low_share"] <= f["share"] <= f["high_share"]


def _expected(f: dict[str, int]) -> str:
    pooled = f["past"] * 1000 // f["past_whole"] if f["past_whole"] else 0
    return f"{_pct(pooled)} over the {f['weeks']} weeks before, by the week {_pct(f['low_share'])} to {_pct(f['high_share'])}"


def _pct(share: int) -> str:
    return f"{share // 10}.{share % 10} %"


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"


def _payers(in_week: pl.DataFrame, newest: date) -> list[str]:
    recent = in_week.filter(pl.col("week_start").is_between(newest - TRAILING_WEEKS * WEEK, newest))
    return recent.get_column("payer_id").unique().sort().to_list()


def _shares(in_week: pl.DataFrame, totals: pl.DataFrame, newest: date, payer: str) -> pl.DataFrame:
    mine = in_week.filter(payer_id=payer).select("week_start", "amount")
    return _calendar(totals.join(mine, on="week_start", how="left"), newest)


def _calendar(weekly: pl.DataFrame, newest: date) -> pl.DataFrame:
    """The week judged and up to 13 before it, from the first on file; a week without anything counts as zero."""
    known = weekly.get_column("week_start").sort().to_list()
    start = max(newest - TRAILING_WEEKS * WEEK, known[0]) if known else newest
    every = pl.date_range(start, newest, "1w", eager=True).alias("week_start").to_frame()
    filled = every.join(weekly, on="week_start", how="left", maintain_order="left").with_columns(pl.col("amount", "whole").fill_null(0))
    return filled.select("week_start", "amount", "whole")


def _by_week(frame: pl.DataFrame, day: str) -> pl.DataFrame:
    return frame.with_columns(week_start=pl.col(day).dt.truncate("1w"))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _cents(column: str) -> pl.Expr:
    return pl.col(column).to_physical().cast(pl.Int64).fill_null(0)
