"""What of a FHIR file cannot be used, and why, in plain words: never a value from a claim."""

from __future__ import annotations

from dataclasses import dataclass

RESEND = "Ask the payer for the file again, or correct it and run: altbenefit audit --reprocess {file}"
ASK_R4 = "Ask the payer for ExplanationOfBenefit resources of FHIR R4 (CARIN Blue Button), or for the same payments as an 835."
ASK_AMOUNTS = "Ask the payer for the profile with amounts for each item, or for the same payments as an 835."
ASK_835 = "Ask the payer for the same payments as an 835."
NOTHING = "Nothing to do, unless the claim was paid: then ask the payer for its active ExplanationOfBenefit."

AMOUNT_NAMES = {
    "submitted": "submitted amount", "eligible": "eligible amount", "benefit": "benefit", "deductible": "deductible",
    "coinsurance": "coinsurance", "copay": "copay", "noncovered": "amount not covered", "memberliability": "member liability",
    "discount": "discount", "priorpayerpaid": "prior payer's payment", "paidtoprovider": "amount paid to the provider",
    "paidtopatient": "amount paid to the patient", "net": "item's net charge", "adjudication": "amount of an adjudication",
    "payment": "payment amount", "payment_adjustment": "payment adjustment", "claim_sum": "sum of the items",
}  # fmt: skip
AMOUNT_STATES = {
    "not_an_amount": "is not an amount",
    "too_precise": "has a fraction of a cent",
    "too_large": "is larger than any amount that can be held",
    "in_other_currency": "is not in US dollars",
}
REASON_TEXT = {
    "not_utf8": "the text is not UTF-8",
    "not_json": "the text is not JSON: it is cut off or damaged",
    "too_deep": "the JSON is nested deeper than any FHIR resource",
    "name_twice": "an object of the JSON has a name twice, so what it means is open",
    "document_too_large": "the JSON document is too large to be read whole; such exports come as NDJSON, one resource a line",
    "no_eob": "not an ExplanationOfBenefit",
    "other_fhir_version": "the ExplanationOfBenefit is not of FHIR R4 (4.0)",
    "not_active": "the ExplanationOfBenefit is cancelled, a draft or entered in error: its status is not active",
    "not_adjudicated": "the claim is not adjudicated yet: its outcome is queued or error",
    "use_unknown": "the use is none of claim, preauthorization and predetermination",
    "no_payment_date": "no readable day in payment.date or created",
    "no_items": "the claim has no items",
    "item_without_amounts": "an item states no charge or no benefit, as in profiles without amounts or with amounts for the claim alone",
    "added_items": "the payer added or split items (addItem) so that its amounts belong to no single item billed",
} | {f"{name}_{state}": f"the {words} {what}" for name, words in AMOUNT_NAMES.items() for state, what in AMOUNT_STATES.items()}
NEXT_STEPS = {
    "no_eob": ASK_R4, "other_fhir_version": ASK_R4, "not_active": NOTHING, "not_adjudicated": NOTHING, "use_unknown": ASK_R4,
    "no_items": ASK_AMOUNTS, "item_without_amounts": ASK_AMOUNTS, "added_items": ASK_835,
}  # fmt: skip
WARNING_TEXT = {
    "totals_differ": "the totals of a claim are not the sums of its items; the items were taken",
    "total_unreadable": "a total of a claim is not an amount; the items were taken",
    "paid_differs_from_benefit": "the amounts paid to provider and patient are not the benefit; the benefit was taken",
    "several_reasons": "several reasons share one amount; the first has it",
    "other_resources": "resources beside the ExplanationOfBenefit, such as ClaimResponse, were left out",
}
# Names of FHIR may be said; anything else under resourceType may be a value.
RESOURCE_NAMES = frozenset((
    "Bundle", "Claim", "ClaimResponse", "Coverage", "CoverageEligibilityResponse", "ExplanationOfBenefit", "Location",
    "OperationOutcome", "Organization", "Parameters", "Patient", "PaymentNotice", "PaymentReconciliation", "Practitioner",
    "PractitionerRole", "RelatedPerson",
))  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One thing that cannot be used. `segment` is the resource's position in its file, None for the file; charge in cents."""

    scope: str
    segment: int | None
    tag: str | None
    code: str
    detail: str = ""
    line_count: int = 0
    charge: int | None = None


def reason_of(fault: Fault) -> str:
    """The fault in plain words."""
    return REASON_TEXT[fault.code] + (f": {fault.detail}" if fault.detail else "")


def next_step_of(fault: Fault, source_file: str) -> str:
    """What a person can do."""
    return NEXT_STEPS.get(fault.code, RESEND).format(file=source_file)
