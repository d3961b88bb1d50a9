"""Who else has a part in a payment: vendors that pay for payers, networks that payers rent, the practice's own offices."""

from transforms.tables.contract import Table, date, text, texts

PAYMENT_VENDORS = Table(
    name="payment_vendors",
    grain="one row per payment vendor and period",
    key=("vendor_id", "effective_from"),
    sort=("vendor_id", "effective_from"),
    columns=(
        text("vendor_id", "our id for the vendor: it moves money and papers for payers, and adjudicates nothing"),
        text("name", "name to show"),
        texts("aliases", "names it uses as N1*PR, compared whole, without case and punctuation"),
        texts("payer_ids", "its own REF*2U or N104 values"),
        texts("tax_ids", "its own TRN03 or BPR10 values, with or without the leading 1"),
        text("source", "where this is documented"),
        date("effective_from", "first payment date"),
        date("effective_until", "first payment date no longer covered", null="open"),
    ),
)

NETWORKS = Table(
    name="networks",
    grain="one row per leased network and period",
    key=("network_id", "effective_from"),
    sort=("network_id", "effective_from"),
    columns=(
        text("network_id", "our id for the network whose fee schedule payers rent"),
        text("name", "name to show"),
        texts("aliases", "how REF*CE names it, compared whole, without case and punctuation"),
        texts("payer_ids", "payers of payers.yaml that price through it where a claim carries no REF*CE"),
        text("source", "where this is documented"),
        date("effective_from", "first service date"),
        date("effective_until", "first service date no longer covered", null="open"),
    ),
)

LOCATIONS = Table(
    name="locations",
    grain="one row per office, payee number and period",
    key=("location_id", "npi", "tax_id", "effective_from"),
    sort=("location_id", "npi", "tax_id", "effective_from"),
    columns=(
        text("location_id", "the practice's own id for the office"),
        text("name", "name to show"),
        text("npi", "NPI the office is paid under", null="known by its tax id"),
        text("tax_id", "tax id the office is paid under, nine digits", null="known by its NPI"),
        date("effective_from", "first payment date"),
        date("effective_until", "first payment date no longer covered", null="open"),
    ),
)

PAYER_DECISIONS = Table(
    name="payer_decisions",
    grain="one row per confirmed key of an unmapped payer, or per pair of payers that a person holds apart",
    key=("unmapped_payer_id", "decision", "payer_id", "kind", "value"),
    sort=("unmapped_payer_id", "decision", "payer_id", "kind", "value"),
    columns=(
        text("unmapped_payer_id", "payer_id under which it was unmapped"),
        text("decision", "is it the payer named beside it", allowed=("confirmed", "rejected")),
        text("payer_id", "payer of payers.yaml"),
        text(
            "kind",
            "what payers.yaml calls it",
            allowed=("name", "payer_id", "naic", "tax_id"),
            null="rejected: the two are told apart whatever they send",
        ),
        text("value", "the name or number that means the payer", null="rejected"),
        date("decided_on", "day of the decision"),
    ),
)
