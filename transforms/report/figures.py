"""The sentence at the top and the strip that says how far to trust it: single figures, exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from transforms.findings import dollars
from transforms.ranking import share
from transforms.report.base_lines import LINES, SURPRISE, WEEK, Marts, between, cents, counted, distinct, standing

OFFICE_FEE = "office_fee"
A_DOLLAR = 100


@dataclass(frozen=True)
class Headline:
    """What patients were left with: in the window (the sum of the ranking), in the week, and in the week before."""

    surprise_balance: Decimal
    line_count: int
    claim_count: int
    patient_count: int
    payer_count: int
    pair_count: int
    benefit_shortfall: Decimal
    week_surprise_balance: Decimal
    week_line_count: int
    week_claim_count: int
    week_patient_count: int
    previous_surprise_balance: Decimal
    previous_line_count: int

    @property
    def change_amount(self) -> Decimal:
        """This week's surprise balance less that of the week before, as both are known now."""
        return self.week_surprise_balance - self.previous_surprise_balance


@dataclass(frozen=True)
class Trust:
    """How much went in, how much did not, and how the rest was priced. Amounts in dollars."""

    file_count: int
    loaded_file_count: int
    duplicate_file_count: int
    quarantined_file_count: int
    claim_count: int
    claim_loaded_count: int
    claim_duplicate_count: int
    claim_quarantined_count: int
    charge_amount: Decimal
    loaded_charge_amount: Decimal
    duplicate_charge_amount: Decimal
    quarantined_charge_amount: Decimal
    is_conserved: bool
    payment_count: int
    payment_amount: Decimal
    unbalanced_count: int
    unbalanced_amount: Decimal
    waiting_count: int
    waiting_charge_amount: Decimal
    unmapped_payer_count: int
    unmapped_amount: Decimal
    unpriced_line_count: int
    unpriced_charge_amount: Decimal
    schedule_fee_pct: Decimal | None
    differing_line_count: int
    differing_amount: Decimal


def headline(marts: Marts, first_day: date) -> Headline:
    """Figures of the window from counted lines, of the weeks from standing ones (a past week may lie before the window)."""
    window = _totals(counted(marts["findings"]))
    pairs = marts["payer_code_ranking"].select(pl.len(), pl.col("payer_id").n_unique()).collect().row(0)
    this, before = (
        _totals(standing(marts["findings"]).filter(between("payment_date", day, day + WEEK) & (pl.col("payment_date") < day + WEEK)))
        for day in (first_day, first_day - WEEK)
    )
    return Headline(
        surprise_balance=window["surprise"], line_count=window["lines"], claim_count=window["claims"], patient_count=window["patients"],
        payer_count=pairs[1], pair_count=pairs[0], benefit_shortfall=window["shortfall"],
        week_surprise_balance=this["surprise"], week_line_count=this["lines"], week_claim_count=this["claims"],
        week_patient_count=this["patients"], previous_surprise_balance=before["surprise"], previous_line_count=before["lines"],
    )  # fmt: skip


def _totals(lines: pl.LazyFrame) -> dict:
    sums = lines.select(
        surprise_cents=SURPRISE, shortfall_cents=pl.col("shortfall_cents").sum(), lines=pl.len(),
        claims=pl.col("claim_id").n_unique(), patients=pl.col("patient_id").drop_nulls().n_unique(),
    )  # fmt: skip
    return (
        sums.select("lines", "claims", "patients", surprise=dollars("surprise_cents"), shortfall=dollars("shortfall_cents"))
        .collect()
        .row(0, named=True)
    )


def trust(marts: Marts) -> Trust:
    """Sums over files, payments, quarantine, unmapped payers and findings of the whole publication."""
    files = _file_sums(marts["files"])
    names = ("claim_count", "claim_loaded_count", "claim_duplicate_count", "claim_quarantined_count")
    money = ("charge_amount", "loaded_charge_amount", "duplicate_charge_amount", "quarantined_charge_amount")
    parts = sum((files[name] for name in money[1:]), Decimal(0))
    claims = sum(files[name] for name in names[1:])
    payments = _row(marts["payment_totals"], ("payment_count", "unbalanced_count"), ("payment_amount", "difference_amount"))
    waiting = _row(marts["quarantine"].filter(pl.col("status") == "open"), (), ("charge_amount",))
    unmapped = _row(marts["unmapped_payers"], (), ("payment_amount",))
    unpriced = _row(marts["findings"].filter(pl.col("not_counted_reason") == "unpriced"), (), ("charge_amount",))
    priced = _pricing(marts["findings"])
    return Trust(
        file_count=files["rows"], loaded_file_count=files["loaded"], duplicate_file_count=files["duplicate"],
        quarantined_file_count=files["quarantined"], **{name: files[name] for name in (*names, *money)},
        is_conserved=parts == files["charge_amount"] and claims == files["claim_count"],
        payment_count=payments["payment_count"], payment_amount=payments["payment_amount"],
        unbalanced_count=payments["unbalanced_count"], unbalanced_amount=payments["difference_amount"],
        waiting_count=waiting["rows"], waiting_charge_amount=waiting["charge_amount"],
        unmapped_payer_count=unmapped["rows"], unmapped_amount=unmapped["payment_amount"],
        unpriced_line_count=unpriced["rows"], unpriced_charge_amount=unpriced["charge_amount"], **priced,
    )  # fmt: skip


def _row(frame: pl.LazyFrame, counts: tuple[str, ...], amounts: tuple[str, ...]) -> dict:
    """Rows, sums of counts, and sums of amounts in exact dollars; zeros where there is no row."""
    sums = frame.select(pl.len().alias("rows"), pl.col(counts).sum(), *(cents(name).sum().alias(name) for name in amounts))
    return sums.with_columns(dollars(name).alias(name) for name in amounts).collect().row(0, named=True)


def _file_sums(files: pl.LazyFrame) -> dict:
    by_status = dict(files.group_by("status").agg(pl.len()).collect().iter_rows())
    names = ("claim_count", "claim_loaded_count", "claim_duplicate_count", "claim_quarantined_count")
    sums = _row(files, names, ("charge_amount", "loaded_charge_amount", "duplicate_charge_amount", "quarantined_charge_amount"))
    return sums | {name: by_status.get(name, 0) for name in ("loaded", "duplicate", "quarantined")}


def _pricing(findings: pl.LazyFrame) -> dict:
    """Share of counted lines priced from the practice's own fee schedule, and lines where stated and reckoned balance differ.

    The reckoned balance of a line with a surprise is expected + surprise; under the basis `stated` it is the stated one.
    """
    gap = (pl.col("stated_cents") - pl.col("expected_cents") - pl.col("surprise_cents")).abs()
    differs = (pl.col("surprise_cents") > 0) & (gap > A_DOLLAR)
    sums = counted(findings).select(
        lines=LINES,
        from_schedule=(pl.col("contracted_fee_source") == "schedule").sum().cast(pl.Int64),
        differing_line_count=differs.fill_null(False).sum(),
        differing_cents=gap.filter(differs.fill_null(False)).sum(),
    )
    table = sums.select(
        "differing_line_count",
        schedule_fee_pct=share(pl.col("from_schedule"), pl.col("lines")),
        differing_amount=dollars("differing_cents"),
    )
    return table.collect().row(0, named=True)


def by_basis(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row per way of pricing: counted lines, surprise balance and its share, most first."""
    sums = counted(findings).group_by("surprise_basis").agg(
        line_count=LINES, claim_count=distinct("claim_id"), surprise_cents=SURPRISE
    )  # fmt: skip
    table = sums.with_columns(surprise_balance=dollars("surprise_cents"), surprise_share=share(pl.col("surprise_cents"), SURPRISE))
    return table.drop("surprise_cents").collect().sort("surprise_balance", "surprise_basis", descending=[True, False])


def by_balance_basis(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row per balance basis and network: counted lines, payers and surprise balance; is_warning: office fees in network."""
    sums = counted(findings).group_by("balance_basis", "network").agg(
        payer_count=distinct("payer_id"), line_count=LINES, surprise_cents=SURPRISE,
        payers=pl.coalesce("payer_name", "payer_id").unique().sort(),
    )  # fmt: skip
    warning = (pl.col("balance_basis") == OFFICE_FEE) & (pl.col("network") == "in")
    table = sums.with_columns(surprise_balance=dollars("surprise_cents"), is_warning=warning).drop("surprise_cents")
    return table.collect().sort("balance_basis", "network")
