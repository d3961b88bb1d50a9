"""One service line that came by two channels, such as an 835 and a CSV export."""

from transforms.tables.contract import Table, date, text

SAME_EVENT = Table(
    name="same_event",
    grain="one row per service line that another channel has too; only the other one is live",
    key=("line_id",),
    sort=("payment_date", "line_id"),
    columns=(
        text("line_id", "line left out"),
        text("claim_id", "claim it belongs to"),
        text("source_file", "file it came in"),
        text("counterpart_line_id", "the same line in the channel that stands: the 835 before a CSV or XLSX export, that before FHIR"),
        text("counterpart_claim_id", "claim that one belongs to"),
        text("counterpart_source_file", "file that one came in"),
        text("payer_id", "payer, by payers.yaml"),
        date("payment_date", "check or EFT date, as the line left out has it"),
    ),
)
