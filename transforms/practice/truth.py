"""The answer sheet: one row a service line as written, with what is true of it; and the ranking that follows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

import polars as pl

from transforms.practice.adjudicate import patient_share
from transforms.practice.records import Label
from transforms.practice.write_835 import Written
from transforms.tables.contract import COUNT, DATE, FLAG, MONEY, TEXT

MONEY_COLUMNS = (
    "charge_amount", "paid_amount", "patient_responsibility_amount", "expected_patient_responsibility_amount", "surprise_balance",
    "benefit_shortfall", "above_schedule_amount", "provider_absorbed_amount", "liability_unclear_amount",
    "hidden_maximum_amount",
)  # fmt: skip
TRUTH = pl.Schema({
    "source_file": TEXT, "line_segment": COUNT, "claim_segment": COUNT, "payment_date": DATE, "service_date": DATE,
    "situation": TEXT, "payer_id": TEXT, "submitted_code": TEXT, "paid_code": TEXT, "verdict": TEXT, "evidence_tier": COUNT,
    "counted": FLAG, "not_counted_reason": TEXT, **dict.fromkeys(MONEY_COLUMNS, MONEY), "surprise_basis": TEXT, "is_live": FLAG,
    "original_file": TEXT, "original_segment": COUNT,
})  # fmt: skip
CENTS = pl.Schema({name: pl.Int64() if name in MONEY_COLUMNS else kind for name, kind in TRUTH.items()})


def truth_frame(files: list[tuple[str, bytes, list[Written]]], window_start: date) -> pl.DataFrame:
    """All lines of all files, by file and segment. A line whose payment came before, in the order in which files with new
    content are taken (their sha256), is a duplicate and names the original by original_file and original_segment.
    """
    rows: list[tuple] = []
    paid: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for name, _, written in sorted(files, key=lambda item: hashlib.sha256(item[1]).digest()):
        for (payer_id, trace), lines in _by_payment(written):
            places = [(name, line.line_segment) for line in lines]
            originals = paid.setdefault((payer_id, trace), places)
            rows.extend(
                _row(name, line, window_start, None if originals is places else original)
                for line, original in zip(lines, originals, strict=True)
            )
    frame = pl.DataFrame(rows, schema=CENTS, orient="row")
    money = [(pl.col(name).cast(pl.Decimal(38, 2)) / 100).cast(MONEY) for name in MONEY_COLUMNS]
    return frame.with_columns(money).sort("source_file", "line_segment")


def _by_payment(written: list[Written]) -> Iterable[tuple[tuple[str, str], list[Written]]]:
    payments: dict[tuple[str, str], list[Written]] = {}
    for line in written:
        payments.setdefault((line.payment.payer.payer_id, line.payment.trace), []).append(line)
    return payments.items()


def _row(name: str, written: Written, window_start: date, original: tuple[str, int] | None) -> tuple:
    label, claim, line = _label(written), written.claim, written.line
    on_day = written.payment.payment_date
    reason = "duplicate" if original else label.not_counted_reason
    is_found = label.is_live and not original
    if label.verdict == "downgraded" and reason is None and on_day < window_start:
        reason = "outside_window"
    verdict = label.verdict if is_found else "none"
    counted = verdict == "downgraded" and reason is None
    share = claim.patient_share if _speaks_for_claim(written) else patient_share(list(line.adjustments)) if line else 0
    return (
        name, written.line_segment, written.claim_segment, on_day, claim.service_date,
        label.situation, written.payment.payer.payer_id, label.submitted_code, label.paid_code, verdict,
        label.evidence_tier if is_found else None, counted, reason,
        line.charge if line else claim.charge, claim.paid if _speaks_for_claim(written) else line.paid if line else 0,
        share, label.expected, label.surprise if is_found else 0, label.shortfall, label.above_schedule,
        label.absorbed if is_found else 0, label.unclear if is_found else 0, label.hidden_maximum if is_found else 0,
        label.surprise_basis, is_found,
        *(original or (None, None)),
    )  # fmt: skip


def _label(written: Written) -> Label:
    label = written.line.label if written.line else written.claim.label
    if label is None:
        raise ValueError("a claim without lines needs a label of its own")
    return label


def _speaks_for_claim(written: Written) -> bool:
    """Are the claim's own adjustments this row's? With one line, or none, they can be nobody else's."""
    return written.line is None or (bool(written.claim.adjustments) and len(written.claim.lines) == 1)


def true_ranking(truth: pl.DataFrame) -> pl.DataFrame:
    """payer_id, submitted_code, surprise_balance, line_count, claim_count over counted lines, in the order of the ranking mart."""
    counted = truth.filter("counted")
    return (
        counted.group_by("payer_id", "submitted_code")
        .agg(
            pl.col("surprise_balance").sum(), line_count=pl.len().cast(COUNT),
            claim_count=pl.struct("source_file", "claim_segment").n_unique().cast(COUNT),
        )
        .with_columns(pl.col("surprise_balance").cast(MONEY))
        .sort("surprise_balance", "claim_count", "payer_id", "submitted_code", descending=[True, True, False, False])
    )  # fmt: skip


def truth_from_csv(data: bytes) -> pl.DataFrame:
    """The truth as `synth` writes it (truth/lines.csv), with its types."""
    return pl.read_csv(data, schema=TRUTH)
