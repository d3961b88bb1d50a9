"""What a run sets aside: faults by the payment, the items of the quarantine, and each file's account."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.claims import CLAIMS
from transforms.tables.contract import MONEY, TEXT, Table
from transforms.tables.files import FILES
from transforms.tables.quarantine import FAULTS, QUARANTINE
from transforms.tables.remittances import READ_LINES, Remittances
from transforms.tables.service_lines import SERVICE_LINES
from transforms.validate import WHY, split

READ_LINE_COLUMNS = tuple(column for column in SERVICE_LINES.columns if column.name in READ_LINES)
READ_LINE_TABLE = Table(SERVICE_LINES.name, SERVICE_LINES.grain, SERVICE_LINES.key, READ_LINE_COLUMNS)
ACCEPTABLE = ("claim_unbalanced", "line_unbalanced", "payment_unbalanced", "strict_warning")
LARGEST_CENTS = 999_999_999_999
RESEND = "Ask the payer or clearinghouse to resend the file, or run without --strict."


def refused_payments(payments: pl.DataFrame, read: Remittances) -> pl.DataFrame:
    """FAULTS rows, one per payment that does not balance (`payments` settled): what --strict sets aside."""
    held = pl.col("is_balanced").not_() if payments.height else pl.lit(False)
    return _set_faults(payments.filter(held), read, "payment_unbalanced", "claims and provider adjustments do not add up to the payment")


def warned_payments(read: Remittances) -> pl.DataFrame:
    """FAULTS rows, one per payment of a file that has any warning: what --strict sets aside."""
    warned = read.payments.join(read.warnings, on="file_id", how="semi").with_columns(difference_amount=pl.lit(None, MONEY))
    return _set_faults(warned, read, "strict_warning", "the file has warnings, and the run was strict")


def broken_rows(read: Remittances) -> pl.DataFrame:
    """FAULTS rows, one per claim with a row that breaks its table's contract: a last net under the readers.

    Without it, one null where the contract has none would stop the whole night.
    """
    own = (
        (read.claims, CLAIMS, "claim_segment", "CLP"),
        (read.service_lines, READ_LINE_TABLE, "line_segment", "SVC"),
        (read.adjustments, ADJUSTMENTS, "adjustment_segment", "CAS"),
    )
    bad = [
        split(frame, table)[1].select("claim_id", segment=segment, segment_tag=pl.lit(tag), reason=pl.col(WHY).list.first())
        for frame, table, segment, tag in own
    ]
    first = pl.concat(bad).unique("claim_id", keep="first", maintain_order=True)
    if first.is_empty():
        return FAULTS.empty()
    lines = read.service_lines.group_by("claim_id").agg(line_count=pl.len())
    rows = (
        first.join(read.claims.select("claim_id", "payment_id", "file_id", "claim_segment", "charge_amount"), on="claim_id")
        .join(read.payments.select("payment_id", "source_file"), on="payment_id", how="left")
        .join(lines, on="claim_id", how="left")
    )
    return FAULTS.conform(
        rows.with_columns(
            pl.col("line_count").fill_null(0),
            scope=pl.lit("claim"),
            reason_code=pl.lit("breaks_contract"),
            next_step=pl.lit("Ask the payer to resend the file, or report the file as one this version misreads."),
            claim_count=pl.lit(1),
            difference_amount=pl.lit(None, MONEY),
        )
    )


def _set_faults(payments: pl.DataFrame, read: Remittances, code: str, reason: str) -> pl.DataFrame:
    lines = read.service_lines.group_by("claim_id").agg(line_count=pl.len())
    claims = read.claims.join(lines, on="claim_id", how="left").group_by("payment_id").agg(
        claim_count=pl.len(), line_count=pl.col("line_count").sum(), charge_amount=pl.col("charge_amount").sum()
    )  # fmt: skip
    rows = payments.join(claims, on="payment_id", how="left").with_columns(
        pl.col("claim_count", "line_count").fill_null(0),
        scope=pl.lit("set"), segment="payment_segment", segment_tag=pl.lit("ST"), reason_code=pl.lit(code), reason=pl.lit(reason),
        next_step=pl.lit(RESEND), claim_segment=pl.lit(None, pl.Int64),
    )  # fmt: skip
    return FAULTS.conform(rows)


def quarantine_items(faults: pl.DataFrame, since: date) -> pl.DataFrame:
    """QUARANTINE rows, all open. Faults of one kind at one place are one item."""
    named = faults.with_columns(
        quarantine_id=pl.concat_str(
            pl.col("file_id").str.slice(0, 16), pl.col("segment").fill_null(0).cast(TEXT), pl.col("reason_code"), separator="-"
        )
    )
    read_charge = pl.when(pl.col("charge_amount").count() > 0).then(pl.col("charge_amount").sum())
    once = named.group_by("quarantine_id", maintain_order=True).agg(
        pl.exclude("claim_count", "line_count", "charge_amount").first(),
        pl.col("claim_count", "line_count").sum(),
        charge_amount=read_charge,
    )
    return QUARANTINE.conform(once.with_columns(status=pl.lit("open"), since=pl.lit(since)))


def file_fault(file_id: str, source_file: str, code: str, reason: str, next_step: str) -> pl.DataFrame:
    """One FAULTS row for a file that could not be used at all."""
    row = {"file_id": file_id, "source_file": source_file, "scope": "file", "reason_code": code, "reason": reason, "next_step": next_step}
    blank = {name: None for name in FAULTS.names} | {"claim_count": 0, "line_count": 0}
    return pl.DataFrame([blank | row], schema=FAULTS.schema)


def accounts(read: Remittances, duplicate_claims: pl.DataFrame) -> pl.DataFrame:
    """What was read of each file, less what is at fault; accounts of parts of a file add up. duplicate_claims: claim_id."""
    is_known = pl.col("claim_id").is_in(duplicate_claims.get_column("claim_id").implode())
    charge = pl.col("charge_amount")
    claims = read.claims.group_by("file_id").agg(
        claim_loaded_count=is_known.not_().sum(), claim_duplicate_count=is_known.sum(),
        loaded_charge_amount=charge.filter(is_known.not_()).sum(), duplicate_charge_amount=charge.filter(is_known).sum(),
    )  # fmt: skip
    parts = [
        claims,
        read.payments.group_by("file_id").agg(payment_count=pl.len()),
        read.service_lines.group_by("file_id").agg(read_line_count=pl.len()),
        read.warnings.group_by("file_id").agg(warning_count=pl.col("occurrence_count").sum()),
    ]
    return add_up(pl.concat(parts, how="diagonal_relaxed"))


def add_up(parts: pl.DataFrame) -> pl.DataFrame:
    """One account a file."""
    return parts.group_by("file_id").agg(pl.all().sum())


def file_rows(arrived: pl.DataFrame, read: pl.DataFrame, faults: pl.DataFrame, loaded_on: date) -> pl.DataFrame:
    """FILES rows: what was read of each file = loaded + duplicate + set aside, in claims and in charges.

    arrived: file_id, source_file, bytes, format. read: accounts. faults: FAULTS.
    """
    aside = faults.group_by("file_id").agg(
        claim_quarantined_count=pl.col("claim_count").sum(), aside_line_count=pl.col("line_count").sum(),
        quarantined_charge_amount=pl.col("charge_amount").sum(), fault_count=pl.len(),
    )  # fmt: skip
    amounts = ("loaded_charge_amount", "duplicate_charge_amount", "quarantined_charge_amount")
    rows = arrived.join(read, on="file_id", how="left").join(aside, on="file_id", how="left")
    rows = rows.with_columns(pl.selectors.integer().fill_null(0), _held(pl.col(amounts)))
    return FILES.conform(
        rows.with_columns(
            claim_count=pl.sum_horizontal("claim_loaded_count", "claim_duplicate_count", "claim_quarantined_count"),
            charge_amount=_held(pl.sum_horizontal(amounts)),
            line_count=pl.col("read_line_count") + pl.col("aside_line_count"),
            loaded_on=pl.lit(loaded_on),
            status=_status(),
        )
    )


def _held(total: pl.Expr) -> pl.Expr:
    """A file's total of charges; the largest amount that MONEY holds stands for any larger one."""
    cents = total.cast(pl.Decimal(38, 2)).to_physical().cast(pl.Int64).fill_null(0).clip(-LARGEST_CENTS, LARGEST_CENTS)
    return (cents.cast(pl.Decimal(38, 2)) / 100).cast(MONEY)


def _status() -> pl.Expr:
    """Duplicate where every claim is; set aside where nothing came of it but faults; else loaded."""
    nothing = pl.col("claim_loaded_count") == 0
    return (
        pl.when(nothing & (pl.col("claim_duplicate_count") == 0) & (pl.col("fault_count") > 0))
        .then(pl.lit("quarantined"))
        .when(nothing & (pl.col("claim_duplicate_count") > 0) & (pl.col("claim_quarantined_count") == 0))
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("loaded"))
    )
