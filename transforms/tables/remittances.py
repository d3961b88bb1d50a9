"""What a reader hands over: the five remittance tables of some files, and what it could not read."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.claims import CLAIMS
from transforms.tables.contract import TEXT
from transforms.tables.payments import PAYMENTS
from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.tables.quarantine import FAULTS, WARNINGS
from transforms.tables.service_lines import SERVICE_LINES

# A reader sees one file at a time, so what needs all claims of a payment, or other payments, is added later.
LATER_PAYMENT_COLUMNS = ("is_balanced", "difference_amount")  # transforms.balance
LATER_LINE_COLUMNS = ("is_live",)  # transforms.live
NAME_COLUMNS = ("patient_last_name", "patient_first_name")  # only to make the patient's token; never written

READ_PAYMENTS = pl.Schema({n: t for n, t in PAYMENTS.schema.items() if n not in LATER_PAYMENT_COLUMNS})
READ_CLAIMS = pl.Schema({**CLAIMS.schema, **{name: TEXT for name in NAME_COLUMNS}})
READ_LINES = pl.Schema({n: t for n, t in SERVICE_LINES.schema.items() if n not in LATER_LINE_COLUMNS})


@dataclass(frozen=True)
class Blob:
    """The bytes of one file as they are read, after unpacking. `file_id` is the sha256 of what arrived."""

    file_id: str
    source_file: str
    data: bytes | memoryview


@dataclass(frozen=True)
class Remittances:
    """Remittance tables of a batch of files, in file order and, within a file, in segment order.

    payments has READ_PAYMENTS, claims READ_CLAIMS, service_lines READ_LINES; the others their contract's schema.
    Nothing in `faults` is also in the tables: a claim is either readable or at fault.
    """

    payments: pl.DataFrame
    claims: pl.DataFrame
    service_lines: pl.DataFrame
    adjustments: pl.DataFrame
    provider_adjustments: pl.DataFrame
    faults: pl.DataFrame
    warnings: pl.DataFrame

    @classmethod
    def empty(cls) -> Remittances:
        return cls(
            pl.DataFrame(schema=READ_PAYMENTS),
            pl.DataFrame(schema=READ_CLAIMS),
            pl.DataFrame(schema=READ_LINES),
            ADJUSTMENTS.empty(),
            PROVIDER_ADJUSTMENTS.empty(),
            FAULTS.empty(),
            WARNINGS.empty(),
        )
