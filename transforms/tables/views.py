"""Side views of the audit: the trend, what is explained otherwise, what is no longer live, and who sent what."""

from transforms.tables.contract import Table, count, date, flag, money, text, texts, total
from transforms.tables.findings import EVIDENCE

WEEKLY_TREND = Table(
    name="weekly_trend",
    grain="one row per ISO week of payment, payer and submitted code; downgraded, live, priced lines of primary payers",
    key=("week", "payer_id", "submitted_code"),
    sort=("week", "payer_id", "submitted_code"),
    columns=(
        text("week", "ISO week of the payment date", example="2026-W10"),
        date("week_start", "its Monday"),
        text("payer_id", "payer, by payers.yaml"),
        text("submitted_code", "procedure billed, or unknown", unit="code"),
        count("line_count", "downgraded lines", minimum=1),
        count("claim_count", "distinct claims", minimum=1),
        money("surprise_balance", "surprise balance", minimum=0),
        money("benefit_shortfall", "plan payment lost"),
    ),
)

EXPLAINED_OTHERWISE = Table(
    name="explained_otherwise",
    grain="one row per live line with a patient balance that something other than a downgrade explains; never counted",
    key=("line_id",),
    sort=("payment_date", "line_id"),
    columns=(
        text("line_id", "service line, or the claim's id where no line was sent"),
        text("claim_id", "claim it belongs to"),
        text("source_file", "path below the inbox"),
        count("line_segment", "1-based position of the SVC (or CLP) segment in its file", minimum=1),
        text("payer_id", "payer, by payers.yaml"),
        count("payer_rank", "1 primary, 2 secondary, 3 tertiary", null="not told by the status", minimum=1),
        date("service_date", "day of service", null="not sent"),
        date("payment_date", "check or EFT date"),
        *EVIDENCE[0:1],
        EVIDENCE[2],
        text(
            "explanation",
            "what explains the balance",
            allowed=("bundling", "recoding", "units", "denial", "frequency", "maximum", "deductible"),
        ),
        money("charge_amount", "billed"),
        money("paid_amount", "paid"),
        money("patient_responsibility_amount", "what the payer assigned to the patient"),
    ),
)

NOT_LIVE = Table(
    name="not_live",
    grain="one row per claim that no longer stands",
    key=("claim_id",),
    sort=("payment_date", "claim_id"),
    columns=(
        text("claim_id", "claim"),
        text(
            "state",
            "why it does not stand",
            allowed=("reversed", "reversal", "orphan_reversal", "superseded", "predetermination", "other_channel"),
        ),
        text("counterpart_claim_id", "the claim that reverses it, that it reverses, or that replaces it", null="none on file"),
        text("payer_id", "payer, by payers.yaml"),
        date("payment_date", "check or EFT date"),
        money("paid_amount", "paid on the claim, signed"),
    ),
)

UNMAPPED_PAYERS = Table(
    name="unmapped_payers",
    grain="one row per payer that payers.yaml does not list",
    key=("payer_id",),
    sort=("payer_id",),
    columns=(
        text("payer_id", "stable slug of its identifiers"),
        texts("payer_names", "names it goes by"),
        texts("payer_ids", "REF*2U and N104 values"),
        texts("tax_ids", "TRN03 values"),
        count("payment_count", "payments", minimum=1),
        count("claim_count", "claims"),
        money("payment_amount", "dollars paid"),
        date("first_seen", "first payment date"),
        date("last_seen", "last payment date"),
        text(
            "unmapped_reason",
            "not listed; or a payment vendor named itself and no payer; or nothing that could name a payer was sent",
            allowed=("not_listed", "vendor_only", "nothing_sent"),
        ),
        texts("payment_vendor_ids", "who paid for it, by payment_vendors.yaml", example='["zelis"]'),
        texts("naics", "REF*NF values"),
        texts(
            "own_keys",
            "what no other payer sends and all of its payments are known by, as kind=value of payers.yaml; empty: nothing tells it apart",
            example='["payer_id=00001"]',
        ),
    ),
)

SILENT_PAYERS = Table(
    name="silent_payers",
    grain="one row per payer that has been silent for longer than it ever was in the year before its last payment",
    key=("payer_id",),
    sort=("payer_id",),
    columns=(
        text("payer_id", "payer, by payers.yaml"),
        text("payer_name", "name to show", null="not sent"),
        date("last_payment_date", "its last payment"),
        count("usual_gap_days", "longest gap between payments in the year before"),
        count("silent_days", "days since its last payment"),
        count("payment_day_count", "distinct payment days it was learned from"),
    ),
)

RUNS = Table(
    name="runs",
    grain="one row per business date on which something was taken in",
    key=("loaded_on",),
    sort=("loaded_on",),
    columns=(
        date("loaded_on", "business date"),
        count("file_count", "files taken in"),
        count("quarantined_file_count", "of these, set aside whole"),
        count("duplicate_file_count", "of these, held already"),
        count("claim_count", "claims read"),
        count("claim_loaded_count", "claims that went into the lake"),
        count("claim_duplicate_count", "claims that the lake held already"),
        count("claim_quarantined_count", "claims set aside"),
        count("line_count", "service lines read"),
        money("charge_amount", "charges read"),
        money("loaded_charge_amount", "charges loaded"),
        money("duplicate_charge_amount", "charges held already"),
        money("quarantined_charge_amount", "charges set aside"),
        flag("is_conserved", "read = loaded + duplicate + quarantined, in claims and in charges"),
    ),
)

PAYMENT_TOTALS = Table(
    name="payment_totals",
    grain="one row per payer: what the practice's books can be tied to",
    key=("payer_id",),
    sort=("payer_id",),
    columns=(
        text("payer_id", "payer, by payers.yaml"),
        count("payment_count", "payments", minimum=1),
        money("payment_amount", "dollars paid"),
        count("unbalanced_count", "payments that do not tie to their claims and provider adjustments"),
        money("difference_amount", "by how much, summed"),
        text("payer_name", "name to show", null="not sent"),
        date("last_payment_date", "its last payment", null="published before this column was"),
    ),
)

TOO_LARGE = "beyond 9,999,999,999.99: the column named _total_amount has it"
CLAIM_STATES = Table(
    name="claim_states",
    grain="one row per state of a claim; summed over all rows it is everything that was paid",
    key=("state",),
    sort=("state",),
    columns=(
        text(
            "state",
            "live, or why the claim does not stand",
            allowed=("live", "reversed", "reversal", "orphan_reversal", "superseded", "predetermination", "other_channel"),
        ),
        count("claim_count", "claims", minimum=1),
        money("charge_amount", "billed, signed", "CLP03", null=TOO_LARGE),
        money(
            "paid_amount", "paid, signed; reversed and reversal cancel unless a reversal took back another amount", "CLP04", null=TOO_LARGE
        ),
        money("patient_responsibility_amount", "assigned to patients, signed", "CAS*PR", null=TOO_LARGE),
        total("charge_total_amount", "charge_amount, however large", "CLP03"),
        total("paid_total_amount", "paid_amount, however large", "CLP04"),
        total("patient_responsibility_total_amount", "patient_responsibility_amount, however large", "CAS*PR"),
    ),
)
