"""What speaks for a downgrade on a line: the pair of codes, the fee it was paid at, the charge, the payer's own history.

Each function adds columns; none decides. Verdicts are in `downgrades`. What payer, codes and date alone tell is found for
situations (transforms.situations), the rest for adjudicated lines.
"""

from __future__ import annotations

import polars as pl

from transforms.adjudicated import cents
from transforms.fees import contracted_fees, in_force, observed_fees, office_fees, table_coverage
from transforms.situations import with_known, with_number
from transforms.tables.policy import AuditPolicy

RULE_COLUMNS = ["rule", "kind", "rule_verdict"]


def with_situation(
    lines: pl.DataFrame, rules: pl.DataFrame, fees: pl.DataFrame, coverage: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines with all that their payer, codes and date tell (with_schedule, with_swap, with_alternates), and their situations."""
    placed, situations = with_number(lines, rules, fees, coverage)
    known = with_alternates(with_swap(with_schedule(situations, fees, coverage), rules), rules, fees)
    return with_known(placed, known), situations


def with_schedule(lines: pl.DataFrame, fees: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Adds schedule_fee_cents and paid_code_fee_cents (a unit), and table_coverage_bp, from the practice's tables."""
    codes = ("submitted_code", "schedule_fee_cents"), ("paid_code", "paid_code_fee_cents")
    for code, name in codes:
        keys = lines.select("payer_id", "fee_date", procedure_code=code).drop_nulls()
        found = contracted_fees(keys, fees).rename({"procedure_code": code, "fee_cents": name})
        lines = lines.join(found, on=["payer_id", code, "fee_date"], how="left")
    keys = lines.select("payer_id", "fee_date", procedure_code="submitted_code").drop_nulls()
    shares = table_coverage(keys, coverage).rename({"procedure_code": "submitted_code", "coverage_bp": "table_coverage_bp"})
    return lines.join(shares, on=["payer_id", "submitted_code", "fee_date"], how="left")


def rules_in_force(lines: pl.DataFrame, rules: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Distinct keys of the lines with each rule in force; a payer's own rule for a pair stands in for the general one."""
    keys = lines.select("payer_id", "fee_date", *on).drop_nulls().unique()
    dated = rules.rename({"payer_id": "rule_payer_id", "verdict": "rule_verdict"}).with_columns(rule_from="effective_from")
    found = in_force(keys, dated.drop("confidence", "source"), on)
    found = found.filter(pl.col("rule_payer_id").is_null() | (pl.col("rule_payer_id") == pl.col("payer_id")))
    pair = ["payer_id", "fee_date", "submitted_code", "paid_code"]
    own = found.filter(pl.col("rule_payer_id").is_not_null())
    general = found.filter(pl.col("rule_payer_id").is_null()).join(own.select(pair).unique(), on=pair, how="anti")
    return (
        pl.concat([own, general])
        .with_columns(rule=pl.col("rule") + "@" + pl.col("rule_from").cast(pl.String))
        .drop("rule_from", "rule_payer_id")
    )


def alternates_in_force(lines: pl.DataFrame, rules: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """The rules in force that make a pair an alternate benefit by itself: verdict yes, of material or class (domain 4)."""
    return rules_in_force(lines, rules, on).filter((pl.col("rule_verdict") == "yes") & pl.col("kind").is_in(["M", "P"]))


def with_ledger(lines: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    """Lines whose payer shows one code only get the code that the practice's own ledger says was billed.

    `ledger` is contract LEDGER with tokens. The line number (REF*6R) comes first, then account, date and charge; a key with
    two different codes in the ledger says nothing. A procedure found this way has submitted_code_source ledger.
    """
    billed = ledger.with_columns(
        procedure_code=pl.col("procedure_code").str.strip_chars().str.to_uppercase(), charge_cents=cents("charge_amount")
    )
    by_number, by_visit = ["line_control_number"], ["patient_control_number", "service_date", "charge_cents"]
    found = lines
    for key, name in ((by_number, "code_by_number"), (by_visit, "code_by_visit")):
        one = billed.drop_nulls(key).group_by(key).agg(pl.col("procedure_code").unique().alias("codes"))
        sure = one.filter(pl.col("codes").list.len() == 1).select(*key, pl.col("codes").list.first().alias(name))
        found = found.join(sure, on=key, how="left")
    code = pl.coalesce("code_by_number", "code_by_visit")
    is_news = (pl.col("submitted_code_source") == "SVC01") & code.is_not_null() & (code != pl.col("paid_code"))
    return found.with_columns(
        submitted_code=pl.when(is_news).then(code).otherwise("submitted_code"),
        submitted_code_source=pl.when(is_news).then(pl.lit("ledger")).otherwise("submitted_code_source"),
    ).drop("code_by_number", "code_by_visit")


def with_swap(lines: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Adds is_swap, the rule for the pair (null: none on file), and is_reversed where the rules know it the other way round."""
    is_swap = (pl.col("submitted_code") != pl.col("paid_code")).fill_null(False)
    lines = lines.with_columns(is_swap=is_swap)
    swaps = lines.filter("is_swap")
    pair = ["submitted_code", "paid_code"]
    known = rules_in_force(swaps, rules, pair).sort("rule").unique(["payer_id", "fee_date", *pair], keep="first", maintain_order=True)
    turned = swaps.rename({"submitted_code": "paid_code", "paid_code": "submitted_code"})
    reverse = (
        rules_in_force(turned, rules, pair).select("payer_id", "fee_date", submitted_code="paid_code", paid_code="submitted_code").unique()
    )
    key = ["payer_id", "fee_date", *pair]
    return (
        lines.join(known.select(*key, *RULE_COLUMNS), on=key, how="left")
        .join(reverse.with_columns(is_reversed=True), on=key, how="left")
        .with_columns(pl.col("is_reversed").fill_null(False))
    )


def with_alternates(situations: pl.DataFrame, rules: pl.DataFrame, fees: pl.DataFrame) -> pl.DataFrame:
    """Adds has_alternate (the rules can downgrade the code billed), only_code, only_rule, only_kind (the one alternate they
    allow), and own_office_cents: the office fee of the code paid."""
    key = ["payer_id", "fee_date", "submitted_code"]
    choices = alternates_in_force(situations, rules, ["submitted_code"])
    known = choices.group_by(key).agg(
        has_alternate=pl.lit(True),
        choice_count=pl.len(),
        only_code=pl.col("paid_code").first(),
        only_rule=pl.col("rule").first(),
        only_kind=pl.col("kind").first(),
    )
    is_sole = pl.col("choice_count") == 1
    sole = known.with_columns(pl.when(is_sole).then(name).alias(name) for name in ("only_code", "only_rule", "only_kind"))
    own = office_fees(situations.select("fee_date", procedure_code="paid_code").drop_nulls(), fees)
    return (
        situations.join(sole.drop("choice_count"), on=key, how="left")
        .join(own.rename({"procedure_code": "paid_code", "office_fee_cents": "own_office_cents"}), on=["paid_code", "fee_date"], how="left")
        .with_columns(pl.col("has_alternate").fill_null(False))
    )


def with_fee_match(lines: pl.DataFrame, situations: pl.DataFrame, rules: pl.DataFrame, fees: pl.DataFrame) -> pl.DataFrame:
    """Adds for lines without a swap matched_code (the alternate whose fee on the schedule was allowed, within one cent), and the
    rule of it.

    A fee that is also the submitted code's own fee proves nothing. Material pairs come before class pairs.
    """
    key = ["payer_id", "fee_date", "submitted_code"]
    choices = alternates_in_force(situations, rules, ["submitted_code"]).rename({"paid_code": "matched_code", "rule": "matched_rule"})
    priced = contracted_fees(choices.select("payer_id", "fee_date", procedure_code="matched_code"), fees)
    choices = choices.join(priced.rename({"procedure_code": "matched_code"}), on=["payer_id", "matched_code", "fee_date"], how="inner")
    choices = situations.select("situation", *key).join(choices, on=key, how="inner").drop(key)
    is_plain = ~pl.col("is_swap") & (pl.col("alternate_cents") > 0) & (pl.col("units_paid") > 0)
    near = (pl.col("alternate_cents") - pl.col("fee_cents") * pl.col("units_paid")).abs() <= 1
    own = (pl.col("alternate_cents") - pl.col("schedule_fee_cents").fill_null(-10) * pl.col("units_paid")).abs() <= 1
    matched = (
        lines.filter(is_plain & pl.col("has_alternate"))
        .select("row", "situation", "alternate_cents", "schedule_fee_cents", "units_paid")
        .join(choices, on="situation", how="inner")
        .filter(near & ~own)
        .sort("row", "kind", "matched_code")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "matched_code", "matched_rule", matched_kind="kind")
    )
    return lines.join(matched, on="row", how="left", maintain_order="left")


def with_office_fee_clue(lines: pl.DataFrame, situations: pl.DataFrame, rules: pl.DataFrame, fees: pl.DataFrame) -> pl.DataFrame:
    """Adds billed_code: the code that must have been billed, where the charge is not the office fee of the code shown but is
    exactly that of one code the rules say is paid as it (a payer that leaves SVC06 out); billed_rule and billed_kind.
    """
    unit_cents = pl.col("charge_cents") // pl.col("units_paid")
    is_odd = ~pl.col("is_swap") & (pl.col("units_paid") > 0) & (pl.col("own_office_cents") != unit_cents)
    odd = lines.filter(is_odd).select("row", "situation", unit_cents=unit_cents)
    key = ["payer_id", "fee_date", "paid_code"]
    seen = situations.join(odd.select("situation").unique(), on="situation", how="semi")
    sources = alternates_in_force(seen, rules, ["paid_code"]).rename(
        {"submitted_code": "billed_code", "rule": "billed_rule", "kind": "billed_kind"}
    )
    billed = office_fees(sources.select("fee_date", procedure_code="billed_code"), fees).rename({"procedure_code": "billed_code"})
    offered = seen.select("situation", *key).join(sources, on=key, how="inner").join(billed, on=["billed_code", "fee_date"], how="inner")
    found = (
        odd.join(offered.drop(key), on="situation", how="inner")
        .filter(pl.col("office_fee_cents") == pl.col("unit_cents"))
        .filter(pl.col("billed_code").n_unique().over("row") == 1)
        .sort("row", "billed_rule")
        .unique("row", keep="first", maintain_order=True)
    )
    clue = found.select("row", "billed_code", "billed_rule", "billed_kind")
    return lines.join(clue, on="row", how="left", maintain_order="left").drop("own_office_cents")


def with_history(lines: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Adds usual_fee_cents (a unit): what the payer usually allows for the code billed; `usual` is of usual_fees."""
    return lines.join(usual, on=["payer_id", "submitted_code"], how="left", maintain_order="left")


def usual_fees(counts: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """payer_id, submitted_code, usual_fee_cents: the median of fees.fee_counts where the code was seen often enough."""
    seen = observed_fees(counts, policy.history_minimum_lines)
    return seen.select("payer_id", submitted_code="procedure_code", usual_fee_cents="observed_fee_cents")


def history_trips(lines: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """payer_id, submitted_code, trip_cents, line_count: the usual fee from which on a line is far below it; additive.

    A line's signal depends on the usual fee through this alone, so while the usual fee passes no trip, nothing changes.
    """
    # far below: allowed x 10,000 // (usual x units) < percent x 100, in whole numbers
    units, pct = pl.col("units_paid"), policy.history_ratio_pct
    trip = pl.col("alternate_cents") * 100 // (units * pct) + 1
    judged = lines.filter((units > 0) & ~pl.col("is_after_prior_payer") & pl.col("submitted_code").is_not_null())
    return judged.group_by("payer_id", "submitted_code", trip_cents=trip).agg(line_count=pl.len().cast(pl.Int64))
