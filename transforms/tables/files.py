"""Every file that arrived, and what became of it."""

from transforms.tables.contract import Table, count, date, money, text

FILES = Table(
    name="files",
    grain="one row per distinct content (sha256) that arrived",
    key=("file_id",),
    sort=("file_id",),
    columns=(
        text("file_id", "sha256 of the bytes as they arrived", unit="hex"),
        text("source_file", "path below the inbox; inside an archive as archive!member"),
        count("bytes", "size as it arrived"),
        text("format", "what the content is, whatever the name says", allowed=("835", "csv", "xlsx", "fhir", "unknown")),
        text("status", "what became of it as a whole", allowed=("loaded", "duplicate", "quarantined")),
        date("loaded_on", "business date of the run that took it in"),
        count("payment_count", "payments read"),
        count("claim_count", "claims read; equals loaded + duplicate + quarantined"),
        count("claim_loaded_count", "claims that went into the lake"),
        count("claim_duplicate_count", "claims that the lake held already"),
        count("claim_quarantined_count", "claims set aside"),
        count("line_count", "service lines read"),
        count("warning_count", "faults that did not stop the load: wrong counts, control numbers, delimiters"),
        money("charge_amount", "charges on the claims read"),
        money("loaded_charge_amount", "charges on the claims loaded"),
        money("duplicate_charge_amount", "charges on the claims held already"),
        money("quarantined_charge_amount", "charges on the claims set aside"),
    ),
)
