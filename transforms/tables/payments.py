"""One payment: an 835 transaction set, or the check an export reports."""

from transforms.tables.contract import Table, count, date, flag, money, text

PAYMENTS = Table(
    name="payments",
    grain="one row per 835 transaction set (ST to SE), or per check of an export",
    key=("payment_id",),
    sort=("payment_id",),
    columns=(
        text("payment_id", "first 16 hex digits of the file, dash, position of the ST segment"),
        text("file_id", "file it was read from", unit="hex"),
        text("source_file", "path below the inbox"),
        text("payer_id", "stable slug of the payer's own identifiers; the marts hold the mapped id", "REF*2U, REF*NF, N104, TRN03 + N102"),
        text("payer_name", "payer as it names itself", "N1*PR N102", null="not sent"),
        text("payer_ref_2u", "payer id the payer gives", "N1*PR REF*2U", null="not sent"),
        text("payer_n104", "payer id in the name segment", "N1*PR N104", null="not sent"),
        text("payer_naic", "NAIC company code", "N1*PR REF*NF", null="not sent"),
        text("payer_tax_id", "who originates the payment, as sent, usually 1 and the tax id", "TRN03, else BPR10", null="not sent"),
        text("payee_name", "who was paid", "N1*PE N102", null="not sent"),
        text("payee_npi", "who was paid, as NPI", "N1*PE N104 where N103 is XX", null="not sent as an NPI"),
        text("payee_tax_id", "who was paid, as tax id", "N1*PE N104 where N103 is FI, else REF*TJ", null="not sent"),
        text("trace_number", "check or EFT trace number", "TRN02", null="not sent"),
        text("payment_method", "ACH, CHK, NON, ...", "BPR04", null="not sent", unit="code"),
        money("payment_amount", "total paid", "BPR02"),
        date("payment_date", "check or EFT date", "BPR16, else DTM*405, else GS04, else ISA09; FHIR payment.date, else created"),
        text(
            "payment_date_source",
            "where the date was found",
            allowed=("BPR16", "DTM405", "GS04", "ISA09", "export", "fhir_payment_date", "fhir_created"),
            unit="element",
        ),
        flag("is_balanced", "payment_amount = claims paid - provider adjustments, to the cent", "BPR02, CLP04, PLB"),
        money("difference_amount", "payment_amount - (claims paid - provider adjustments)", "BPR02, CLP04, PLB"),
        text("version", "implementation guide as sent", "GS08, else ST03", null="not sent", unit="code"),
        count("payment_segment", "position of the ST segment, or of the first row of the check", "ST", minimum=1),
    ),
)
