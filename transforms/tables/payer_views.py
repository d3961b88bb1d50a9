"""Who adjudicates, who pays, whose schedule: payers as they name themselves, week by week, and who the unknown ones may be."""

from transforms.tables.contract import Table, count, date, flag, money, percent, text, texts

PAYER_ROUTES = Table(
    name="payer_routes",
    grain="one row per adjudicating payer, payment vendor, leased network and contract as sent; every claim received counts",
    key=("payer_id", "payment_vendor_id", "leased_network_id", "class_of_contract"),
    sort=("payer_id", "payment_vendor_id", "leased_network_id", "class_of_contract"),
    columns=(
        text("payer_id", "payer that adjudicated, by payers.yaml"),
        text("payer_name", "name to show", null="not sent"),
        flag("is_mapped", "payers.yaml lists it"),
        text("payment_vendor_id", "who paid for it, by payment_vendors.yaml", null="no vendor on file: taken to pay itself"),
        text("leased_network_id", "network whose schedule it priced with, by networks.yaml", null="none on file"),
        text("class_of_contract", "contract or network as sent", "REF*CE", null="not sent"),
        count("payment_count", "payments; one whose claims go different ways counts on each"),
        count("claim_count", "claims"),
        money("paid_amount", "paid on these claims", "CLP04"),
        date("first_seen", "first payment date"),
        date("last_seen", "last payment date"),
        texts("tax_ids", "who originated these payments, without the leading 1", "TRN03, BPR10", example='["990000001"]'),
    ),
)

PAYER_ALIAS_WEEKS = Table(
    name="payer_alias_weeks",
    grain="one row per payer, name as sent and ISO week of payment; adds up to payment_totals",
    key=("payer_id", "alias", "week"),
    sort=("payer_id", "alias", "week"),
    columns=(
        text("payer_id", "payer, by payers.yaml"),
        text("alias", "name as sent, upper case, without punctuation and legal form; empty text where no name was sent", "N1*PR N102"),
        texts("payer_names", "its spellings in the week", "N1*PR N102", example='["EXAMPLE DENTAL, INC."]'),
        text("week", "ISO week of the payment date", example="2026-W10"),
        date("week_start", "its Monday"),
        count("payment_count", "payments", minimum=1),
        count("claim_count", "claims"),
        money("payment_amount", "dollars paid"),
        percent("claim_share", "share of the payer's claims of the week", null="the payer sent no claim in the week"),
    ),
)

ALIAS_DRIFT = Table(
    name="alias_drift",
    grain="one row per payer, name as sent and ISO week in which its share of the payer's claims moved by more than alias_drift_points",
    key=("payer_id", "alias", "week"),
    sort=("week", "payer_id", "alias"),
    columns=(
        text("payer_id", "payer, by payers.yaml"),
        text("alias", "name as sent, upper case, without punctuation and legal form; empty text where no name was sent"),
        text("week", "ISO week of the payment date", example="2026-W10"),
        text("previous_week", "the week before in which the payer sent enough claims", example="2026-W09"),
        count("claim_count", "claims under the name"),
        count("previous_claim_count", "claims under the name in the previous week"),
        percent("claim_share", "share of the payer's claims"),
        percent("previous_claim_share", "the same in the previous week"),
        flag("is_new", "no payment came under this name before"),
    ),
)

PAYER_SUGGESTIONS = Table(
    name="payer_suggestions",
    grain="one row per unmapped payer and listed payer that it may be; nothing is joined until a person confirms it",
    key=("unmapped_payer_id", "payer_id"),
    sort=("unmapped_payer_id", "rank"),
    columns=(
        count("rank", "1 is the likeliest of this unmapped payer", minimum=1),
        text("unmapped_payer_id", "payer_id of unmapped_payers"),
        texts("payer_names", "names it sends", "N1*PR N102"),
        count("claim_count", "its claims"),
        money("payment_amount", "dollars it paid"),
        text("payer_id", "payer of payers.yaml that it may be"),
        text("payer_name", "that payer's name"),
        texts("reasons", "why, strongest first: shared_payer_id, shared_naic, shared_tax_id, similar_name", example='["shared_tax_id"]'),
        texts("shared_values", "identifiers both send, as kind=value", example='["tax_id=990000001"]'),
        count("name_score", "likeness of the closest two names, 100 is the same", null="either sends no name"),
        texts("unmapped_words", "words of its closest name that the other lacks"),
        texts("payer_words", "words of the other's closest name that it lacks"),
    ),
)

PAYEES = Table(
    name="payees",
    grain="one row per payee NPI, tax id and office; payments of every date on file",
    key=("payee_npi", "payee_tax_id", "location_id"),
    sort=("payee_npi", "payee_tax_id", "location_id"),
    columns=(
        text("payee_npi", "NPI paid", "N1*PE N104", null="not sent as an NPI"),
        text("payee_tax_id", "tax id paid, without hyphens", "N1*PE N104, REF*TJ", null="not sent"),
        text("location_id", "office, by locations.csv", null="no office of locations.csv is paid under these numbers then"),
        texts("payee_names", "names it is paid under", "N1*PE N102"),
        count("payment_count", "payments", minimum=1),
        count("claim_count", "claims"),
        money("payment_amount", "dollars paid"),
        date("first_seen", "first payment date"),
        date("last_seen", "last payment date"),
    ),
)
