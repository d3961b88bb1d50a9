"""Money moved at the level of the payment, not of a claim."""

from transforms.tables.contract import Table, count, money, text

PROVIDER_ADJUSTMENTS = Table(
    name="provider_adjustments",
    grain="one row per reason/amount pair of a PLB segment",
    key=("payment_id", "adjustment_segment", "position"),
    sort=("payment_id", "adjustment_segment", "position"),
    columns=(
        text("payment_id", "payment it belongs to"),
        text("file_id", "file it was read from", unit="hex"),
        text("reason_code", "WO, FB, CS, 72, L6, ...", "PLB03-1, 05-1, ... 13-1", null="not sent", unit="code", example="WO"),
        text(
            "reference", "the payer's reference, often a claim number; a keyed token in lake and marts", "PLB03-2 ... 13-2", null="not sent"
        ),
        money("amount", "positive lowers the payment, negative raises it", "PLB04, 06, ... 14"),
        count("adjustment_segment", "1-based position of the PLB segment in its file", "PLB", minimum=1),
        count("position", "which pair of the segment, 1 to 6", "PLB", minimum=1),
    ),
)
