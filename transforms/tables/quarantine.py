"""What could not be used, why, and what to do about it. Never a value from a claim."""

from transforms.tables.contract import Table, count, date, money, text

FAULT_COLUMNS = (
    text("file_id", "file it was found in", unit="hex"),
    text("source_file", "path below the inbox"),
    text("scope", "how much is set aside", allowed=("file", "set", "claim", "row")),
    count("segment", "1-based position of the segment (or row) at fault", null="the file as a whole", minimum=1),
    text("segment_tag", "tag of the segment at fault, or the column of an export", null="the file as a whole", example="SVC"),
    text("reason_code", "short name of the fault, for grouping", unit="code", example="line_unbalanced"),
    text("reason", "the fault in plain words, without any value from the claim"),
    text("next_step", "what a person can do"),
    count("claim_segment", "position of the claim set aside", null="not a single claim", minimum=1),
    count("claim_count", "claims set aside with it"),
    count("line_count", "service lines set aside with it"),
    money("charge_amount", "charges at stake", null="could not be read"),
    money("difference_amount", "by how much it does not balance", null="not a matter of balance"),
)

FAULTS = Table(
    name="faults",
    grain="one row per file, set, claim or row that could not be used, as its reader found it",
    key=("file_id", "scope", "segment", "reason_code"),
    sort=("file_id", "segment", "scope", "reason_code"),
    columns=FAULT_COLUMNS,
)

QUARANTINE = Table(
    name="quarantine",
    grain="one row per item set aside",
    key=("quarantine_id",),
    sort=("quarantine_id",),
    columns=(
        text("quarantine_id", "first 16 hex digits of the file, dash, position, dash, reason"),
        *FAULT_COLUMNS,
        text("status", "open until a person or a later run settles it", allowed=("open", "released", "dismissed")),
        date("since", "business date of the run that set it aside"),
    ),
)

WARNINGS = Table(
    name="warnings",
    grain="one row per kind of fault that did not stop the load, per file",
    key=("file_id", "reason_code"),
    sort=("file_id", "reason_code"),
    columns=(
        text("file_id", "file it was found in", unit="hex"),
        text("source_file", "path below the inbox"),
        text("reason_code", "short name of the fault", unit="code", example="wrong_segment_count"),
        text("reason", "the fault in plain words"),
        count("segment", "1-based position of the first segment at fault", null="the file as a whole", minimum=1),
        count("occurrence_count", "how often", minimum=1),
    ),
)
