"""What the payers' alternate fees are, what asking for more would bring, and whether agreed fees are paid."""

from transforms.tables.contract import Table, count, date, flag, money, percent, text

PAIR = (
    text("payer_id", "payer, by payers.yaml"),
    text("payer_name", "name to show", null="not sent"),
    text("alternate_code", "procedure the payer pays", unit="code", example="D2150"),
)

FEE_ASKS = Table(
    name="fee_asks",
    grain="one row per payer, alternate code, who bears the difference, and increase; counted lines in the window",
    key=("payer_id", "alternate_code", "borne_by", "increase"),
    sort=("increase", "borne_by", "rank"),
    columns=(
        *PAIR,
        text(
            "borne_by",
            "who bears the difference today: the patient (PR) or the practice (CO-169 contracts, listed apart)",
            allowed=("patient", "provider"),
        ),
        text("increase", "percent more than the current fee, or parity with the contracted fee", example="10"),
        money("current_fee", "median alternate fee now, per unit"),
        money("asked_fee", "fee to ask for, per unit; never above the contracted fee", minimum=0),
        money("surprise_balance_before", "surprise balance of these lines"),
        money("surprise_balance_after", "surprise balance had the asked fee been paid"),
        money("patient_saving", "relief to patients; negative where coinsurance grows"),
        money("plan_cost", "what the plan would have paid more"),
        money("practice_gain", "what the practice would have collected more"),
        count("lines", "counted lines whose contracted fee is known"),
        count("rank", "by patient saving, or by practice gain where the practice bears it; 1 is most", minimum=1),
    ),
)

ALTERNATE_FEE_SCHEDULE = Table(
    name="alternate_fee_schedule",
    grain="one row per payer, alternate code and fee, as the remittances show them",
    key=("payer_id", "alternate_code", "fee"),
    sort=("payer_id", "alternate_code", "first_seen", "fee"),
    columns=(
        *PAIR,
        money("fee", "alternate fee per unit"),
        count("lines", "downgraded lines paid at this fee", minimum=1),
        date("first_seen", "first payment date at this fee"),
        date("last_seen", "last payment date at this fee"),
        count("months_unchanged", "whole months between the first and the last payment at this fee"),
        flag("is_current", "the fee of the latest payment"),
        money("other_payers_median_fee", "median fee of the same alternate code at the practice's other payers", null="no other payer"),
        count("other_payers_line_count", "lines behind that median"),
        count("other_payers_count", "payers behind that median"),
    ),
)

ASK_OUTCOMES = Table(
    name="ask_outcomes",
    grain="one row per agreed fee of asks.csv",
    key=("payer_id", "alternate_code", "effective_from"),
    sort=("payer_id", "alternate_code", "effective_from"),
    columns=(
        *PAIR,
        date("effective_from", "first service date of the agreed fee"),
        money("agreed_fee", "fee the payer agreed to, per unit"),
        count("eligible_line_count", "downgraded lines served since then"),
        count("paid_at_agreed_count", "of these, lines allowed the agreed fee or more"),
        percent("paid_at_agreed_share", "share of eligible lines", null="no eligible line yet"),
        money("lost_since_amount", "plan payment lost on lines below the agreed fee"),
        flag("is_alert", "no eligible line paid at the agreed fee, and the first was paid 30 days or more after it took effect"),
    ),
)
