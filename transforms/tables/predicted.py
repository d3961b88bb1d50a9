"""What a payer is likely to do with a procedure that is not yet billed: learned from the lines of the window."""

from transforms.tables.contract import Table, count, date, flag, money, percent, text

PREDICTED_DOWNGRADES = Table(
    name="predicted_downgrades",
    grain="one row per payer and submitted code that was or may be downgraded; live primary lines in the window",
    key=("payer_id", "submitted_code"),
    sort=("payer_id", "submitted_code"),
    columns=(
        text("payer_id", "payer, by payers.yaml"),
        text("payer_name", "name to show", null="not sent"),
        text("submitted_code", "procedure to be billed", unit="code", example="D2392"),
        text("paid_code", "alternate code it is most often paid as", unit="code", null="never downgraded, or never known", example="D2150"),
        count("eligible_line_count", "lines the payer decided on: not denied, bundled, of a later payer or up for review", minimum=0),
        count("downgraded_line_count", "of these, lines that were downgraded"),
        count("review_line_count", "further lines that wait for a person; they count neither way"),
        percent("downgraded_share", "downgraded of eligible lines", null="no eligible line"),
        percent("probability_pct", "chance that the next line is downgraded: (downgraded + ½) of (eligible + 1)", minimum=0),
        percent("probability_low_pct", "low end of the 95 % range of the share (Wilson)", minimum=0),
        percent("probability_high_pct", "high end of the 95 % range of the share (Wilson)", minimum=0),
        count("priced_line_count", "downgraded lines whose surprise balance is known"),
        money("typical_surprise_balance", "median surprise balance of a downgraded line", null="never downgraded, or never priced"),
        money("low_surprise_balance", "a quarter of downgraded lines left this or less", null="never downgraded, or never priced"),
        money("high_surprise_balance", "three quarters of downgraded lines left this or less", null="never downgraded, or never priced"),
        flag("is_small", "fewer eligible lines than audit.yaml's prediction_minimum_lines: read with care"),
        flag("is_substitution", "likely enough to plan on: not small, and the low end reaches audit.yaml's substitution_low_pct"),
        date("window_start", "first payment date of the window"),
        date("window_end", "last payment date of the window: the business date"),
    ),
)
