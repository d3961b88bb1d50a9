"""What a CSV, TSV or XLSX export looks like: which header it has, what its columns are called, how it writes rows and amounts."""

from __future__ import annotations

from dataclasses import dataclass, field

# Mark of payer remark text that speaks of an alternate benefit; the text itself is not kept.
ALTERNATE_BENEFIT_TEXT = "TEXT:alternate_benefit"

# Reason of an amount that the export assigns to somebody without naming a claim adjustment reason code.
UNNAMED_REASON = "EXPORT"

# Slugs of payers of exports in the lake: an export's check and the 835's are never taken for one payment.
EXPORT_PAYER_PREFIX = "eob-"

AMOUNT_FIELDS = {
    "charge": "billed on the line",
    "paid": "paid by the plan on the line",
    "patient": "all that the patient owes on the line, deductible, coinsurance and copay included",
    "writeoff": "what the practice writes off by contract",
    "deductible": "deductible",
    "coinsurance": "coinsurance",
    "copay": "copay",
    "other_insurance": "paid by an earlier payer",
    "not_covered": "not covered; who bears it is the layout's not_covered_group",
    "allowed": "allowed, as the export understands it; not part of any sum",
    "check_amount": "total of the check",
    "adjustment_amount": "amount of one adjustment, where the export has one row per line and adjustment",
}
DATE_FIELDS = {"service_date": "day of service", "check_date": "check or EFT date", "received_date": "when the payer received the claim"}
CODE_FIELDS = {"submitted_code": "procedure billed", "paid_code": "procedure the payer priced"}
TEXT_FIELDS = {
    "payer_name": "payer",
    "payer_number": "the payer's id",
    "payee_npi": "NPI of who was paid",
    "check_number": "check or EFT number",
    "payment_method": "ACH, CHK, NON",
    "patient_name": "patient, as `Last, First` or `First Last`",
    "patient_last_name": "patient",
    "patient_first_name": "patient",
    "member_id": "member or subscriber id",
    "account_number": "the practice's account number",
    "claim_number": "the payer's claim number",
    "line_number": "the practice's line number",
    "status": "state of the claim or line",
    "payer_rank": "primary, secondary or tertiary",
    "tooth": "tooth number or letter, or area of the mouth",
    "surfaces": "surfaces of the tooth: MOD, M-O-D",
    "units": "units paid",
    "reasons": "claim adjustment reason codes without amounts: PR-169, CO45, 169",
    "adjustment_group": "who bears one adjustment: PR, CO, PI, OA",
    "adjustment_reason": "claim adjustment reason code of one adjustment",
    "remark_codes": "remark codes: N2, MA15",
    "remark_text": "the payer's own words; only whether they speak of an alternate benefit is kept",
}
FIELDS = {**AMOUNT_FIELDS, **DATE_FIELDS, **CODE_FIELDS, **TEXT_FIELDS}
ROW_KINDS = ("claim_total", "subtotal", "grand_total", "check", "text")
STATUS_KINDS = ("reversal", "predetermination", "skip")
DATE_ORDERS = ("mdy", "dmy", "ymd")


@dataclass(frozen=True)
class RowKind:
    """Rows whose cell in `column` (a header, or "any") matches the regular expression are of this kind."""

    kind: str
    column: str
    pattern: str


@dataclass(frozen=True)
class Layout:
    """One kind of export.

    header: cells that must all be in the header row, compared without case and punctuation; they identify the layout.
    columns: field of FIELDS to the headers that may hold it, first found first used. required: fields without which a file
    cannot be read. per: one row a `line`, or one a line and `adjustment`. carried_down: groups of fields that are written once
    and left blank below; the first of each group begins a block. negative: amount fields written with the opposite sign.
    positive_reversals: rows whose status says reversal are written with positive amounts. blank_is_zero: amount fields
    whose blank means 0. excludes: cost share fields that `patient` leaves out. title: field to a regular expression with one
    group, searched in the rows above the header. pad: id field to the digits its leading zeros are made up to.
    """

    name: str
    header: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    required: tuple[str, ...] = ("charge", "paid", "service_date", "check_date")
    ignore: tuple[str, ...] = ()
    per: str = "line"
    date_order: str = "mdy"
    carried_down: tuple[tuple[str, ...], ...] = ()
    row_kinds: tuple[RowKind, ...] = ()
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    negative: tuple[str, ...] = ()
    positive_reversals: bool = False
    blank_is_zero: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    not_covered_group: str = ""
    title: dict[str, str] = field(default_factory=dict)
    pad: dict[str, int] = field(default_factory=dict)
    payer_name: str = ""
    payer_number: str = ""
    payer_rank: int = 1


@dataclass(frozen=True)
class ExportRules:
    """How exports are read: the layouts in force, and the payer remark texts that speak of an alternate benefit."""

    layouts: tuple[Layout, ...] = ()
    remark_text_patterns: tuple[str, ...] = ()
