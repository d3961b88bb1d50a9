"""The workbook's headings: the page's words for the same columns, and what hangs on each as a note."""

from transforms.tables.contract import Column

HEADINGS = {  # the page's words for the same columns; a column without one is called by its name
    "line_id": "Line ID", "claim_id": "Claim", "patient_id": "Patient (token)", "payer_id": "Payer ID", "payer_name": "Payer",
    "payee_npi": "Payee NPI", "source_file": "File", "line_segment": "Segment", "submitted_code": "Billed",
    "submitted_codes": "Billed", "submitted_code_source": "Billed code from", "paid_code": "Paid as", "alternate_code": "Paid as",
    "paid_code_source": "Paid code from", "code_family": "Kind", "evidence_tier": "Tier", "coverage_pct": "Coverage",
    "service_date": "Served", "payment_date": "Paid on", "charge_amount": "Charge", "paid_amount": "Plan paid",
    "candidate_amount": "If confirmed", "surprise_balance": "Left to patients", "surprise_share": "Share",
    "cumulative_share": "Share with those above", "benefit_shortfall": "Plan paid less", "deductible_amount": "Deductible",
    "provider_absorbed_amount": "Written off", "liability_unclear_amount": "Assigned to nobody",
    "above_schedule_amount": "Above contracted fee", "patient_responsibility_amount": "Assigned to patient",
    "expected_patient_responsibility_amount": "Expected from patient", "net_patient_after_cob": "Left after other payers",
    "surprise_balance_before": "Left to patients now", "surprise_balance_after": "Left to patients then",
    "alternate_fee": "Allowed", "median_alternate_fee": "Alternate fee, median", "lowest_alternate_fee": "Alternate fee, least",
    "highest_alternate_fee": "Alternate fee, most", "median_coverage_pct": "Coverage, median",
    "is_small": "Few claims", "lines": "Lines", "line_count": "Lines", "claim_count": "Claims", "patient_count": "Patients",
    "increase": "Increase (%)", "borne_by": "Borne by", "stated_line_count": "Lines, tier 1 or 2",
    "confirmed_line_count": "Lines confirmed",
    "patient_saving": "Relief to patients", "plan_cost": "Cost to the plan", "practice_gain": "Gain of the practice",
    "effective_from": "In force since", "eligible_line_count": "Lines since", "paid_at_agreed_count": "At the fee",
    "paid_at_agreed_share": "Share at the fee", "lost_since_amount": "Lost since", "explanation": "Explained by",
    "quarantine_id": "Item", "file_id": "File (sha256)", "segment_tag": "Tag", "reason_code": "Fault", "reason": "What is wrong",
    "next_step": "What to do",
}  # fmt: skip
YES_OR_NO = "true or false"


def heading(name: str) -> str:
    """A column's name in plain words."""
    plain = name.removeprefix("is_").removesuffix("_amount").removesuffix("_count").replace("_", " ")
    return HEADINGS.get(name, plain[:1].upper() + plain[1:])


def meaning(column: Column) -> str:
    """What a column means, as it hangs on its heading: sentence, unit, what an empty cell says, and its name in Parquet."""
    empty = f"\nEmpty: {column.null}." if column.null else ""
    return f"{column.meaning[:1].upper()}{column.meaning[1:]}.\nUnit: {unit_of(column)}.{empty}\nIn Parquet: {column.name}"


def unit_of(column: Column) -> str:
    """The unit as the workbook shows it."""
    return "yes or no" if column.unit == YES_OR_NO else column.unit
