"""One reason, one amount: why paid differs from charge."""

from transforms.tables.contract import COUNT, Column, Table, count, money, text

ADJUSTMENTS = Table(
    name="adjustments",
    grain="one row per reason/amount/quantity triplet of a CAS segment",
    key=("claim_id", "adjustment_segment", "position"),
    sort=("claim_id", "adjustment_segment", "position"),
    columns=(
        text("claim_id", "claim it belongs to"),
        text("line_id", "service line it belongs to", null="claim level"),
        text("file_id", "file it was read from", unit="hex"),
        text(
            "group_code", "who bears it: PR patient, CO contract, PI payer, OA other", "CAS01", null="not sent", unit="code", example="PR"
        ),
        text("reason_code", "claim adjustment reason code (CARC)", "CAS02, 05, 08, 11, 14, 17", unit="code", example="169"),
        money("amount", "positive lowers the payment", "CAS03, 06, 09, 12, 15, 18"),
        Column("quantity", COUNT, "units", "units adjusted", "CAS04, 07, 10, 13, 16, 19", null="not sent or not a whole number"),
        count("adjustment_segment", "1-based position of the CAS segment in its file", "CAS", minimum=1),
        count("position", "which triplet of the segment, 1 to 6", "CAS", minimum=1),
    ),
)
