"""Remittances that differ in who they name, and the settings to read them by."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from config.load import load_settings
from tests.spec.audit_bytes import audit, lake_of, read_all
from transforms.month import payment_days
from transforms.payer_marts import payer_marts
from transforms.payer_views import route_counts
from transforms.payers import with_parties
from transforms.tables.parties import LOCATIONS, NETWORKS, PAYMENT_VENDORS
from transforms.tables.policy import PAYERS, Settings

START = date(2020, 1, 1)
RAIL_TAX_ID, RAIL_NUMBER = "990000900", "99900"


@dataclass(frozen=True)
class Sent:
    """One payment as it names its payer, its sender and its payee; a downgraded filling with 80.00 to the patient a claim."""

    name: str = ""
    ref_2u: str = ""
    naic: str = ""
    n104: str = ""
    tax_id: str = "1999999999"
    npi: str = "1999999984"
    payee_tax_id: str = ""
    contracts: tuple[str, ...] = ("",)  # REF*CE of each claim
    paid_on: date = date(2025, 12, 15)

    def bytes(self, number: int) -> bytes:
        """A complete, balanced interchange of its own."""
        day, count = f"{self.paid_on:%Y%m%d}", len(self.contracts)
        number_of_payer = f"*XV*{self.n104}" if self.n104 else ""
        payee = f"*XX*{self.npi}" if self.npi else f"*FI*{self.payee_tax_id}" if self.payee_tax_id else ""
        body = [
            "ST*835*0001", f"BPR*I*{120 * count}*C*ACH*CCP*01*999999992*DA*123456*{self.tax_id}**01*999988880*DA*98765*{day}",
            f"TRN*1*EFT{number:05}*{self.tax_id}", f"N1*PR*{self.name}{number_of_payer}",
            *([f"REF*2U*{self.ref_2u}"] if self.ref_2u else []), *([f"REF*NF*{self.naic}"] if self.naic else []),
            f"N1*PE*EXAMPLE DENTAL PC{payee}", *([f"REF*TJ*{self.payee_tax_id}"] if self.npi and self.payee_tax_id else []), "LX*1",
            *(segment for place, contract in enumerate(self.contracts) for segment in _claim(f"{number}-{place}", contract)),
        ]  # fmt: skip
        head = [
            f"ISA*00*{'':10}*00*{'':10}*ZZ*{'SENDER':15}*ZZ*{'PRACTICE':15}*{day[2:]}*0630*^*00501*{number:09d}*0*P*:",
            f"GS*HP*SENDER*PRACTICE*{day}*0630*{number}*X*005010X221A1",
        ]
        return ("~".join([*head, *body, f"SE*{len(body) + 1}*0001", f"GE*1*{number}", f"IEA*1*{number:09d}"]) + "~").encode()


def _claim(name: str, contract: str) -> list[str]:
    return [
        f"CLP*A{name}*1*275*120*155*12*C{name}", f"NM1*QC*1*NOBODY*{name}****MI*M{name}",
        *([f"REF*CE*{contract}"] if contract else []), "SVC*AD:D2150*275*120**1*AD:D2392", "DTM*472*20251201", "CAS*PR*169*155",
    ]  # fmt: skip


def payer(payer_id: str, name: str, **lists: list[str]) -> dict[str, object]:
    """One entry of payers.yaml."""
    blank: dict[str, list[str]] = {"aliases": [], "payer_ids": [], "tax_ids": [], "naics": []}
    return {"payer_id": payer_id, "name": name, **blank, **lists, "network": "in", "balance_basis": "stated"}


RAIL = {
    "vendor_id": "rail", "name": "Sample Payment Rail", "aliases": ["RAIL PAY"], "payer_ids": [RAIL_NUMBER], "tax_ids": [RAIL_TAX_ID],
    "source": "made up", "effective_from": START, "effective_until": None,
}  # fmt: skip
ACME = payer("acme", "Acme Dental", payer_ids=["A1"], naics=["77"], tax_ids=["990000001"])
BETA = payer("beta", "Beta Dental", payer_ids=["B1"])


@cache
def _shipped() -> Settings:
    return load_settings(None)


def settings_with(
    payers: Sequence[dict] = (ACME, BETA), vendors: Sequence[dict] = (RAIL,), networks: Sequence[dict] = (), locations: Sequence[dict] = ()
) -> Settings:
    """Shipped policy and rules with these parties."""
    return dataclasses.replace(
        _shipped(),
        payers=pl.DataFrame(list(payers), schema=PAYERS.schema),
        vendors=pl.DataFrame(list(vendors), schema=PAYMENT_VENDORS.schema),
        networks=pl.DataFrame(list(networks), schema=NETWORKS.schema),
        locations=pl.DataFrame(list(locations), schema=LOCATIONS.schema),
    )


def marts_of(settings: Settings, *sent: Sent) -> dict[str, pl.DataFrame]:
    """Every mart of these payments, one file each."""
    return audit(settings, *(payment.bytes(number) for number, payment in enumerate(sent, 1)))


def payer_tables(settings: Settings, *sent: Sent) -> dict[str, pl.DataFrame]:
    """The marts about payers and payees alone: no line is judged, so this takes a tenth of the time."""
    lake = lake_of(read_all(*(payment.bytes(number) for number, payment in enumerate(sent, 1))))
    payments, claims = with_parties(lake.payments.collect(), settings), lake.claims.collect()
    counts = claims.group_by("payment_id").agg(claim_count=pl.len().cast(pl.Int64))
    held = payments.join(counts, on="payment_id", how="left").with_columns(pl.col("claim_count").fill_null(0))
    return payer_marts(payment_days(held), route_counts(held, claims, settings.networks), settings)


PAID = Decimal("120.00")  # by one claim
SURPRISE = Decimal("155.00")  # of one claim: it says what it downgraded, and no fee is on file
