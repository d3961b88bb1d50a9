"""Single figures of the workbook's summary: what happened, and how far to trust it; each with a remark."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from transforms.report.figures import Trust
from transforms.report.week import Week

BASES = {
    "fee_schedule": "your fee schedule and coverage table", "observed_fee": "what the payer allowed before",
    "upgrade_difference": "the difference the payer tagged (overstates)",
}  # fmt: skip
Value = Decimal | int | date | None
Fact = tuple[str, Value, str, str]  # label, value, look, remark


def happened(week: Week) -> list[Fact]:
    """The headline and what it is made of."""
    head = week.headline
    return [
        (f"Left to patients since {week.window_start} beyond what they would have owed", head.surprise_balance, "dollars", "see Checks"),
        ("Lines behind it", head.line_count, "count", ""),
        ("Claims", head.claim_count, "count", ""),
        ("Patients", head.patient_count, "count", ""),
        ("Payers", head.payer_count, "count", f"{head.pair_count:,} pairs of payer and procedure"),
        ("Plans paid less", head.benefit_shortfall, "money", "what better alternate fees can reach"),
        (f"Left to patients in {week.week}", head.week_surprise_balance, "money", f"{head.week_line_count:,} lines"),
        ("The week before", head.previous_surprise_balance, "money", f"{head.previous_line_count:,} lines"),
        ("Change", head.change_amount, "money", ""),
    ]  # fmt: skip


def trusted(week: Week) -> list[Fact]:
    """What went in, what did not, and how the rest was priced."""
    return [*_went_in(week.trust), *_priced(week), *_warned(week)]


def _went_in(trust: Trust) -> list[Fact]:
    files = f"{trust.loaded_file_count:,} loaded, {trust.duplicate_file_count:,} held already, {trust.quarantined_file_count:,} set aside"
    untied = f"{trust.unbalanced_count:,} do not tie to their claims (by ${trust.unbalanced_amount:,})"
    waiting, unmapped = f"${trust.waiting_charge_amount:,} of charges: see Quarantine", f"${trust.unmapped_amount:,} paid by them"
    conserved = "= the three below" if trust.is_conserved else "NOT the sum of the three below"
    return [
        ("Files", trust.file_count, "count", files),
        ("Charges read", trust.charge_amount, "money", conserved),
        ("Charges loaded", trust.loaded_charge_amount, "money", f"{trust.claim_loaded_count:,} of {trust.claim_count:,} claims"),
        ("Charges held already", trust.duplicate_charge_amount, "money", f"{trust.claim_duplicate_count:,} claims"),
        ("Charges set aside", trust.quarantined_charge_amount, "money", f"{trust.claim_quarantined_count:,} claims"),
        ("Items that wait for somebody", trust.waiting_count, "count", waiting if trust.waiting_count else ""),
        ("Payments", trust.payment_amount, "money", f"{trust.payment_count:,} payments, {untied}"),
        ("Payers not in payers.yaml", trust.unmapped_payer_count, "count", unmapped if trust.unmapped_payer_count else ""),
    ]


def _priced(week: Week) -> list[Fact]:
    trust, rows = week.trust, week.by_basis.select("surprise_basis", "line_count", "surprise_balance").iter_rows()
    unpriced = f"${trust.unpriced_charge_amount:,} of charges, not in the total"
    return [
        ("Lines priced from your fee schedule", trust.schedule_fee_pct, "percent", "the more, the surer"),
        *((f"Priced from {BASES.get(basis, basis)}", amount, "money", f"{lines:,} lines") for basis, lines, amount in rows),
        ("Downgraded lines that cannot be priced", trust.unpriced_line_count, "count", unpriced if trust.unpriced_line_count else ""),
        ("Lines whose stated and reckoned balance differ", trust.differing_line_count, "count", f"by ${trust.differing_amount:,} in all"),
    ]


def _warned(week: Week) -> list[Fact]:
    office = week.by_balance_basis.filter("is_warning").select("payer_count", "surprise_balance").iter_rows()
    silent = week.silent.select("payer_name", "payer_id", "last_payment_date", "silent_days").iter_rows()
    check = "your contract binds you: see balance_basis in payers.yaml"
    return [
        *((f"Reckoned by office fees though in network ({count} payers)", amount, "money", check) for count, amount in office),
        *((f"Silent: {name or payer}", day, "date", f"its last payment, {days} days ago") for name, payer, day, days in silent),
    ]
