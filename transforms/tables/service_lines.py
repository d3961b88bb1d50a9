"""One service line as adjudicated in one payment."""

from transforms.tables.contract import Table, count, date, flag, money, text, texts

SERVICE_LINES = Table(
    name="service_lines",
    grain="one row per SVC segment",
    key=("line_id",),
    sort=("line_id",),
    columns=(
        text("line_id", "first 16 hex digits of the file, dash, position of the SVC segment"),
        text("claim_id", "claim it belongs to"),
        text("file_id", "file it was read from", unit="hex"),
        text("source_file", "path below the inbox"),
        count("line_segment", "1-based position of the SVC segment in its file, from the first ISA", "SVC", minimum=1),
        text("submitted_code", "procedure billed, as sent", "SVC06-2, else SVC01-2", null="not sent", unit="code", example="D2392"),
        text("submitted_code_source", "where submitted_code was found", allowed=("SVC06", "SVC01", "export"), unit="element"),
        text("submitted_qualifier", "code set of the procedure billed", "SVC06-1, else SVC01-1", null="not sent", unit="code"),
        text("paid_code", "procedure the payer priced, as sent", "SVC01-2", null="not sent", unit="code", example="D2150"),
        text("paid_qualifier", "code set of the procedure priced", "SVC01-1", null="not sent", unit="code"),
        money("charge_amount", "billed on the line", "SVC02"),
        money("paid_amount", "paid on the line", "SVC03"),
        money("allowed_amount", "allowed as stated; not part of balancing", "AMT*B6", null="not stated"),
        count("units_submitted", "units billed", "SVC07, else SVC05", null="not a whole number"),
        count("units_paid", "units paid; 1 when not sent", "SVC05", null="not a whole number"),
        date(
            "service_date", "day of service, the first of a range", "DTM*472, else DTM*150, else the claim's DTM*232/233", null="not sent"
        ),
        text("line_control_number", "the practice's line number; a keyed token in lake and marts", "REF*6R", null="not sent"),
        texts("remark_codes", "line-level remark codes, in order", "LQ*HE", example='["N2"]'),
        flag(
            "is_live",
            "not reversed, superseded or a reversal, as known when it was loaded; later changes are in not_live",
            "CLP02, CLP07, CLP01",
        ),
        text(
            "tooth_code",
            "tooth or area of the mouth, as sent",
            "FHIR bodySite, export",
            null="not sent; the 835 has no place for it",
            unit="code",
            example="14",
        ),
        text(
            "surface_codes",
            "surfaces of the tooth, in one word, as sent",
            "FHIR subSite, export",
            null="not sent; the 835 has no place for them",
            unit="code",
            example="MOD",
        ),
    ),
)
