"""Lines and adjustments of an export, all of them sound, as the contract's tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from transforms.eob.cells import LARGEST_CENTS, by_distinct, coded
from transforms.eob.header import Header
from transforms.eob.sheet import ROW
from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.contract import MONEY, TEXT
from transforms.tables.layouts import EXPORT_PAYER_PREFIX, Layout
from transforms.tables.remittances import READ_CLAIMS, READ_LINES, READ_PAYMENTS, Remittances
from transforms.x12.fields import money
from transforms.x12.payer import payer_ids

REVERSAL, PREDETERMINATION = "22", "25"
CLAIM_FIELDS = (
    ROW, "claim_row", "payment_row", "prefix", "claim_id", "rank", "is_reversal", "is_predetermination", "account_number",
    "claim_number", "member_id", "received_date", "patient_name", "patient_last_name", "patient_first_name",
)  # fmt: skip


def tables_of(lines: pl.DataFrame, adjustments: pl.DataFrame, header: Header, file_id: str, source_file: str) -> Remittances:
    """Payments, claims, service lines and adjustments; ids are those of the first row of each."""
    prefix = f"{file_id[:16]}-"
    where = {"file_id": pl.lit(file_id), "source_file": pl.lit(source_file)}
    # Every id is made once and repeated by position.
    rows, ids = lines.get_column(ROW), lines.select(pl.lit(prefix) + pl.col(ROW).cast(TEXT)).to_series()
    named = lines.with_columns(line_id=ids, claim_id=ids.gather(_places(lines.get_column("claim_row"), rows)), prefix=pl.lit(prefix))
    at = _places(adjustments.get_column(ROW), rows)
    owners = pl.DataFrame({name: named.get_column(name).gather(at) for name in ("claim_id", "line_id")})
    return replace(
        Remittances.empty(),
        payments=_payments(named, header.layout, where),
        claims=_claims(named, where),
        service_lines=_service_lines(named, where, _code_source(header)),
        adjustments=ADJUSTMENTS.conform(
            adjustments.hstack(owners).with_columns(
                **where, amount=_dollars(adjustments.get_column("amount")), quantity=pl.lit(None, pl.Int64), adjustment_segment=ROW
            )
        ),
    )


def _places(wanted: pl.Series, rows: pl.Series) -> pl.Series:
    """Where each of the wanted row numbers stands among the rows, which are in ascending order."""
    place = np.zeros(int(rows.max()) + 1 if len(rows) else 0, np.uint32)  # type: ignore[arg-type]
    place[rows.to_numpy()] = np.arange(len(rows), dtype=np.uint32)
    return pl.Series(place[wanted.to_numpy()])


def _code_source(header: Header) -> str:
    """An export that shows the payer's code alone says as little about the code billed as an 835 without SVC06."""
    return "export" if "submitted_code" in header.columns else "SVC01"


def _service_lines(named: pl.DataFrame, where: dict[str, pl.Expr], code_source: str) -> pl.DataFrame:
    units = pl.Series([1]).new_from_index(0, named.height)
    if "units" in named.columns:
        units = by_distinct(named.get_column("units").fill_null("1"), _whole)
    rows = named.with_columns(
        **where,
        line_segment=ROW,
        submitted_code_source=pl.lit(code_source),
        submitted_qualifier=pl.lit("AD"),
        paid_qualifier=pl.lit("AD"),
        charge_amount=_dollars(named.get_column("charge")),
        paid_amount=_dollars(named.get_column("paid")),
        allowed_amount=_dollars(named.get_column("allowed")) if "allowed" in named.columns else pl.lit(None, MONEY),
        units_submitted=units.cast(pl.Int64),
        units_paid=units.cast(pl.Int64),
        service_date=_or_null(named, "service_date", pl.Date()),
        line_control_number=_or_null(named, "line_number"),
        tooth_code=_or_null(named, "tooth"),
        surface_codes=_or_null(named, "surfaces"),
    )
    return _conform(rows, READ_LINES)


def _whole(texts: pl.Series) -> pl.Series:
    """Whole units: 1.00 is 1; anything that is no whole number is null."""
    return texts.str.extract(r"^(\d{1,4})(?:\.0*)?$", 1).cast(pl.Int64, strict=False)


def _claims(named: pl.DataFrame, where: dict[str, pl.Expr]) -> pl.DataFrame:
    """One row per claim: what its first line says, and the sums of its lines."""
    held = [name for name in CLAIM_FIELDS if name in named.columns]
    claims = named.select(held).filter(pl.col(ROW) == pl.col("claim_row")).with_columns(_sums(named))
    has_prior = pl.col("prior") > 0
    rank = pl.when(has_prior).then(pl.max_horizontal("rank", 2)).otherwise("rank")
    status = (
        pl.when("is_reversal").then(pl.lit(REVERSAL)).when("is_predetermination").then(pl.lit(PREDETERMINATION))
        .otherwise(pl.col("rank").cast(TEXT))
    )  # fmt: skip
    rows = claims.with_columns(
        **where,
        payment_id=pl.col("prefix") + pl.col("payment_row").cast(TEXT),  # the row may be one that was set aside
        patient_control_number=_or_null(named, "account_number"),
        payer_claim_control_number=_or_null(named, "claim_number"),
        original_claim_control_number=pl.lit(None, TEXT),
        claim_status_code=status,
        payer_rank=pl.when(pl.col("is_reversal") | pl.col("is_predetermination")).then(pl.when(has_prior).then(2)).otherwise(rank),
        filing_indicator_code=pl.lit(None, TEXT),
        class_of_contract=pl.lit(None, TEXT),
        charge_amount=_dollars(claims.get_column("charge")),
        paid_amount=_dollars(claims.get_column("paid")),
        patient_responsibility_amount=_dollars(claims.get_column("owed")),
        patient_id=_or_null(named, "member_id"),
        statement_date=pl.lit(None, pl.Date),
        received_date=_or_null(named, "received_date", pl.Date()),
        remark_codes=pl.lit([], pl.List(pl.String)),
        claim_segment=ROW,
        **_names(claims),
    )
    return _conform(rows, READ_CLAIMS)


def _sums(named: pl.DataFrame) -> list[pl.Series]:
    """charge, paid and owed in cents, and prior (lines that an earlier payer paid on), of each claim in order of its first row."""
    rows = named.get_column("claim_row").to_numpy()
    order = np.argsort(rows, kind="stable")
    starts = np.flatnonzero(np.diff(rows[order], prepend=-1))
    prior = named.get_column("other_insurance") != 0 if "other_insurance" in named.columns else pl.repeat(False, named.height, eager=True)
    values = {name: named.get_column(name).fill_null(0) for name in ("charge", "paid", "owed")} | {"prior": prior.cast(pl.Int64)}
    return [pl.Series(name, np.add.reduceat(column.to_numpy()[order], starts)) for name, column in values.items()]


def _names(claims: pl.DataFrame) -> dict[str, pl.Expr | pl.Series]:
    """Last and first name, taken apart where the export has one cell: `Last, First M` or `First Last`."""
    if "patient_last_name" in claims.columns or "patient_name" not in claims.columns:
        return {name: _or_null(claims, name) for name in ("patient_last_name", "patient_first_name")}
    names, places = coded(claims.get_column("patient_name"))
    last, first = _first_of(names, r"^([^,]+),", r"(\S+)$"), _first_of(names, r"^[^,]+,\s*(\S+)", r"^(\S+)\s")
    return {"patient_last_name": last.gather(places), "patient_first_name": first.gather(places)}


def _first_of(texts: pl.Series, *patterns: str) -> pl.Series:
    return pl.select(pl.coalesce(texts.str.extract(pattern, 1) for pattern in patterns)).to_series()


def _payments(named: pl.DataFrame, layout: Layout, where: dict[str, pl.Expr]) -> pl.DataFrame:
    """One row per check. Its amount is the one stated, else the sum of its lines; without a number it may be no check at all."""
    optional = ("payer_name", "payer_number", "payee_npi", "check_number", "check_date", "check_amount", "payment_method")
    firsts = [pl.col(name).drop_nulls().first() for name in optional if name in named.columns]
    checks = named.group_by("payment_row", maintain_order=True).agg(*firsts, pl.col("prefix").first(), total=pl.col("paid").sum())
    stated = [pl.col("check_amount")] if "check_amount" in named.columns else []
    no_text = pl.lit(None, TEXT)
    rows = checks.with_columns(
        **where,
        payment_id=pl.col("prefix") + pl.col("payment_row").cast(TEXT),
        payer_name=pl.coalesce(_or_null(named, "payer_name"), pl.lit(layout.payer_name or None, TEXT)),
        payer_ref_2u=pl.coalesce(_or_null(named, "payer_number"), pl.lit(layout.payer_number or None, TEXT)),
        payer_n104=no_text,
        payer_naic=no_text,
        payer_tax_id=no_text,
        payee_name=no_text,
        payee_tax_id=no_text,
        payee_npi=_or_null(named, "payee_npi"),
        trace_number=_or_null(named, "check_number"),
        payment_method=_or_null(named, "payment_method"),
        amount=pl.coalesce(*stated, "total"),
        payment_date="check_date",
        payment_date_source=pl.lit("export"),
        version=no_text,
        payment_segment="payment_row",
    )
    rows = rows.with_columns(payment_amount=_dollars(rows.get_column("amount")))  # fmt: skip
    slugs = (EXPORT_PAYER_PREFIX + payer_ids(rows)).alias("payer_id")
    return _conform(rows.with_columns(slugs), READ_PAYMENTS)


def _or_null(named: pl.DataFrame, name: str, dtype: pl.DataType = TEXT) -> pl.Expr:
    return pl.col(name) if name in named.columns else pl.lit(None, dtype)


def _dollars(cents: pl.Series) -> pl.Series:
    """Cents as DECIMAL(12,2), exactly; null where there are none, or where a sum does not fit, which the contract then refuses."""
    held = cents.fill_null(LARGEST_CENTS + 1) if cents.null_count() else cents
    fits = (held.abs() <= LARGEST_CENTS).to_numpy()
    return money(held.to_numpy(), None if fits.all() else fits)


def _conform(rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
