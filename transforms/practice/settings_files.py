"""The practice's own configuration, in the formats of the contract: payers, fee schedules, coverage."""

from __future__ import annotations

from transforms.practice.fees import ALTERNATES, CODES, OPEN_FROM, FeeBook
from transforms.practice.payers import PAYERS, VENDOR_ID, VENDOR_NAME, VENDOR_TAX_ID, Payer
from transforms.practice.people import BILLING_NPIS, OFFICES

FEE_HEADER = "payer_id,procedure_code,fee,effective_from,effective_until,kind"
COVERAGE_HEADER = "payer_id,code_from,code_to,coverage_pct,effective_from,effective_until"
# Code ranges and the class (a position in Payer.coverage) that a plan puts them in.
CLASSES = (
    ("D0100", "D1999", 0),
    ("D2000", "D2399", 1),
    ("D2500", "D2999", 2),
    ("D4000", "D4999", 1),
    ("D5000", "D6999", 2),
    ("D7000", "D7999", 1),
)


def settings_files(book: FeeBook) -> dict[str, bytes]:
    """Relative path below config/ and content. Payers without a schedule or a coverage table have none on purpose."""
    files = {
        "payers.yaml": _payers(),
        "payment_vendors.yaml": _vendors(),
        "locations.csv": _locations(),
        "fee_schedules/office.csv": _office(book),
        "coverage/plans.csv": _coverage(),
    }
    for payer in PAYERS:
        if payer.has_schedule:
            files[f"fee_schedules/{payer.payer_id}.csv"] = _contracted(payer, book)
    return {name: text.encode("ascii") for name, text in files.items()}


def _payers() -> str:
    entries = (
        f"- payer_id: {payer.payer_id}\n  name: {payer.name.title()}\n  aliases: [{payer.name}]\n"
        f'  identifiers: {{payer_id: ["{payer.reference}"], tax_id: ["{payer.tax_id}"]}}\n'
        f"  network: {'in' if payer.is_in_network else 'out'}\n"
        for payer in PAYERS
        if payer.is_listed
    )
    return "# Made by altbenefit synth. Nobody here exists.\n" + "".join(entries)


def _vendors() -> str:
    return (
        f"# Made by altbenefit synth. Nobody here exists.\n- vendor_id: {VENDOR_ID}\n  name: {VENDOR_NAME.title()}\n"
        f'  identifiers: {{tax_id: ["{VENDOR_TAX_ID}"]}}\n  from: {OPEN_FROM}\n  source: made up\n'
    )


def _locations() -> str:
    rows = (f"{place_id},{name},{number},,{OPEN_FROM}," for (place_id, name), number in zip(OFFICES, BILLING_NPIS, strict=True))
    return "\n".join(("location_id,name,npi,tax_id,effective_from,effective_until", *rows, ""))


def _office(book: FeeBook) -> str:
    rows = []
    for code, (before, after) in book.office.items():
        rows.append(f",{code},{_dollars(before)},{OPEN_FROM},{book.office_change_date},office")
        rows.append(f",{code},{_dollars(after)},{book.office_change_date},,office")
    return "\n".join((FEE_HEADER, *rows, ""))


def _contracted(payer: Payer, book: FeeBook) -> str:
    rows = []
    changed = book.contracted_change_dates[payer.payer_id]
    for code in CODES:
        before, after = book.contracted[payer.payer_id][code]
        if code in ALTERNATES:
            rows.append(f"{payer.payer_id},{code},{_dollars(before)},{OPEN_FROM},{changed},contracted")
            rows.append(f"{payer.payer_id},{code},{_dollars(after)},{changed},,contracted")
        else:
            rows.append(f"{payer.payer_id},{code},{_dollars(before)},{OPEN_FROM},,contracted")
    return "\n".join((FEE_HEADER, *rows, ""))


def _coverage() -> str:
    rows = [
        f"{payer.payer_id},{first},{last},{payer.coverage[kind]},{OPEN_FROM},"
        for payer in PAYERS
        if payer.has_coverage
        for first, last, kind in CLASSES
    ]
    return "\n".join((COVERAGE_HEADER, *rows, ""))


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
