"""Which payer and which code cost the practice's patients most: by submitted code, and by the alternate code they are paid as."""

from transforms.tables.contract import Table, count, date, flag, money, percent, text, texts

LEAKAGE = (
    count("line_count", "counted lines", minimum=1),
    count("claim_count", "distinct claims", minimum=1),
    count("patient_count", "distinct patients"),
    money("surprise_balance", "accumulated surprise balance", minimum=0),
    percent("surprise_share", "share of all surprise balance in the window", null="there is no surprise balance at all"),
    percent("cumulative_share", "share of this row and all above it", null="there is no surprise balance at all"),
    money("benefit_shortfall", "plan payment lost on lines whose fee and coverage are known"),
    money("provider_absorbed_amount", "written off by contract"),
    money("median_alternate_fee", "median of what the payer allowed, per unit", null="unknown"),
    money("lowest_alternate_fee", "least of what the payer allowed, per unit", null="unknown"),
    money("highest_alternate_fee", "most of what the payer allowed, per unit", null="unknown"),
    money("contracted_fee", "median contracted fee of the submitted codes, per unit", null="unknown"),
    percent("median_coverage_pct", "median coverage of the submitted codes", null="unknown"),
    count("stated_line_count", "lines of evidence tier 1 or 2"),
    count("confirmed_line_count", "lines that a person confirmed"),
    flag("is_small", "fewer claims than audit.yaml's small_cell_count: read with care"),
    date("first_seen", "first payment date"),
    date("last_seen", "last payment date"),
    date("window_start", "first payment date of the window"),
    date("window_end", "last payment date of the window: the business date"),
)

PAYER = (
    count("rank", "1 is the most surprise balance", minimum=1),
    text("payer_id", "payer, by payers.yaml"),
    text("payer_name", "name to show", null="not sent"),
)

PAYER_CODE_RANKING = Table(
    name="payer_code_ranking",
    grain="one row per payer and submitted code, counted lines in the window",
    key=("payer_id", "submitted_code"),
    sort=("rank",),
    columns=(
        *PAYER,
        text("submitted_code", "procedure billed, or unknown", unit="code", example="D2392"),
        text("code_family", "family of the submitted code, our own label"),
        text("paid_code", "alternate code it is most often paid as", null="never known", unit="code"),
        *LEAKAGE,
    ),
)

PAYER_ALTERNATE_RANKING = Table(
    name="payer_alternate_ranking",
    grain="one row per payer and alternate code, counted lines in the window; sums to the same total as payer_code_ranking",
    key=("payer_id", "alternate_code"),
    sort=("rank",),
    columns=(
        *PAYER,
        text("alternate_code", "procedure the payer pays, or unknown", unit="code", example="D2150"),
        texts("submitted_codes", "codes it drags down, most surprise balance first", example='["D2392"]'),
        *LEAKAGE,
    ),
)

LOCATION_RANKING = Table(
    name="location_ranking",
    grain="one row per office, payer and submitted code, counted lines in the window; sums to the same total as payer_code_ranking",
    key=("location_id", "payer_id", "submitted_code"),
    sort=("rank",),
    columns=(
        PAYER[0],
        text("location_id", "office that was paid, by locations.csv; unknown where none is"),
        text("location_name", "name to show"),
        *PAYER[1:],
        text("submitted_code", "procedure billed, or unknown", unit="code", example="D2392"),
        text("code_family", "family of the submitted code, our own label"),
        text("paid_code", "alternate code it is most often paid as", null="never known", unit="code"),
        count("location_rank", "1 is the most surprise balance of the office", minimum=1),
        *LEAKAGE,
    ),
)
