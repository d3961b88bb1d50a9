"""The pack for an outsider: sums over groups of patients, never a line, a person, a file or a day."""

from dataclasses import replace

from transforms.tables.contract import Column, Table, count, flag, money, percent, text, texts

HIDDEN = "suppressed: too few patients or claims, or needed to hide another cell"
UNKNOWN_OR_HIDDEN = f"unknown, or {HIDDEN}"


def _may_hide(column: Column) -> Column:
    return replace(column, null=UNKNOWN_OR_HIDDEN if column.null else HIDDEN)


PAYER = (text("payer_id", "payer, by payers.yaml"), text("payer_name", "name to show", null="not sent"))
SUPPRESSED = flag("suppressed", "the numbers of this row are withheld")
MONTH = "YYYY-MM"
SUMS = tuple(
    _may_hide(column)
    for column in (
        count("line_count", "counted lines"),
        count("claim_count", "distinct claims"),
        count("patient_count", "distinct patients"),
        money("surprise_balance", "accumulated surprise balance"),
        money("benefit_shortfall", "plan payment lost on lines whose fee and coverage are known"),
        money("provider_absorbed_amount", "written off by contract"),
    )
)
RANKED = tuple(
    _may_hide(column)
    for column in (
        count("rank", "1 is the most surprise balance of the rows shown", minimum=1),
        *SUMS,
        percent("surprise_share", "share of the surprise balance of the rows shown"),
        percent("cumulative_share", "share of this row and all above it"),
        money("median_alternate_fee", "median of what the payer allowed, per unit", null="unknown"),
        money("contracted_fee", "median contracted fee of the submitted codes, per unit", null="unknown"),
        percent("median_coverage_pct", "median coverage of the submitted codes", null="unknown"),
        text("first_month", "month of the first payment", unit=MONTH, example="2026-03"),
        text("last_month", "month of the last payment", unit=MONTH, example="2026-05"),
    )
)
LEVEL = text("level", "a single code, or the codes of a family that are too small to be shown one by one", allowed=("code", "family"))
CODE = text("submitted_code", "procedure billed, or unknown", unit="code", null="the row is of a family", example="D2392")
FAMILY = text("code_family", "family of the submitted code, our own label")

SHARE_TOTALS = Table(
    name="share_totals",
    grain="one row per payer, and one over all payers; counted lines in the window, rows suppressed elsewhere included",
    key=("scope", "payer_id"),
    sort=("scope", "payer_id"),
    columns=(
        text("scope", "what is summed", allowed=("all", "payer")),
        text("payer_id", "payer, by payers.yaml", null="all payers"),
        text("payer_name", "name to show", null="all payers, or not sent"),
        *SUMS,
        SUPPRESSED,
    ),
)

SHARE_CODE_RANKING = Table(
    name="share_code_ranking",
    grain="one row per payer and submitted code, and per payer and family for the codes too small to be shown; counted lines in the window",
    key=("payer_id", "level", "code_family", "submitted_code"),
    sort=("rank", "payer_id", "code_family", "submitted_code"),
    columns=(
        *PAYER,
        LEVEL,
        CODE,
        FAMILY,
        texts("submitted_codes", "codes summed in this row", example='["D2392"]'),
        text("paid_code", "alternate code it is most often paid as", unit="code", null=f"never known, of a family, or {HIDDEN}"),
        *RANKED,
        SUPPRESSED,
    ),
)

SHARE_ALTERNATE_RANKING = Table(
    name="share_alternate_ranking",
    grain="one row per payer and alternate code, counted lines in the window",
    key=("payer_id", "alternate_code"),
    sort=("rank", "payer_id", "alternate_code"),
    columns=(
        *PAYER,
        text("alternate_code", "procedure the payer pays, or unknown", unit="code", example="D2150"),
        texts("submitted_codes", "codes it drags down, as far as the pair itself reaches the minimum", example='["D2392"]'),
        *RANKED,
        SUPPRESSED,
    ),
)

SHARE_FEE_SCHEDULE = Table(
    name="share_fee_schedule",
    grain="one row per payer, alternate code and fee shown, and one per payer and alternate code whose other fees are withheld",
    key=("payer_id", "alternate_code", "fee"),
    sort=("payer_id", "alternate_code", "first_month", "fee"),
    columns=(
        *PAYER,
        text("alternate_code", "procedure the payer pays, or unknown", unit="code", example="D2150"),
        money("fee", "alternate fee per unit", null=UNKNOWN_OR_HIDDEN),
        *(
            _may_hide(column)
            for column in (
                count("line_count", "counted lines paid at this fee"),
                count("claim_count", "distinct claims"),
                count("patient_count", "distinct patients"),
                text("first_month", "month of the first payment at this fee", unit=MONTH, example="2026-03"),
                text("last_month", "month of the last payment at this fee", unit=MONTH, example="2026-05"),
            )
        ),
        SUPPRESSED,
    ),
)

SHARE_MONTHLY_TREND = Table(
    name="share_monthly_trend",
    grain="one row per month of payment, payer and submitted code, and per family for the codes too small to be shown; "
    "counted lines in the window",
    key=("month", "payer_id", "level", "code_family", "submitted_code"),
    sort=("month", "payer_id", "code_family", "submitted_code"),
    columns=(text("month", "month of payment", unit=MONTH, example="2026-03"), *PAYER, LEVEL, CODE, FAMILY, *SUMS, SUPPRESSED),
)

SHARE_TABLES = (SHARE_TOTALS, SHARE_CODE_RANKING, SHARE_ALTERNATE_RANKING, SHARE_FEE_SCHEDULE, SHARE_MONTHLY_TREND)
