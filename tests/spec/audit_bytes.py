"""The whole pure chain, from interchange bytes to marts, without a store: what the spec and the laws are run on."""

from __future__ import annotations

import hashlib
from datetime import date

import polars as pl

from transforms import x12
from transforms.balance import settle_payments
from transforms.marts import Lake, build_marts
from transforms.tables.claims import CLAIMS
from transforms.tables.files import FILES
from transforms.tables.policy import Settings
from transforms.tables.quarantine import QUARANTINE
from transforms.tables.remittances import Blob, Remittances

AS_OF = date(2025, 12, 31)
NO_DECISIONS = pl.DataFrame(schema={"line_id": pl.String, "decision": pl.String})


def read_all(*interchanges: bytes) -> Remittances:
    """The remittance tables of several files, each under the id of its content."""
    return x12.read([Blob(hashlib.sha256(data).hexdigest(), f"week-{place}.835", data) for place, data in enumerate(interchanges)])


def lake_of(read: Remittances) -> Lake:
    """A lake in memory; control numbers stay as read, since the chain only compares them."""
    payments = settle_payments(read.payments, read.claims, read.provider_adjustments)
    return Lake(
        files=FILES.empty().lazy(),
        payments=payments.lazy(),
        claims=CLAIMS.conform(read.claims).lazy(),
        service_lines=read.service_lines.with_columns(is_live=pl.lit(True)).lazy(),
        adjustments=read.adjustments.lazy(),
        provider_adjustments=read.provider_adjustments.lazy(),
        quarantine=QUARANTINE.empty().lazy(),
    )


def audit(settings: Settings, *interchanges: bytes, as_of: date = AS_OF, decisions: pl.DataFrame = NO_DECISIONS) -> dict[str, pl.DataFrame]:
    """Every mart of these remittances on a business date."""
    return build_marts(lake_of(read_all(*interchanges)), settings, as_of, decisions)
