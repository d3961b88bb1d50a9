"""The practice's payers: what each one owes, how it says so, and how it writes its files. All invented."""

from __future__ import annotations

from dataclasses import dataclass

# Pays for two of them and adjudicates nothing.
VENDOR_ID, VENDOR_NAME, VENDOR_TAX_ID = "sample-rail", "SAMPLE PAYMENT RAIL", "990000900"


@dataclass(frozen=True)
class Wire:
    """How a payer writes an 835. `component` is what it uses, `declared_component` what its ISA16 says.

    by_vendor: a payment vendor sends it, under the vendor's own tax id; names_vendor: and the vendor's own name, so that REF*2U
    alone tells the payer.
    """

    qualifier: str = "AD"
    component: str = ":"
    declared_component: str = ":"
    terminator: str = "~"
    newline: str = "\n"
    version: str = "005010X221A1"
    method: str = "ACH"
    has_isa_per_payment: bool = False
    by_vendor: bool = False
    names_vendor: bool = False


@dataclass(frozen=True)
class Payer:
    """One payer and its contract.

    convention: a bill up to the contracted fee, b upgrade billable to the usual fee, c alternate fee accepted in full,
    d out of network. form: how a downgrade is written (see adjudicate.FORMS). group bears the difference; writeoff_group
    bears the ordinary write-off. coverage: preventive, basic and major, in percent. allowed_states: what AMT*B6 holds
    (alternate, submitted, or nothing). downgrades: codes paid as their alternate.
    """

    payer_id: str
    name: str
    number: int
    weight: int
    convention: str
    form: str
    group: str
    fee_level_pct: int
    raise_pct: int
    raise_months_back: int
    coverage: tuple[int, int, int]
    deductible: int
    annual_maximum: int
    downgrades: tuple[str, ...]
    wire: Wire = Wire()
    writeoff_group: str = "CO"
    allowed_states: str = "alternate"
    copay: int = 0
    has_odd_cents: bool = False
    has_schedule: bool = True
    has_coverage: bool = True
    is_listed: bool = True
    has_line_control: bool = True

    @property
    def is_in_network(self) -> bool:
        return self.convention != "d"

    @property
    def reference(self) -> str:
        """REF*2U: the payer's own id."""
        return f"EX{self.number:03d}"

    @property
    def tax_id(self) -> str:
        return f"9900{self.number:05d}"

    @property
    def sender_tax_id(self) -> str:
        """TRN03 and BPR10, without the leading 1: who moves the money."""
        return VENDOR_TAX_ID if self.wire.by_vendor else self.tax_id

    @property
    def sender_name(self) -> str:
        """N1*PR, as written."""
        return VENDOR_NAME if self.wire.names_vendor else self.name


FILLINGS = ("D2391", "D2392", "D2393", "D2394")
BIG = ("D2740", "D2750", "D6010", "D5213", "D4910")
ALL = (*FILLINGS, *BIG, "D2644")
NO_LIMIT = 10**9

PAYERS = (
    Payer("delta-north", "DELTA EXAMPLE DENTAL NORTH", 101, 20, "a", "swap_169", "PR", 100, 12, 6, (100, 80, 50), 5000, 150000, ALL),
    # Shares the beginning of its name with the one above; another company, another schedule.
    Payer("delta-south", "DELTA EXAMPLE DENTAL SOUTH", 102, 12, "a", "swap_169", "PR", 93, 8, 8, (100, 80, 50), 5000, 200000, ALL,
          writeoff_group="PI"),
    Payer("unity", "UNITY SAMPLE PPO", 103, 10, "b", "swap_169", "PR", 97, 15, 4, (100, 80, 50), 5000, 150000, ALL,
          allowed_states="submitted"),
    Payer("harbor", "HARBOR MOCK BENEFITS", 104, 9, "c", "swap_169", "CO", 95, 10, 6, (100, 80, 50), 2500, 150000, ALL,
          Wire(newline="")),
    Payer("summit", "SUMMIT FICTION LIFE", 105, 7, "d", "swap_169", "PR", 112, 9, 7, (100, 80, 50), 10000, 100000, ALL, Wire(method="CHK")),
    Payer("keystone", "KEYSTONE TRIAL INSURANCE", 106, 9, "a", "kept_169", "PR", 91, 14, 3, (100, 85, 50), 5000, 150000, ALL,
          has_odd_cents=True, copay=1500),
    Payer("prairie", "PRAIRIE SPECIMEN MUTUAL", 107, 6, "a", "b8", "PR", 96, 11, 5, (100, 80, 50), 5000, 125000, FILLINGS + BIG[:2]),
    Payer("lakeshore", "LAKESHORE SPECIMEN TRUST", 108, 6, "a", "n2", "PR", 94, 7, 6, (100, 80, 50), 5000, 150000, FILLINGS,
          Wire(qualifier="HC")),
    Payer("coastal", "COASTAL PLACEHOLDER PLAN", 109, 6, "a", "swap_169", "PI", 98, 12, 2, (100, 80, 50), 5000, 150000, FILLINGS + BIG[:2],
          Wire(component=">", newline="")),  # its ISA16 says ":"
    Payer("mesa", "MESA ILLUSTRATION GROUP", 110, 5, "a", "kept_169", "PR", 90, 10, 6, (100, 80, 50), 5000, 150000, FILLINGS,
          Wire(version="004010X091A1", has_isa_per_payment=True, by_vendor=True, names_vendor=True)),
    Payer("ridge", "RIDGE PROTOTYPE DENTAL", 111, 5, "c", "silent", "CO", 89, 13, 9, (100, 80, 50), 5000, 150000, FILLINGS,
          Wire(newline="\r\n", component=">", declared_component=">")),
    # No fee schedule on file: its fee is seen on the lines that it pays in full.
    Payer("granite", "GRANITE EXEMPLAR ASSURANCE", 112, 5, "a", "swap_169", "PR", 99, 10, 6, (100, 80, 50), 0, NO_LIMIT,
          ("D2391", "D2392", "D2393"), Wire(qualifier="HC", terminator="\n", newline=""), has_schedule=False),
    # No fee schedule, and nothing is ever paid in full: only the difference that it tags is known.
    Payer("alpine", "ALPINE HYPOTHESIS MUTUAL", 113, 4, "b", "swap_169", "PR", 95, 10, 6, (100, 80, 50), 5000, 150000, ALL,
          has_schedule=False, allowed_states=""),
    # No coverage table on file: the share is the one that the line shows.
    Payer("valley", "VALLEY PARADIGM HEALTH", 114, 4, "a", "swap_169", "PR", 97, 9, 5, (100, 80, 50), 0, NO_LIMIT, FILLINGS,
          Wire(by_vendor=True), has_coverage=False, has_line_control=False),
    # Not in payers.yaml; pays everything at 100 %, so that what it tags is what the downgrade cost.
    Payer("2u-ex115", "NOWHERE UNLISTED PLAN", 115, 2, "a", "swap_169", "PR", 92, 10, 6, (100, 100, 100), 0, NO_LIMIT, FILLINGS,
          is_listed=False, has_schedule=False, has_coverage=False),
)  # fmt: skip
PAYER = {payer.payer_id: payer for payer in PAYERS}
