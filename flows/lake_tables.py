"""Which tables a store holds, and in which folder."""

from __future__ import annotations

from transforms.tables.adjustments import ADJUSTMENTS
from transforms.tables.claims import CLAIMS
from transforms.tables.contract import Table
from transforms.tables.files import FILES
from transforms.tables.payments import PAYMENTS
from transforms.tables.provider_adjustments import PROVIDER_ADJUSTMENTS
from transforms.tables.quarantine import QUARANTINE
from transforms.tables.service_lines import SERVICE_LINES

LAKE_TABLES: dict[str, Table] = {
    table.name: table for table in (FILES, PAYMENTS, CLAIMS, SERVICE_LINES, ADJUSTMENTS, PROVIDER_ADJUSTMENTS, QUARANTINE)
}


def folder_of(name: str, month: str) -> str:
    """Folder of one month's rows: payment month; for files and quarantine, month of the business date."""
    return f"quarantine/items/month={month}" if name == QUARANTINE.name else f"lake/{name}/month={month}"
