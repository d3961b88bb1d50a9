"""One claim as adjudicated in one payment."""

from transforms.tables.contract import Table, count, date, money, text, texts

CLAIMS = Table(
    name="claims",
    grain="one row per CLP segment",
    key=("claim_id",),
    sort=("claim_id",),
    columns=(
        text("claim_id", "first 16 hex digits of the file, dash, position of the CLP segment"),
        text("payment_id", "payment it came with"),
        text("file_id", "file it was read from", unit="hex"),
        text("patient_control_number", "the practice's account number; a keyed token in lake and marts", "CLP01", null="not sent"),
        text("payer_claim_control_number", "the payer's number; a keyed token in lake and marts", "CLP07", null="not sent"),
        text(
            "original_claim_control_number",
            "number of the claim this one replaces; a keyed token in lake and marts",
            "REF*F8",
            null="not sent",
        ),
        text("claim_status_code", "1 2 3 4 19 20 21 22 23 25", "CLP02", null="not sent", unit="code"),
        count(
            "payer_rank",
            "1 primary, 2 secondary, 3 tertiary; OA-23 on the claim makes it at least 2",
            "CLP02, CAS*OA*23",
            null="status names no rank (4, 22, 23, 25) and no prior payer is shown",
            minimum=1,
        ),
        text("filing_indicator_code", "kind of plan", "CLP06", null="not sent", unit="code"),
        text("class_of_contract", "contract or network the payer priced with", "REF*CE", null="not sent"),
        money("charge_amount", "billed on the claim", "CLP03"),
        money("paid_amount", "paid on the claim", "CLP04"),
        money("patient_responsibility_amount", "what the payer says the patient owes", "CLP05", null="not sent"),
        text("patient_id", "member id in `parse`; a keyed token of the person in lake and marts", "NM1*QC NM109", null="not sent"),
        date("statement_date", "service date for the whole claim", "DTM*232, else DTM*233", null="not sent"),
        date("received_date", "when the payer received the claim", "DTM*050", null="not sent"),
        texts("remark_codes", "claim-level remark codes, in order", "MIA05 MIA20-23, MOA03-07", example='["MA15"]'),
        count("claim_segment", "1-based position of the CLP segment in its file", "CLP", minimum=1),
    ),
)
